#include "report/journal_order.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace tapstat::report {

using analysis::tcp::History;
using analysis::tcp::Journal;

std::vector<History::Position> entries_in_order(const Report& report) {
  // What is sorted by lies beside the position, so that no comparison looks up the entry itself.
  struct Dated {
    capture::Timestamp time;
    std::uint32_t connection;
    std::uint8_t end;
    History::Position at;
  };
  const auto known = report.model.tcp.connections();
  std::vector<Dated> dated;
  report.model.tcp.journal().for_each_entry(
      [&](History::Position at, const Journal::Entry& entry, std::uint32_t id) {
        if (!known.has(id) || (report.at && *report.at < entry.step.time)) return;
        dated.push_back({entry.step.time, id, entry.end, at});
      });
  // All of one connection are of one journal.
  std::sort(dated.begin(), dated.end(), [](const Dated& a, const Dated& b) {
    return std::tie(a.time, a.connection, a.end, a.at.index) <
           std::tie(b.time, b.connection, b.end, b.at.index);
  });
  std::vector<History::Position> order;
  order.reserve(dated.size());
  for (const Dated& d : dated) order.push_back(d.at);
  return order;
}

}  // namespace tapstat::report
