// Looks through the tables for the dashboard, a little at a time between packets, and makes
// pictures of what it finds.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/model.h"
#include "report/query/record_filter.h"
#include "report/report.h"
#include "report/tally.h"
#include "tui/picture.h"

namespace tapstat::app {

class Survey {
 public:
  using Clock = std::chrono::steady_clock;
  // Of the model as it stands.
  using MakeReport = std::function<report::Report(const analysis::Model&)>;

  // Opens what tells of the program's memory.
  explicit Survey(MakeReport make_report);
  ~Survey();
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;

  // Begins anew, with what is asked for now.
  void begin(const tui::Request& request);
  // Looks at some more connections, for about that long. Whether it has seen all.
  [[nodiscard]] bool go_on(const analysis::Model& model, Clock::duration budget);
  // What it is after.
  [[nodiscard]] const tui::Request& request() const { return request_; }
  // Once it has. Those given up since they were seen are left out. `now` by both clocks: the one
  // that measures, and the one that dates packets.
  [[nodiscard]] tui::Picture picture(const analysis::Model& model, Clock::time_point now,
                                     capture::Timestamp packet_time);

 private:
  // What rows are sorted by, as a number, and whose it is.
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t id = 0;
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.key != b.key ? a.key < b.key : a.id < b.id;
    }
  };
  // In a second.
  struct Moment {
    Clock::time_point at;
    std::uint64_t packets = 0, bytes = 0;
    std::array<std::uint64_t, analysis::tcp::kStateCount> states{};
  };

  void look_at(const report::Report& report, std::uint32_t id);
  void sort_out();
  void note_moment(const analysis::Totals& totals, Clock::time_point now);
  [[nodiscard]] tui::Header header_of(const report::Report& report, Clock::time_point now) const;
  [[nodiscard]] tui::Table table_of(const report::Report& report,
                                    capture::Timestamp packet_time) const;
  [[nodiscard]] std::vector<tui::StateRow> state_rows() const;

  MakeReport make_report_;
  int statm_;
  tui::Request request_;
  std::unique_ptr<report::query::RecordFilter> filter_;
  std::string problem_;
  std::uint32_t next_ = 0;  // id
  std::uint64_t connections_ = 0;
  std::vector<Entry> entries_;
  report::StateCounts counts_ = report::no_states();
  std::deque<Moment> moments_;  // a second apart, the latest last
};

}  // namespace tapstat::app
