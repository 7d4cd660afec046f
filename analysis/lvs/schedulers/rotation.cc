#include "analysis/lvs/schedulers/rotation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/lvs/schedulers/weights.h"

namespace tapstat::analysis::lvs {

namespace {

using Sequence = std::vector<std::uint8_t>;  // of one period

// In quarters of a miss.
constexpr std::uint32_t kMiss = 4;
constexpr auto kMissInRace = static_cast<std::uint32_t>(kMiss * kRacedMiss);
constexpr std::uint32_t kSlip = 4;  // the phase is elsewhere: a choice that was not seen, a reset

constexpr std::size_t kTrialSteps = 200;  // for all parameters; the best of them get all steps
constexpr std::size_t kFinalists = 24;
constexpr std::uint32_t kLargestWeight = 10;

struct Theory {
  Sequence sequence;
  Weights weights;
  double log_prior;
  std::uint32_t cost = 0;
};

// ip_vs_wrr_schedule().
Sequence passes(const ListOrder& order, const Weights& weights) {
  Sequence sequence;
  const std::uint32_t step =
      std::max(std::accumulate(weights.begin(), weights.end(), 0u,
                               [](std::uint32_t a, std::uint32_t b) { return std::gcd(a, b); }),
               1u);
  for (std::uint32_t current = *std::max_element(weights.begin(), weights.end()); current > 0;
       current -= std::min(step, current)) {
    for (const std::uint8_t server : order) {
      if (weights[server] >= current) sequence.push_back(server);
    }
  }
  return sequence;
}

// The least that has to be explained away, over all phases to begin in: shortest path, one layer a
// step, one node a place in the period. `stays`: the place does not move on by itself.
class Path {
 public:
  Path(const Sequence& sequence, bool stays) : sequence_(&sequence), stays_(stays) {
    cost_.assign(sequence.size(), 0);
    next_.resize(sequence.size());
  }

  void take(const Step& step) {
    const std::size_t period = cost_.size();
    const std::uint32_t slipped = *std::min_element(cost_.begin(), cost_.end()) + kSlip;
    const std::uint32_t miss =
        step.server == kUnknownServer ? 0 : (step.raced ? kMissInRace : kMiss);
    for (std::size_t k = 0; k < period; ++k) {
      const std::size_t from = stays_ || is_first_ ? k : (k + period - 1) % period;
      next_[k] = std::min(cost_[from], slipped) + ((*sequence_)[k] == step.server ? 0 : miss);
    }
    cost_.swap(next_);
    is_first_ = false;
  }
  [[nodiscard]] std::uint32_t cost() const { return *std::min_element(cost_.begin(), cost_.end()); }

 private:
  const Sequence* sequence_;
  bool stays_;
  bool is_first_ = true;
  std::vector<std::uint32_t> cost_, next_;
};

std::uint32_t cost_of(const Sample& sample, std::size_t count, const Sequence& sequence,
                      bool stays) {
  Path path(sequence, stays);
  for (std::size_t i = 0; i < std::min(count, sample.steps.size()); ++i) {
    path.take(sample.trial->steps()[sample.steps[i]]);
  }
  return path.cost();
}

double log_likelihood_of(const Sample& sample, std::uint32_t cost) {
  const auto known = static_cast<double>(sample.known);
  const double misses = std::min(known, cost / double{kMiss});
  return log_likelihood({.hits = known - misses, .misses = misses}, sample);
}

// Beyond what can be permuted: each server is followed by the one that most often came after it.
ListOrder most_followed_order(const Sample& sample) {
  const std::size_t n = sample.trial->servers();
  std::vector<std::uint32_t> followed(n * n);
  std::uint16_t last = kUnknownServer;
  for (const std::uint32_t i : sample.steps) {
    const std::uint16_t server = sample.trial->steps()[i].server;
    if (last != kUnknownServer && server != kUnknownServer) ++followed[last * n + server];
    last = server;
  }
  ListOrder order{0};
  std::vector<bool> used(n);
  used[0] = true;
  while (order.size() < n) {
    const std::size_t from = order.back() * n;
    std::size_t best = n;
    for (std::size_t to = 0; to < n; ++to) {
      if (!used[to] && (best == n || followed[from + to] > followed[from + best])) best = to;
    }
    used[best] = true;
    order.push_back(static_cast<std::uint8_t>(best));
  }
  return order;
}

// Orders that differ only in where they begin: one is enough for a rotation of equal weights.
std::vector<ListOrder> cycles(const Sample& sample) {
  if (sample.trial->servers() > kMostPermuted) return {most_followed_order(sample)};
  std::vector<ListOrder> orders = all_orders(sample.trial->servers());
  std::erase_if(orders, [](const ListOrder& order) { return order.front() != 0; });
  return orders;
}

double log_factorial(std::size_t n) { return std::lgamma(static_cast<double>(n) + 1); }

// Shares of the counts tell the weights nearly: wrr never strays from them by more than a pass.
std::vector<Weights> likely_weights(const Sample& sample) {
  const std::size_t n = sample.trial->servers();
  std::vector<double> counts(n);
  for (const std::uint32_t i : sample.steps) {
    const std::uint16_t server = sample.trial->steps()[i].server;
    if (server != kUnknownServer) ++counts[server];
  }
  const double total = std::max(1.0, std::accumulate(counts.begin(), counts.end(), 0.0));
  std::vector<Weights> all = all_weights(n, n > 3 ? 5 : kLargestWeight, false);
  const auto distance = [&](const Weights& w) {
    const double sum = std::accumulate(w.begin(), w.end(), 0.0);
    double d = 0;
    for (std::size_t s = 0; s < n; ++s) d += std::abs(counts[s] - total * w[s] / sum);
    return d;
  };
  constexpr std::size_t kNearest = 60;
  const std::size_t kept = std::min(all.size(), kNearest);
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t i = 0; i < all.size(); ++i) ranked.emplace_back(distance(all[i]), i);
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(kept),
                    ranked.end());
  std::vector<Weights> likely;
  for (std::size_t i = 0; i < kept; ++i) likely.push_back(all[ranked[i].second]);
  return likely;
}

// Every vector with every order that makes a difference.
std::vector<Theory> theories(const Sample& sample) {
  const std::size_t n = sample.trial->servers();
  std::vector<Theory> all;
  const double log_phase = log_factorial(n);
  for (const ListOrder& order : cycles(sample)) {
    const Weights equal(n, 1);
    all.push_back({passes(order, equal), equal, log_prior(equal) - log_phase});
  }
  if (n > kMostPermuted) return all;
  for (const Weights& weights : likely_weights(sample)) {
    if (all_equal(weights)) continue;
    for (const ListOrder& order : all_orders(n)) {
      Sequence sequence = passes(order, weights);
      const double log_start = std::log(static_cast<double>(sequence.size()));
      all.push_back(
          {std::move(sequence), weights, log_prior(weights) - log_factorial(n) - log_start});
    }
  }
  return all;
}

}  // namespace

Explanation explain_by_rr(const Sample& sample) {
  Explanation explanation;
  for (const ListOrder& order : cycles(sample)) {
    const Sequence sequence(order.begin(), order.end());
    const std::uint32_t cost = cost_of(sample, sample.steps.size(), sequence, false);
    explanation.add(log_likelihood_of(sample, cost) - log_factorial(sample.trial->servers()), {});
  }
  return explanation;
}

Explanation explain_by_wrr(const Sample& sample) {
  std::vector<Theory> all = theories(sample);
  for (Theory& t : all) t.cost = cost_of(sample, kTrialSteps, t.sequence, false);
  const std::size_t kept = std::min(all.size(), kFinalists);
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                    [](const Theory& a, const Theory& b) { return a.cost < b.cost; });
  all.resize(kept);
  Explanation explanation;
  for (const Theory& t : all) {
    const std::uint32_t cost = cost_of(sample, sample.steps.size(), t.sequence, false);
    explanation.add(t.log_prior + log_likelihood_of(sample, cost), t.weights);
  }
  return explanation;
}

Explanation explain_by_staying(const Sample& sample) {
  Sequence each(sample.trial->servers());
  std::iota(each.begin(), each.end(), std::uint8_t{0});
  const std::uint32_t cost = cost_of(sample, sample.steps.size(), each, true);
  Explanation explanation;
  explanation.add(
      log_likelihood_of(sample, cost) - std::log(static_cast<double>(sample.trial->servers())), {});
  return explanation;
}

}  // namespace tapstat::analysis::lvs
