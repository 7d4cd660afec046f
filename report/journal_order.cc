#include "report/journal_order.h"

#include <algorithm>
#include <tuple>

namespace tapstat::report {

std::vector<std::uint32_t> entries_in_order(const Report& report) {
  // The time is sorted by and beside the index, so that few comparisons look up the entry itself.
  struct Dated {
    capture::Timestamp time;
    std::uint32_t index;
  };
  const auto& entries = report.model.tcp.journal().entries();
  const std::uint32_t known = report.model.tcp.connections().size();
  std::vector<Dated> dated;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    if (entry.taken_back || entry.connection >= known) continue;
    if (!report.at || entry.step.time <= *report.at) dated.push_back({entry.step.time, i});
  }
  std::sort(dated.begin(), dated.end(), [&](const Dated& a, const Dated& b) {
    if (a.time != b.time) return a.time < b.time;
    const auto rank = [&](std::uint32_t i) {
      return std::tuple{entries[i].connection, entries[i].end, i};
    };
    return rank(a.index) < rank(b.index);
  });
  std::vector<std::uint32_t> order;
  order.reserve(dated.size());
  for (const Dated& d : dated) order.push_back(d.index);
  return order;
}

}  // namespace tapstat::report
