#include "analysis/tcp/standing.h"

namespace tapstat::analysis::tcp {
namespace {

// When the state that `step` leaves was entered: by itself, or, where it only made a state sure or
// unsure, by an earlier step.
[[nodiscard]] Timestamp since(const History& journal, std::uint32_t connection, int end,
                              const Step& step) {
  if (step.from != step.to) return step.time;
  std::optional<Timestamp> since;
  for (const Step& s : journal.steps(connection, end)) {
    if (step.time < s.time) break;
    if (!since || s.from != s.to) since = s.time;
  }
  return since.value_or(step.time);
}

}  // namespace

Standing standing_at(const History& journal, std::uint32_t connection, int end, Timestamp t) {
  const Step* step = journal.at(connection, end, t);
  if (step == nullptr) return {};
  return {step->to, since(journal, connection, end, *step), step->sure};
}

}  // namespace tapstat::analysis::tcp
