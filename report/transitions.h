// Each change of each end's state, in the order of time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/journal_order.h"
#include "report/report.h"

namespace tapstat::report {

// One entry of the journal, with what stands around it.
struct Transition {
  analysis::tcp::Connection connection;
  const analysis::tcp::Step& step;  // borrowed from the report
  // Time spent in step.from by then; nullopt where its beginning was not seen.
  std::optional<std::chrono::nanoseconds> held;
  int end;        // index
  bool was_sure;  // of step.from
};

// "sent FIN", "timer TIME_WAIT".
[[nodiscard]] std::string cause_text(const analysis::tcp::Step& step);

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
      if (changes_something(t) && is_kept(t)) f(t);
    }
  }

 private:
  // A step that made its state unsure does not, once the state before it is unsure as well.
  [[nodiscard]] static bool changes_something(const Transition& t) {
    return t.step.from != t.step.to || t.step.sure != t.was_sure;
  }
  [[nodiscard]] bool is_kept(const Transition& t) const;
  [[nodiscard]] Transition transition(analysis::tcp::History::Position at) const;

  const Report& report_;
  std::vector<analysis::tcp::History::Position> order_;
};

void print_transitions_text(const Report& report, Output& out);

}  // namespace tapstat::report
