// Goes through all connections, a little at a time between packets: how many there are in which
// state, and which of them the dashboard's table has.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "report/query/record_filter.h"
#include "report/report.h"
#include "report/tally.h"

namespace tapstat::app {

class Census {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMostTalkers = 100'000;

  // What is looked for.
  struct Criteria {
    std::size_t sorted = 0;  // by this column of connection_rows.h
    bool with_gone = false;  // also those that are long gone
    bool talkers = false;    // Result::talkers
    std::string filter;      // as --where has it; empty for none
    friend bool operator==(const Criteria&, const Criteria&) = default;
  };
  // A connection of the table: what it is sorted by, as a number.
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t id = 0;
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.key != b.key ? a.key < b.key : a.id < b.id;
    }
  };
  struct Result {
    Criteria of;
    std::uint64_t connections = 0;
    report::StateCounts counts = report::no_states();
    std::vector<Entry> entries;  // in the order of their ids
    report::Talkers talkers{kMostTalkers};
    std::string problem;     // with the filter, which then leaves all in
    Clock::duration cost{};  // time that was spent
  };

  // Begins anew.
  void begin(const Criteria& criteria);
  [[nodiscard]] bool is_under_way() const { return is_under_way_; }
  // What it is after, or was last.
  [[nodiscard]] const Criteria& criteria() const { return result_.of; }
  // Looks at some more, as they stand at `packet_time`, for about that long. Whether it has seen
  // all: then it is over.
  [[nodiscard]] bool go_on(report::Report report, capture::Timestamp packet_time,
                           Clock::duration budget);
  // Once it is over.
  [[nodiscard]] Result take();

 private:
  void look_at(const report::Report& report, std::uint32_t id, capture::Timestamp packet_time);
  [[nodiscard]] bool look_quickly(const report::Report& report, std::uint32_t id,
                                  capture::Timestamp packet_time);

  Result result_;
  std::unique_ptr<report::query::RecordFilter> filter_;
  std::string parsed_;   // that filter
  std::string problem_;  // with it
  std::uint32_t next_ = 0;
  bool is_under_way_ = false;
};

}  // namespace tapstat::app
