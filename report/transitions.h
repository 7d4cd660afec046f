// Each change of each end's state, in the order of time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/journal_order.h"
#include "report/report.h"
#include "report/table.h"

namespace tapstat::report {

// One entry of the journal, with what stands around it.
struct Transition {
  analysis::tcp::Connection connection;
  analysis::tcp::Step step;
  // Time spent in step.from by then; nullopt where its beginning was not seen.
  std::optional<std::chrono::nanoseconds> held;
  int end;         // index
  bool is_client;  // as far as that is known
  bool was_sure;   // of step.from
  // Of a stream (TransitionStream): the time of an earlier one, which this one takes back, or which
  // is proved. Of these `step` says to which state that leads, and when it was known.
  std::optional<capture::Timestamp> corrects{}, confirms{};

  // A step that made its state unsure does not, once the state before it is unsure as well.
  [[nodiscard]] bool changes_something() const {
    return step.from != step.to || step.sure != was_sure;
  }
};

// "sent FIN", "timer TIME_WAIT".
[[nodiscard]] std::string cause_text(const analysis::tcp::Step& step);
// Likewise; "taken back" of one that takes another one back.
[[nodiscard]] std::string cause_text(const Transition& t);

// What Report::from and Report::at leave of the journal.
class Transitions {
 public:
  explicit Transitions(const Report& report) : report_(report), order_(entries_in_order(report)) {}

  // Calls `f(transition)` for each.
  template <typename F>
  void for_each(F&& f) const {
    for (const auto at : order_) {
      const Transition t = transition(at);
      if (report_.from && t.step.time <= *report_.from) continue;
      if (t.changes_something() && report_.keeps(t)) f(t);
    }
  }

 private:
  [[nodiscard]] Transition transition(analysis::tcp::History::Position at) const;

  const Report& report_;
  std::vector<analysis::tcp::History::Position> order_;
};

void print_transitions_text(const Report& report, Output& out);

// What that is made of: the table without rows, and a row.
[[nodiscard]] Table transition_table();
[[nodiscard]] std::vector<Cell> transition_row(const Report& report, const Transition& t);

}  // namespace tapstat::report
