#include "analysis/lvs/schedulers/weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tapstat::analysis::lvs {

namespace {
constexpr double kAllEqual = 0.5;
constexpr std::uint32_t kSmall = 5;
constexpr double kSmallWeight = 0.17;  // each of 1 to 5
constexpr double kLargeWeight = 0.03;  // each of 6 to 10
constexpr std::size_t kMostVectors = 20000;

std::uint32_t divisor(const Weights& weights) {
  return std::accumulate(weights.begin(), weights.end(), 0u,
                         [](std::uint32_t a, std::uint32_t b) { return std::gcd(a, b); });
}
}  // namespace

double log_prior(const Weights& weights) {
  if (all_equal(weights)) return std::log(kAllEqual);
  double log_value = std::log(1 - kAllEqual);
  for (const std::uint32_t w : weights) {
    log_value += std::log(w <= kSmall ? kSmallWeight : kLargeWeight);
  }
  return log_value;
}

std::vector<Weights> all_weights(std::size_t servers, std::uint32_t largest, bool multiples) {
  std::vector<Weights> all;
  if (std::pow(largest, static_cast<double>(servers)) > kMostVectors) return all;
  Weights w(servers, 1);
  while (true) {
    if (multiples || divisor(w) == 1) all.push_back(w);
    std::size_t i = 0;
    while (i < servers && w[i] == largest) w[i++] = 1;
    if (i == servers) return all;
    ++w[i];
  }
}

bool all_equal(const Weights& weights) {
  return std::adjacent_find(weights.begin(), weights.end(), std::not_equal_to<>()) == weights.end();
}

Weights reduced(Weights weights) {
  const std::uint32_t by = std::max(divisor(weights), 1u);
  for (std::uint32_t& w : weights) w /= by;
  return weights;
}

std::vector<ListOrder> all_orders(std::size_t servers) {
  std::vector<ListOrder> all;
  ListOrder order(servers);
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  do all.push_back(order);
  while (std::next_permutation(order.begin(), order.end()));
  return all;
}

}  // namespace tapstat::analysis::lvs
