#include "analysis/forwarding/clock_offsets.h"

#include <algorithm>
#include <bit>
#include <deque>

#include "analysis/median.h"

namespace tapstat::analysis::forwarding {
namespace {

constexpr Duration kMuch = std::chrono::milliseconds{10};

}  // namespace

void ClockOffsets::note(std::uint16_t a, capture::Timestamp at_a, std::uint16_t b,
                        capture::Timestamp at_b, bool forth) {
  if (a == b) return;
  if (b < a) {
    std::swap(a, b);
    std::swap(at_a, at_b);
  }
  if (pairs_.size() >= kMostPairs && !pairs_.contains({a, b})) return;
  Samples& samples = pairs_[{a, b}].samples[forth ? 1 : 0];
  if (samples.size() >= kMostSamples) return;
  samples.push_back((at_b - at_a).count());
  if (std::has_single_bit(samples.size())) update_ahead();
}

void ClockOffsets::update_ahead() {
  std::uint16_t inputs = 0;
  for (const auto& [ends, pair] : pairs_) {
    inputs =
        std::max<std::uint16_t>(inputs, std::min<std::uint16_t>(ends.second, kMostInputs) + 1u);
  }
  ahead_.assign(inputs, Duration{});
  for (const auto& [input, ahead] : all_ahead_of(0)) {
    if (input < inputs) ahead_[input] = ahead;
  }
}

bool ClockOffsets::differ() const {
  return std::any_of(ahead_.begin(), ahead_.end(),
                     [](Duration ahead) { return ahead > kMuch || ahead < -kMuch; });
}

std::optional<std::int64_t> ClockOffsets::offset_of(const Pair& pair) {
  const auto& [back, forth] = pair.samples;
  if (back.empty() && forth.empty()) return std::nullopt;
  if (back.empty()) return median_of(forth);
  if (forth.empty()) return median_of(back);
  return (median_of(back) + median_of(forth)) / 2;
}

std::optional<Duration> ClockOffsets::between(std::uint16_t a, std::uint16_t b) const {
  const auto ahead = all_ahead_of(a);
  const auto found = ahead.find(b);
  if (found == ahead.end()) return std::nullopt;
  return found->second;
}

// By way of as few others as there can be.
std::map<std::uint16_t, Duration> ClockOffsets::all_ahead_of(std::uint16_t input) const {
  std::map<std::uint16_t, Duration> ahead = {{input, Duration{}}};
  for (std::deque<std::uint16_t> open = {input}; !open.empty(); open.pop_front()) {
    const std::uint16_t at = open.front();
    for (const auto& [ends, pair] : pairs_) {
      if (ends.first != at && ends.second != at) continue;
      const std::uint16_t other = ends.first == at ? ends.second : ends.first;
      if (ahead.contains(other)) continue;
      const auto offset = offset_of(pair);
      if (!offset) continue;
      ahead[other] = ahead[at] + Duration{ends.first == at ? *offset : -*offset};
      open.push_back(other);
    }
  }
  return ahead;
}

}  // namespace tapstat::analysis::forwarding
