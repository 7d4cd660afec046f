#include "analysis/tcp/sequence_ranges.h"

#include <algorithm>

namespace tapstat::analysis::tcp {

std::uint32_t Islands::add(Seq first, Seq end) {
  auto at = std::find_if(islands_.begin(), islands_.end(),
                         [&](const Island& i) { return at_or_before(first, i.end); });
  auto fresh = end.value() - first.value();
  auto past = at;
  Island merged{first, end};
  for (; past != islands_.end() && at_or_before(past->first, end); ++past) {
    const Seq from = later(first, past->first);
    const Seq to = before(past->end, end) ? past->end : end;
    if (before(from, to)) fresh -= to.value() - from.value();
    if (before(past->first, merged.first)) merged.first = past->first;
    merged.end = later(merged.end, past->end);
  }
  at = islands_.erase(at, past);
  islands_.insert(at, merged);
  if (islands_.size() > kMaxIslands) islands_.pop_back();
  return fresh;
}

std::uint32_t Islands::bytes_below(Seq edge) const {
  std::uint32_t bytes = 0;
  for (const Island& i : islands_) {
    if (!before(i.first, edge)) break;
    const Seq end = before(edge, i.end) ? edge : i.end;
    bytes += end.value() - i.first.value();
  }
  return bytes;
}

Seq Islands::absorb(Seq edge) {
  auto past = islands_.begin();
  for (; past != islands_.end() && at_or_before(past->first, edge); ++past) {
    edge = later(edge, past->end);
  }
  islands_.erase(islands_.begin(), past);
  return edge;
}

}  // namespace tapstat::analysis::tcp
