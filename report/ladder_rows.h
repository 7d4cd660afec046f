// What a ladder shows, line by line: each segment with the changes of state that it caused, and
// each change that no segment caused.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/tcp/history.h"
#include "analysis/tcp/segment_fate.h"
#include "analysis/tcp/segment_log.h"

namespace tapstat::report {

// Both ends of the ladder: the client stands left.
inline constexpr std::size_t kClientSide = 0, kServerSide = 1;

struct LadderRow {
  static constexpr std::uint32_t kNone = 0xffffffffu;

  std::uint32_t segment = kNone;                    // index in the log; none: nothing was sent
  std::array<std::uint32_t, 2> step{kNone, kNone};  // by side, index in LadderRows::steps
  analysis::tcp::Fate fate = analysis::tcp::Fate::unknown;
};

// Rows from an instant on, and up to one.
struct LadderWindow {
  std::optional<capture::Timestamp> from, to;
};

class LadderRows {
 public:
  using Step = analysis::tcp::Step;
  using LoggedSegment = analysis::tcp::LoggedSegment;

  // `log` is borrowed; its connection is the one with this id in the journal. `client` is an index
  // of an end.
  LadderRows(const analysis::tcp::SegmentLog& log, const analysis::tcp::History& journal,
             std::uint32_t connection, int client, const LadderWindow& window);

  [[nodiscard]] const std::vector<LadderRow>& rows() const { return rows_; }
  // Leaves out the rows for which `kept` is false; it has one for each.
  void keep_only(const std::vector<bool>& kept);
  [[nodiscard]] capture::Timestamp time(const LadderRow& row) const;

  // The connection's first packet, whether or not the window shows it.
  [[nodiscard]] capture::Timestamp start() const;

  // nullptr for none.
  [[nodiscard]] const LoggedSegment* segment(const LadderRow& row) const {
    return row.segment == LadderRow::kNone ? nullptr : &log_[row.segment];
  }
  // The last step of that side on this row; nullptr for none.
  [[nodiscard]] const Step* step(const LadderRow& row, std::size_t side) const {
    return row.step[side] == LadderRow::kNone ? nullptr : &steps_[side][row.step[side]];
  }
  // The client's, where it has one on this row.
  [[nodiscard]] const Step* any_step(const LadderRow& row) const {
    const Step* clients = step(row, kClientSide);
    return clients != nullptr ? clients : step(row, kServerSide);
  }
  // The step in force where the window opens; nullptr before the first.
  [[nodiscard]] const Step* opening(std::size_t side) const {
    return opening_[side] == LadderRow::kNone ? nullptr : &steps_[side][opening_[side]];
  }
  // The side that sent the row's segment.
  [[nodiscard]] std::size_t sender(const LadderRow& row) const {
    return log_[row.segment].sender == client_ ? kClientSide : kServerSide;
  }

 private:
  void place_segments();
  void place_steps();
  void merge(std::vector<LadderRow> loose);
  [[nodiscard]] LadderRow* row_of(const Step& step, std::size_t side);
  [[nodiscard]] LadderRow* row_of_frame(std::uint64_t frame);
  [[nodiscard]] LadderRow* row_of_doubt(const Step& step, std::size_t side);
  void correct_fates();
  void cut(const LadderWindow& window);

  const analysis::tcp::SegmentLog& log_;
  int client_;
  std::array<std::vector<Step>, 2> steps_;  // by side
  std::vector<LadderRow> rows_;
  std::array<std::uint32_t, 2> opening_{LadderRow::kNone, LadderRow::kNone};
};

}  // namespace tapstat::report
