// Makes pictures of the tables for the dashboard, between packets.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "analysis/model.h"
#include "app/census.h"
#include "report/report.h"
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

  // What is asked for, from now on.
  void ask(const tui::Request& request);
  [[nodiscard]] const tui::Request& request() const { return request_; }
  // Goes on to look through the connections, for about that long. Whether there is something new.
  [[nodiscard]] bool go_on(const analysis::Model& model, capture::Timestamp packet_time,
                           Clock::duration budget, bool is_idle);
  // Rows are as they stand now, in the order that they had when they were last looked through;
  // those given up since then are left out. `now` by both clocks: the one that measures, and the
  // one that dates packets.
  [[nodiscard]] tui::Picture picture(const analysis::Model& model, Clock::time_point now,
                                     capture::Timestamp packet_time);

 private:
  // In a second.
  struct Moment {
    Clock::time_point at;
    std::uint64_t packets = 0, bytes = 0;
    std::array<std::uint64_t, analysis::tcp::kStateCount> states{};
  };
  // The part of the entries that is in its order.
  struct Window {
    std::uint64_t first = 0;
    int rows = 0;
    bool is_descending = false;
    friend bool operator==(const Window&, const Window&) = default;
  };

  [[nodiscard]] Census::Criteria criteria() const;
  void sort_out();
  void note_moment(const analysis::Totals& totals, Clock::time_point now);
  [[nodiscard]] tui::Header header_of(const report::Report& report, Clock::time_point now) const;
  [[nodiscard]] tui::Table table_of(const report::Report& report,
                                    capture::Timestamp packet_time) const;
  [[nodiscard]] std::vector<tui::StateRow> state_rows() const;
  template <typename Make>
  void make_now_and_then(Make&& make);
  [[nodiscard]] tui::Page talkers_page(const report::Report& report) const;
  void make_page(const report::Report& report);
  void make_detail(const report::Report& report);

  MakeReport make_report_;
  int statm_;
  tui::Request request_;
  Census census_;
  Clock::time_point next_census_{};
  Census::Result result_;  // the last
  std::optional<Window> window_;
  std::deque<Moment> moments_;  // a second apart, the latest last
  // What these cost may be much: they are made again only when that is a small part of the time, or
  // something else is asked for.
  tui::Page page_;
  tui::Detail detail_;
  tui::Request made_for_;
  Clock::time_point next_making_{};
};

}  // namespace tapstat::app
