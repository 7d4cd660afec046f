#include "report/standing.h"

#include "report/report.h"

namespace tapstat::report {

using analysis::tcp::ClosedBy;
using analysis::tcp::Connection;

std::string_view name(Change change) {
  switch (change) {
    case Change::none:
      return "none";
    case Change::active:
      return "active";
    case Change::changed:
      return "changed";
    case Change::opened:
      return "opened";
    case Change::closed:
      return "closed";
    case Change::opened_and_closed:
      return "opened-and-closed";
  }
  return "";
}

Standing Report::standing(const Connection& c, int i) const {
  if (at) return standing_at(model.tcp.journal(), c.id(), i, *at);
  const auto& end = c.end(i);
  return {end.state(), end.since(), end.sure()};
}

std::optional<Standing> Report::standing_before(const Connection& c, int i) const {
  if (*from < c.first()) return std::nullopt;
  return standing_at(model.tcp.journal(), c.id(), i, *from);
}

ClosedBy Report::closed_by(const Connection& c) const {
  if (!at) return c.closed_by();
  return c.closed_by(standing(c, 0).state, standing(c, 1).state);
}

Change Report::change(const Connection& c) const {
  const bool is_over = closed_by(c) != ClosedBy::open;
  if (*from < c.first()) return is_over ? Change::opened_and_closed : Change::opened;
  const auto before = [&](int i) { return standing_before(c, i)->state; };
  const bool was_over = c.closed_by(before(0), before(1)) != ClosedBy::open;
  if (is_over && !was_over) return Change::closed;
  if (before(0) != standing(c, 0).state || before(1) != standing(c, 1).state) {
    return Change::changed;
  }
  return *from <= c.last() ? Change::active : Change::none;
}

}  // namespace tapstat::report
