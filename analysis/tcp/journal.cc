#include "analysis/tcp/journal.h"

#include <algorithm>
#include <utility>

namespace tapstat::analysis::tcp {

void Journal::append(std::uint32_t connection, int end, const Step& step) {
  if (last_.size() <= connection) last_.resize(connection + 1, {kNone, kNone});
  std::uint32_t& last = last_[connection][static_cast<std::size_t>(end)];
  const std::uint32_t index = entries_.size();
  entries_.append() = {.step = step,
                       .connection = connection,
                       .previous = last,
                       .end = static_cast<std::uint8_t>(end)};
  last = index;
  note(JournalChange::Kind::appended, index);
}

void Journal::take_back(std::uint32_t connection, int end) {
  const std::uint32_t index = last_index(connection, end);
  if (index == kNone) return;
  note(JournalChange::Kind::taken_back, index);
  strike(index);
  last_[connection][static_cast<std::size_t>(end)] = entries_[index].previous;
}

void Journal::leave_out(std::uint32_t connection, int end, Event fin, State (*without)(State)) {
  const auto last = [&]() -> std::uint32_t& {
    return last_[connection][static_cast<std::size_t>(end)];
  };
  std::vector<Step> after;
  std::uint32_t i = last_index(connection, end);
  while (i != kNone && entries_[i].step.cause != fin) i = entries_[i].previous;
  if (i == kNone) return;
  while (last() != i) {
    after.push_back(entries_[last()].step);
    take_back(connection, end);
  }
  Step left = entries_[i].step;
  take_back(connection, end);
  left.to = without(left.to);
  left.cause = without_fin(left.from);
  if (left.from != left.to) append(connection, end, left);
  for (; !after.empty(); after.pop_back()) {
    Step step = after.back();
    const bool moved = step.from != step.to;
    step.from = without(step.from);
    step.to = without(step.to);
    if (!moved || step.from != step.to) append(connection, end, step);
  }
}

void Journal::forget(std::uint32_t connection) {
  if (last_.size() <= connection) return;
  for (std::uint32_t& last : last_[connection]) {
    for (; last != kNone; last = entries_[last].previous) strike(last);
  }
  std::erase_if(changes_, [&](const JournalChange& c) { return c.connection == connection; });
  if (struck_ > entries_.size() / 4) tidy();
}

// Leaves out what was taken back.
void Journal::tidy() {
  Arena<Entry> kept;
  std::vector<std::uint32_t> place(entries_.size(), kNone);  // of each that is kept
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    Entry entry = entries_[i];
    if (entry.taken_back) continue;
    place[i] = kept.size();
    if (entry.previous != kNone) entry.previous = place[entry.previous];
    kept.append() = entry;
  }
  for (auto& ends : last_) {
    for (std::uint32_t& last : ends) {
      if (last != kNone) last = place[last];
    }
  }
  entries_ = std::move(kept);
  struck_ = 0;
}

void Journal::vouch(std::uint32_t connection, int end) {
  for (std::uint32_t i = last_index(connection, end); i != kNone; i = entries_[i].previous) {
    note(JournalChange::Kind::vouched, i);
    entries_[i].step.sure = true;
  }
}

void Journal::turn(std::uint32_t connection) {
  if (!keeps_changes_ || last_.size() <= connection) return;
  using Kind = JournalChange::Kind;
  std::vector<std::uint32_t> entries;  // of each end the last one first
  for (const std::uint32_t last : last_[connection]) {
    for (std::uint32_t i = last; i != kNone; i = entries_[i].previous) entries.push_back(i);
  }
  if (entries.empty()) return;
  for (const std::uint32_t i : entries) note(Kind::taken_back, i);
  changes_.push_back({.kind = Kind::turned, .connection = connection});
  std::reverse(entries.begin(), entries.end());
  for (const std::uint32_t i : entries) note(Kind::appended, i);
}

StateLeft Journal::left_by(const Entry& entry) const {
  StateLeft left;
  if (entry.previous == kNone) return left;
  left.was_sure = entries_[entry.previous].step.sure;
  // Steps that only changed how sure the state is did not begin it.
  std::uint32_t i = entry.previous;
  while (i != kNone && entries_[i].step.from == entries_[i].step.to) i = entries_[i].previous;
  if (i != kNone) left.held = entry.step.time - entries_[i].step.time;
  return left;
}

void Journal::note(JournalChange::Kind kind, std::uint32_t index) {
  if (!keeps_changes_) return;
  const Entry& entry = entries_[index];
  changes_.push_back({.kind = kind,
                      .end = entry.end,
                      .connection = entry.connection,
                      .step = entry.step,
                      .left = left_by(entry)});
}

const Step* Journal::at(std::uint32_t connection, int end, Timestamp t) const {
  std::uint32_t i = last_index(connection, end);
  while (i != kNone && t < entries_[i].step.time) i = entries_[i].previous;
  return i == kNone ? nullptr : &entries_[i].step;
}

const Step* Journal::last(std::uint32_t connection, int end) const {
  const std::uint32_t i = last_index(connection, end);
  return i == kNone ? nullptr : &entries_[i].step;
}

std::vector<Step> Journal::steps(std::uint32_t connection, int end) const {
  std::vector<Step> steps;
  for (std::uint32_t i = last_index(connection, end); i != kNone; i = entries_[i].previous) {
    steps.push_back(entries_[i].step);
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

std::uint32_t Journal::last_index(std::uint32_t connection, int end) const {
  return connection < last_.size() ? last_[connection][static_cast<std::size_t>(end)] : kNone;
}

}  // namespace tapstat::analysis::tcp
