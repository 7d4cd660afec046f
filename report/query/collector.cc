#include "report/query/collector.h"

#include <algorithm>
#include <cstring>

#include "report/query/literal.h"

namespace tapstat::report::query {

FieldCollector::FieldCollector() : nodes_(1), texts_(room_.data(), room_.size()) {}

std::uint16_t FieldCollector::ask_for(std::string_view path, FieldType type) {
  std::uint16_t at = 0;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string_view key = path.substr(begin, end - begin);
    const auto& children = nodes_[at].children;
    const auto found = std::find_if(children.begin(), children.end(),
                                    [&](std::uint16_t n) { return nodes_[n].key == key; });
    if (found != children.end()) {
      at = *found;
    } else {
      const auto child = static_cast<std::uint16_t>(nodes_.size());
      nodes_[at].children.push_back(child);
      nodes_.push_back({.key = std::string{key}});
      at = child;
    }
    begin = end + 1;
  }
  if (nodes_[at].field == kNone) {
    nodes_[at].field = static_cast<std::uint16_t>(fields_.size());
    fields_.push_back({type});
  }
  return nodes_[at].field;
}

void FieldCollector::clear() {
  for (AskedField& field : fields_) field.values.clear();
  open_.clear();
  skipped_ = 0;
  texts_.release();
}

void FieldCollector::put(std::string_view key, std::uint64_t value) {
  keep(key, static_cast<double>(value));
}

void FieldCollector::put(std::string_view key, std::int64_t value) {
  keep(key, static_cast<double>(value));
}

void FieldCollector::put(std::string_view key, std::string_view text) {
  AskedField* const field = asked(key);
  if (field == nullptr) return;
  if (field->type == FieldType::address) {
    if (const auto address = parse_address(std::string{text})) field->values.emplace_back(*address);
    return;
  }
  if (field->type == FieldType::mac) {
    if (const auto mac = parse_mac(text)) field->values.emplace_back(*mac);
    return;
  }
  auto* const copy = static_cast<char*>(texts_.allocate(text.size() + 1, 1));
  std::memcpy(copy, text.data(), text.size());
  field->values.emplace_back(std::string_view{copy, text.size()});
}

void FieldCollector::open(std::string_view key) {
  const bool is_record = open_.empty() && skipped_ == 0;
  const std::uint16_t node = skipped_ > 0 ? kNone : is_record ? std::uint16_t{0} : find(key);
  if (node == kNone) {
    ++skipped_;
  } else {
    open_.push_back(node);
  }
}

void FieldCollector::close() {
  if (skipped_ > 0) {
    --skipped_;
  } else {
    open_.pop_back();
  }
}

std::uint16_t FieldCollector::find(std::string_view key) const {
  const std::uint16_t in = open_.back();
  if (key.empty()) return in;
  for (const std::uint16_t child : nodes_[in].children) {
    if (nodes_[child].key == key) return child;
  }
  return kNone;
}

FieldCollector::AskedField* FieldCollector::asked(std::string_view key) {
  if (skipped_ > 0) return nullptr;
  const std::uint16_t node = find(key);
  if (node == kNone || nodes_[node].field == kNone) return nullptr;
  return &fields_[nodes_[node].field];
}

void FieldCollector::keep(std::string_view key, const Value& value) {
  if (AskedField* const field = asked(key)) field->values.push_back(value);
}

}  // namespace tapstat::report::query
