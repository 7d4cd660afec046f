// How many endpoints are in each state, over time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "report/journal_order.h"
#include "report/report.h"
#include "report/tally.h"

namespace tapstat::report {

// How many instants `tapstat states --every` tells of: from the first packet, or Report::from where
// that is later, every Report::every, which there is, to the last packet or Report::at.
[[nodiscard]] std::uint64_t count_instants(const Report& report);

// The counts at each of these instants, as Report::at would tell them; needs the journal.
class Timeline {
 public:
  explicit Timeline(const Report& report);

  // Calls `f(instant, counts)` for each, in time proportional to what happened and to how many
  // there are.
  template <typename F>
  void for_each(F&& f) const {
    Sweep sweep(*this);
    const std::uint64_t n = count_instants(report_);
    capture::Timestamp t = start_;
    for (std::uint64_t i = 0; i < n; ++i, t += *report_.every) f(t, sweep.advance_to(t));
  }

 private:
  // Of a connection.
  struct Beginning {
    capture::Timestamp first{};
    std::uint32_t connection = 0;
    std::int8_t client = 0;  // index of an end
  };

  // Goes through beginnings of connections and steps of their ends once, in the order of time.
  class Sweep {
   public:
    explicit Sweep(const Timeline& timeline);
    [[nodiscard]] const StateCounts& advance_to(capture::Timestamp t);

   private:
    void begin(const Beginning& beginning);
    void step(analysis::tcp::History::Position at);
    [[nodiscard]] std::uint64_t& count(std::uint32_t connection, int end);

    const Timeline& timeline_;
    std::size_t next_connection_ = 0;
    std::size_t next_entry_ = 0;
    std::vector<std::array<analysis::tcp::State, 2>> states_;  // by connection and end
    std::vector<std::int8_t> clients_;  // index of an end; -1: it has not begun
    StateCounts counts_ = no_states();
  };

  const Report& report_;
  capture::Timestamp start_{};
  std::vector<Beginning> connections_;  // in order of time
  std::vector<analysis::tcp::History::Position> entries_;
};

void print_timeline_text(const Report& report, Output& out);

}  // namespace tapstat::report
