// The generator's only source of chance: the same seed gives the same numbers on every machine.
#pragma once

#include <cstdint>
#include <random>

namespace tapstat::bench {

// In integers alone and without the standard's distributions, whose numbers it leaves to the
// library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // From 0 to limit - 1; limit must not be 0.
  [[nodiscard]] std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>((engine_() >> 32) * limit >> 32);
  }
  [[nodiscard]] std::uint32_t bits() { return static_cast<std::uint32_t>(engine_()); }

  [[nodiscard]] bool percent(std::uint32_t chance) { return chance != 0 && below(100) < chance; }
  [[nodiscard]] bool per_million(std::uint32_t chance) {
    return chance != 0 && below(1'000'000) < chance;
  }

  // From `least` to `least` * 2^14, a bounded Pareto distribution of shape 1.2 in steps of two: a
  // range twice as large comes 0.435 = 2^-1.2 times as often. Its mean is 5.6 `least`.
  [[nodiscard]] std::uint32_t heavy_tailed(std::uint32_t least) {
    for (int doublings = 0; doublings < 13 && below(1000) < 435; ++doublings) least *= 2;
    return least + below(least);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tapstat::bench
