#include "capture/pcapng_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "capture/file_source.h"

namespace tapstat::capture {
namespace {

constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kName = 2;
constexpr std::uint16_t kTimestampResolution = 9, kTimestampOffset = 14;          // of an interface
constexpr std::uint16_t kEndTime = 3, kInterfaceDropped = 5, kKernelDropped = 7;  // of statistics
constexpr std::size_t kTrailerLen = 4;

PcapngOptions options_of(Bytes block, std::size_t min_size, ByteOrder order) {
  const std::size_t start = min_size - kTrailerLen;
  return {block.subspan(start, block.size() - min_size), order};
}

// Puts one interface's new count in the place of its old one in the sum over all.
void replace(std::optional<std::uint64_t>& own, std::optional<std::uint64_t>& sum,
             std::uint64_t count) {
  sum = sum.value_or(0) - own.value_or(0) + count;
  own = count;
}

// A name of an interface, if_name; nobody's is longer.
[[nodiscard]] std::string name_of(Bytes value) {
  constexpr std::size_t kMaxNameLen = 64;
  const Bytes name = value.first(std::min(value.size(), kMaxNameLen));
  return {name.begin(), std::find(name.begin(), name.end(), 0)};
}

// Where the name stands in `info`, which keeps only so many.
[[nodiscard]] std::uint16_t number_of(std::string name, InputInfo& info) {
  constexpr std::size_t kMaxNames = 65536;
  if (info.interfaces.size() < kMaxNames) info.interfaces.push_back(std::move(name));
  return static_cast<std::uint16_t>(info.interfaces.size() - 1);
}

}  // namespace

std::optional<ByteOrder> PcapngSection::byte_order(Bytes block) {
  constexpr std::uint32_t kMagic = 0x1a2b3c4d;
  for (const bool swapped : {false, true}) {
    if (ByteOrder{swapped}.u32(block.data() + 8) == kMagic) return ByteOrder{swapped};
  }
  return std::nullopt;
}

std::optional<std::string> PcapngSection::unreadable_version(Bytes block, ByteOrder order) {
  const std::uint16_t major = order.u16(block.data() + 12);
  const std::uint16_t minor = order.u16(block.data() + 14);
  if (major == 1 && (minor == 0 || minor == 2)) return std::nullopt;
  return fmt::format("of pcapng version {}.{}, which is not known", major, minor);
}

void PcapngSection::begin(Bytes block, ByteOrder order, InputInfo& info) {
  order_ = order;
  interfaces_.clear();
  PcapngOptions options = options_of(block, kMinHeader, order_);
  while (const auto option = options.next()) {
    if (option->code == kComment) keep_comment(option->value, info);
  }
}

std::optional<std::string> PcapngSection::add_interface(Bytes block, InputInfo& info) {
  if (interfaces_.size() == kMaxInterfaces) {
    return fmt::format("an interface beyond the {} that are kept", kMaxInterfaces);
  }
  PcapngInterface interface;
  interface.link = LinkType{order_.u16(block.data() + 8)};
  interface.snaplen = order_.u32(block.data() + 12);
  interface.max_len = max_captured_len(interface.link);
  std::int64_t offset_seconds = 0;
  std::string name;
  PcapngOptions options = options_of(block, kMinInterface, order_);
  while (const auto option = options.next()) {
    if (option->code == kComment) {
      keep_comment(option->value, info);
    } else if (option->code == kName) {
      name = name_of(option->value);
    } else if (option->code == kTimestampResolution && option->value.size() == 1) {
      interface.scale = TickScale{option->value.front()};
    } else if (option->code == kTimestampOffset && option->value.size() == 8) {
      offset_seconds = static_cast<std::int64_t>(order_.u64(option->value.data()));
    }
  }
  interface.scale.set_offset_seconds(offset_seconds);
  interface.number = number_of(std::move(name), info);
  interfaces_.push_back(interface);
  info.snaplen = std::max(info.snaplen, interface.snaplen);
  note_link_type(interface.link, info);
  return std::nullopt;
}

void PcapngSection::add_statistics(Bytes block, InputInfo& info) {
  const std::uint32_t id = order_.u32(block.data() + 8);
  if (id >= interfaces_.size()) return;
  PcapngInterface& interface = interfaces_[id];
  PcapngOptions options = options_of(block, kMinStatistics, order_);
  while (const auto option = options.next()) {
    if (option->value.size() != 8) continue;
    if (option->code == kEndTime) {
      // Two halves, the high one first, whatever the byte order.
      const std::uint64_t high = order_.u32(option->value.data());
      const auto ended = interface.scale.time(high << 32 | order_.u32(option->value.data() + 4));
      info.ended = std::max(info.ended.value_or(ended), ended);
      continue;
    }
    const std::uint64_t count = order_.u64(option->value.data());
    if (option->code == kKernelDropped) {
      replace(interface.kernel_dropped, info.kernel_dropped, count);
    } else if (option->code == kInterfaceDropped) {
      replace(interface.interface_dropped, info.interface_dropped, count);
    }
  }
}

void PcapngSection::keep_comment(Bytes value, InputInfo& info) {
  constexpr std::size_t kMaxComments = 32, kMaxCommentLen = 4096;
  if (info.comments.size() == kMaxComments) return;
  std::size_t len = std::min(value.size(), kMaxCommentLen);
  // Do not cut inside a UTF-8 character: its further bytes are 10xxxxxx.
  while (len > 0 && len < value.size() && (value[len] & 0xc0) == 0x80) --len;
  info.comments.emplace_back(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(len));
}

void PcapngSection::note_link_type(LinkType link, InputInfo& info) {
  const auto bit = static_cast<std::size_t>(link);
  if (seen_link_types_.test(bit)) return;
  seen_link_types_.set(bit);
  info.link_types.push_back(link);
}

}  // namespace tapstat::capture
