#include "report/ladder_rows.h"

#include <algorithm>

namespace tapstat::report {

using analysis::tcp::Event;
using analysis::tcp::Fate;
using capture::Timestamp;

namespace {

[[nodiscard]] bool is_receipt(Event e) { return e >= Event::rcv_syn && e <= Event::rcv_rst; }

}  // namespace

LadderRows::LadderRows(const analysis::tcp::SegmentLog& log, const analysis::tcp::History& journal,
                       std::uint32_t connection, int client, const LadderWindow& window)
    : log_(log), client_(client) {
  steps_[kClientSide] = journal.steps(connection, client);
  steps_[kServerSide] = journal.steps(connection, 1 - client);
  place_segments();
  place_steps();
  correct_fates();
  cut(window);
}

void LadderRows::keep_only(const std::vector<bool>& kept) {
  std::size_t i = 0;
  std::erase_if(rows_, [&](const LadderRow&) { return !kept[i++]; });
}

Timestamp LadderRows::time(const LadderRow& row) const {
  if (const LoggedSegment* seg = segment(row)) return seg->time;
  const Step* s = any_step(row);
  return s != nullptr ? s->time : Timestamp{};
}

Timestamp LadderRows::start() const {
  if (log_.size() > 0) return log_[0].time;
  return rows_.empty() ? Timestamp{} : time(rows_.front());
}

void LadderRows::place_segments() {
  const auto fates = analysis::tcp::fates_of(log_);
  rows_.resize(log_.size());
  for (std::uint32_t i = 0; i < log_.size(); ++i) {
    rows_[i].segment = i;
    rows_[i].fate = fates[i];
  }
}

// A step goes to the segment that caused it; of several there, the last one shows.
void LadderRows::place_steps() {
  std::vector<LadderRow> loose;
  for (const std::size_t side : {kClientSide, kServerSide}) {
    for (std::uint32_t i = 0; i < steps_[side].size(); ++i) {
      LadderRow* row = row_of(steps_[side][i], side);
      if (row == nullptr) row = &loose.emplace_back();
      row->step[side] = i;
    }
  }
  merge(std::move(loose));
}

LadderRow* LadderRows::row_of(const Step& step, std::size_t side) {
  if (step.frame != 0) return row_of_frame(step.frame);
  return step.from == step.to ? row_of_doubt(step, side) : nullptr;
}

// What made a state sure or unsure without being its cause: the segment of that instant, one that
// may have been lost.
LadderRow* LadderRows::row_of_doubt(const Step& step, std::size_t side) {
  const auto after =
      std::upper_bound(rows_.begin(), rows_.end(), step.time,
                       [this](Timestamp t, const LadderRow& row) { return t < time(row); });
  if (after == rows_.begin()) return nullptr;
  LadderRow& row = *std::prev(after);
  return time(row) == step.time && row.step[side] == LadderRow::kNone ? &row : nullptr;
}

// Frames are numbered in the order in which they came.
LadderRow* LadderRows::row_of_frame(std::uint64_t frame) {
  const auto at = std::lower_bound(
      rows_.begin(), rows_.end(), frame,
      [this](const LadderRow& row, std::uint64_t f) { return log_[row.segment].frame < f; });
  return at != rows_.end() && log_[at->segment].frame == frame ? &*at : nullptr;
}

// Segments keep the order in which they came. Timers that are due with a segment fire before it.
void LadderRows::merge(std::vector<LadderRow> loose) {
  std::stable_sort(loose.begin(), loose.end(),
                   [this](const LadderRow& a, const LadderRow& b) { return time(a) < time(b); });
  const auto is_timer = [this](const LadderRow& row) {
    const Step* s = any_step(row);
    return s != nullptr && s->cause == Event::expired;
  };
  std::vector<LadderRow> merged;
  merged.reserve(rows_.size() + loose.size());
  auto next = loose.begin();
  for (const LadderRow& row : rows_) {
    const Timestamp t = time(row);
    while (next != loose.end() && (time(*next) < t || (time(*next) == t && is_timer(*next)))) {
      merged.push_back(*next++);
    }
    merged.push_back(row);
  }
  merged.insert(merged.end(), next, loose.end());
  rows_ = std::move(merged);
}

// What changed its receiver's state came.
void LadderRows::correct_fates() {
  for (LadderRow& row : rows_) {
    if (row.segment == LadderRow::kNone) continue;
    const Step* receivers = step(row, 1 - sender(row));
    if (receivers != nullptr && is_receipt(receivers->cause)) row.fate = Fate::arrived;
  }
}

void LadderRows::cut(const LadderWindow& window) {
  const auto is_before = [&](const LadderRow& row) {
    return window.from && time(row) < *window.from;
  };
  const auto is_after = [&](const LadderRow& row) { return window.to && *window.to < time(row); };
  for (const LadderRow& row : rows_) {
    if (!is_before(row)) continue;
    for (const std::size_t side : {kClientSide, kServerSide}) {
      if (row.step[side] != LadderRow::kNone) opening_[side] = row.step[side];
    }
  }
  std::erase_if(rows_, [&](const LadderRow& row) { return is_before(row) || is_after(row); });
}

}  // namespace tapstat::report
