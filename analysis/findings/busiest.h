// The busiest stretch of time among events.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <type_traits>

#include "capture/frame.h"

namespace tapstat::analysis {

// Calls `f(slice)` on each slice of neighbours for which `key(event)` is the same: what sorting
// by that key has put together.
template <typename T, typename Key, typename F>
void for_each_group(std::span<const T> sorted, Key&& key, F&& f) {
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin + 1;
    while (end < sorted.size() && key(sorted[end]) == key(sorted[begin])) ++end;
    f(sorted.subspan(begin, end - begin));
    begin = end;
  }
}

// The slice of `events`, which have a member `time` and are in its order, that lies within `width`
// and has the most of them.
template <typename T>
[[nodiscard]] std::span<const T> busiest(std::span<const T> events,
                                         std::chrono::nanoseconds width) {
  std::size_t first = 0;
  std::size_t best = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    while (events[i].time - events[first].time > width) ++first;
    if (i + 1 - first > most) {
      most = i + 1 - first;
      best = first;
    }
  }
  return events.subspan(best, most);
}

// How many different values of `key(event)` there are at most within `width`.
template <typename T, typename Key>
[[nodiscard]] std::uint32_t most_different(std::span<const T> events,
                                           std::chrono::nanoseconds width, Key&& key) {
  // Ordered: keys are the senders' choice, and a tree has no collisions to prepare.
  std::map<std::decay_t<decltype(key(events[0]))>, std::uint32_t> inside;
  std::size_t first = 0;
  std::size_t most = 0;
  for (const T& event : events) {
    while (event.time - events[first].time > width) {
      const auto gone = inside.find(key(events[first++]));
      if (--gone->second == 0) inside.erase(gone);
    }
    ++inside[key(event)];
    most = std::max(most, inside.size());
  }
  return static_cast<std::uint32_t>(most);
}

}  // namespace tapstat::analysis
