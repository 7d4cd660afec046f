// Weights and list orders that a hypothesis may assume, and what each costs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/lvs/schedulers/explanation.h"

namespace tapstat::analysis::lvs {

// How administrators set weights, of which we know little: as often as not all are equal, and else
// each is small.
[[nodiscard]] double log_prior(const Weights& weights);

// All vectors of `servers` weights up to `largest`; without `multiples` only those whose greatest
// common divisor is 1. Empty if there would be too many to try.
[[nodiscard]] std::vector<Weights> all_weights(std::size_t servers, std::uint32_t largest,
                                               bool multiples);
[[nodiscard]] bool all_equal(const Weights& weights);
// Divided by their greatest common divisor.
[[nodiscard]] Weights reduced(Weights weights);

// The order of the destinations in IPVS's list: server indices.
using ListOrder = std::vector<std::uint8_t>;
// All of them: servers! ones, so only for a few servers.
[[nodiscard]] std::vector<ListOrder> all_orders(std::size_t servers);
inline constexpr std::size_t kMostPermuted = 5;

}  // namespace tapstat::analysis::lvs
