#include "analysis/round_trips.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;

constexpr Duration kShortest = 32us;  // from here on ranges grow with what they hold

}  // namespace

std::size_t Distribution::range_of(Duration d) {
  if (d < kShortest) return 0;
  const auto halves = static_cast<std::uint64_t>(d / (kShortest / 2));
  const auto width = static_cast<std::size_t>(std::bit_width(halves));
  if (width < 2) return 0;  // it is 2 and up
  const std::size_t doublings = width - 2;
  const std::size_t upper_half = halves >> doublings & 1;
  return std::min(1 + 2 * doublings + upper_half, kRanges - 1);
}

Duration Distribution::upper_bound(std::size_t range) {
  if (range == kRanges - 1) return Duration::max();
  if (range == 0) return kShortest;
  const Duration begin = kShortest * (std::int64_t{1} << (range - 1) / 2);
  return (range - 1) % 2 == 0 ? begin * 3 / 2 : begin * 2;
}

void Distribution::add(Duration d) {
  std::uint16_t& count = counts_[range_of(d)];
  if (count == std::numeric_limits<std::uint16_t>::max()) {
    for (std::uint16_t& c : counts_) c = static_cast<std::uint16_t>((c + 1) / 2);
  }
  ++count;
}

std::optional<Duration> Distribution::quantile(double p) const {
  std::uint64_t total = 0;
  for (const std::uint16_t c : counts_) total += c;
  if (total == 0) return std::nullopt;
  double left = p * static_cast<double>(total);
  Duration begin{};
  for (std::size_t i = 0; i < kRanges; ++i) {
    const double count = counts_[i];
    // Nothing says how long the longest are.
    if (i == kRanges - 1) break;
    if (count > 0 && left <= count) {
      const auto width = static_cast<double>((upper_bound(i) - begin).count());
      return begin + Duration{static_cast<Duration::rep>(width * left / count)};
    }
    left -= count;
    begin = upper_bound(i);
  }
  return begin;
}

}  // namespace tapstat::analysis
