// Round trips: how many, and how long they were, in memory that does not grow with their number.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace tapstat::analysis {

using Duration = std::chrono::nanoseconds;

// A count of durations by their size: two ranges to each doubling, from 32 us to 1 s, with one
// below and one above.
class Distribution {
 public:
  static constexpr std::size_t kRanges = 32;

  void add(Duration d);
  // Of those added, about the part `p` (0 to 1) were no longer than this. Within its range it is
  // taken to be spread evenly. Nullopt when nothing was added.
  [[nodiscard]] std::optional<Duration> quantile(double p) const;

  // Calls `f(upper bound of a range, count)` for each range that has any, the shortest first. The
  // last range has no bound: Duration::max(). When a count would overflow all are halved, so that
  // they keep their proportions.
  template <typename F>
  void for_each(F&& f) const {
    for (std::size_t i = 0; i < kRanges; ++i) {
      if (counts_[i] > 0) f(upper_bound(i), counts_[i]);
    }
  }

 private:
  [[nodiscard]] static std::size_t range_of(Duration d);
  [[nodiscard]] static Duration upper_bound(std::size_t range);

  std::array<std::uint16_t, kRanges> counts_{};
};

// Hostile clocks cannot make it overflow: it stays the most there is.
[[nodiscard]] constexpr Duration saturating_sum(Duration a, Duration b) {
  Duration::rep sum = 0;
  if (!__builtin_add_overflow(a.count(), b.count(), &sum)) return Duration{sum};
  return b < Duration::zero() ? Duration::min() : Duration::max();
}

class RoundTrips {
 public:
  // A capture's clock may go back: then `d` is below zero, and counts as it is.
  void add(Duration d) {
    min_ = samples_ == 0 || d < min_ ? d : min_;
    max_ = samples_ == 0 || max_ < d ? d : max_;
    last_ = d;
    sum_ = saturating_sum(sum_, d);
    ++samples_;
  }

  // The others mean something where there are samples.
  [[nodiscard]] std::uint32_t samples() const { return samples_; }
  [[nodiscard]] Duration min() const { return min_; }
  [[nodiscard]] Duration max() const { return max_; }
  [[nodiscard]] Duration last() const { return last_; }
  [[nodiscard]] Duration sum() const { return sum_; }
  [[nodiscard]] Duration average() const {
    const bool is_nearer_to_next = sum_ % samples_ >= Duration{samples_ / 2 + samples_ % 2};
    // Where the sum did not fit it is no help.
    return std::clamp(sum_ / samples_ + Duration{is_nearer_to_next ? 1 : 0}, min_, max_);
  }

  // Of both. The last one is this one's.
  [[nodiscard]] RoundTrips with(const RoundTrips& other) const {
    if (other.samples_ == 0) return *this;
    RoundTrips all = *this;
    all.min_ = std::min(min_, other.min_);
    all.max_ = std::max(max_, other.max_);
    all.sum_ = saturating_sum(sum_, other.sum_);
    all.samples_ += other.samples_;
    return all;
  }

 private:
  Duration min_{}, max_{}, last_{}, sum_{};
  std::uint32_t samples_ = 0;
};

}  // namespace tapstat::analysis
