#include "analysis/lvs/schedulers/least_loaded.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/lvs/schedulers/load_replay.h"

namespace tapstat::analysis::lvs {

namespace {

// All weights are tried on a few steps as counted, the best of these on more with mended counts,
// and the best of these on all steps with every order of the list.
struct Round {
  std::size_t steps;
  std::size_t kept;
  bool mends;
};
constexpr Round kFirst = {.steps = 60, .kept = 40, .mends = false};
constexpr Round kSecond = {.steps = 150, .kept = 8, .mends = true};
constexpr double kMissWorth = 4;     // in log P, about
constexpr double kHopeless = 0.35;   // share of misses beyond which a replay is given up
constexpr double kMarginMisses = 8;  // who misses so many more than another does not count
// By servers: few enough vectors to try all. Larger weights are found from the best of these.
constexpr std::uint32_t kLargestTried[] = {1, 1, 10, 5, 4, 1};
constexpr std::uint32_t kLargest = 10;

// Absolute weights count where active connections are compared with them.
bool is_relative(Scheduler scheduler) {
  return scheduler == Scheduler::wlc || scheduler == Scheduler::sed || scheduler == Scheduler::nq;
}

struct Tried {
  double badness;
  Weights weights;
  friend bool operator<(const Tried& a, const Tried& b) { return a.badness < b.badness; }
};

// The weights that explain the first steps best, whatever the list's order.
class WeightSearch {
 public:
  WeightSearch(const Sample& sample, Scheduler scheduler)
      : sample_(&sample), scheduler_(scheduler) {}

  std::vector<Weights> best() {
    const std::size_t n = sample_->trial->servers();
    const Weights equal(n, 1);
    if (scheduler_ == Scheduler::lc) return {equal};
    const std::size_t row = std::min(n, std::size(kLargestTried) - 1);
    for (const Weights& w : all_weights(n, kLargestTried[row], !is_relative(scheduler_))) {
      try_on(kFirst, w);
    }
    keep_best(kFirst);
    std::vector<Tried> promising;
    promising.swap(tried_);
    fewest_ = std::numeric_limits<double>::max();
    for (const Tried& t : promising) try_on(kSecond, t.weights);
    keep_best(kSecond);
    if (n > 2 && n <= kMostPermuted) climb();
    std::vector<Weights> weights{equal};
    for (const Tried& t : tried_) {
      if (t.weights != equal) weights.push_back(t.weights);
    }
    return weights;
  }

 private:
  void try_on(const Round& round, const Weights& weights) {
    const auto steps = static_cast<double>(std::min(round.steps, sample_->known));
    const double most = std::min(kHopeless * steps + 1, fewest_ + kMarginMisses);
    const Score score =
        LoadReplay(*sample_, scheduler_, weights, TieBreak()).run(round.steps, most, round.mends);
    fewest_ = std::min(fewest_, score.misses);
    tried_.push_back({score.misses * kMissWorth - log_prior(weights), weights});
  }
  void keep_best(const Round& round) {
    std::stable_sort(tried_.begin(), tried_.end());
    tried_.resize(std::min(tried_.size(), round.kept));
  }
  // One weight of the best few changed to anything, until nothing is better.
  void climb() {
    constexpr std::size_t kRounds = 3;
    constexpr std::size_t kClimbers = 2;
    for (std::size_t round = 0; round < kRounds; ++round) {
      const double before = tried_.front().badness;
      const std::vector<Tried> from(
          tried_.begin(),
          tried_.begin() + static_cast<std::ptrdiff_t>(std::min(kClimbers, tried_.size())));
      for (const Tried& t : from) vary(t.weights);
      keep_best(kSecond);
      if (tried_.front().badness >= before) return;
    }
  }
  void vary(const Weights& from) {
    for (std::size_t s = 0; s < from.size(); ++s) {
      for (std::uint32_t w = 1; w <= kLargest; ++w) {
        Weights weights = from;
        weights[s] = w;
        if (is_relative(scheduler_)) weights = reduced(weights);
        const bool known = std::any_of(tried_.begin(), tried_.end(),
                                       [&](const Tried& t) { return t.weights == weights; });
        if (!known) try_on(kSecond, weights);
      }
    }
  }

  const Sample* sample_;
  Scheduler scheduler_;
  std::vector<Tried> tried_;
  double fewest_ = std::numeric_limits<double>::max();
};

// The average over all list orders, as evidence for these weights.
void add_orders(Explanation& explanation, const Sample& sample, Scheduler scheduler,
                const Weights& weights, const std::vector<TieBreak>& orders, double& fewest) {
  const double log_orders = std::lgamma(static_cast<double>(sample.trial->servers()) + 1);
  const bool has_weights = scheduler != Scheduler::lc;
  const double prior = (has_weights ? log_prior(weights) : 0) - log_orders;
  for (const TieBreak& order : orders) {
    const Score score = LoadReplay(sample, scheduler, weights, order)
                            .run(sample.steps.size(), fewest + kMarginMisses);
    fewest = std::min(fewest, score.misses);
    explanation.add(prior + log_likelihood(score, sample),
                    has_weights ? reduced(weights) : Weights{});
  }
}

}  // namespace

Explanation explain_by_load(const Sample& sample, Scheduler scheduler) {
  Explanation explanation;
  std::vector<TieBreak> orders;
  if (sample.trial->servers() <= kMostPermuted) {
    for (const ListOrder& order : all_orders(sample.trial->servers())) orders.emplace_back(order);
  } else {
    orders.emplace_back();  // too many: one of them is taken to explain every tie
  }
  double fewest = kHopeless * static_cast<double>(sample.known);
  for (const Weights& weights : WeightSearch(sample, scheduler).best()) {
    add_orders(explanation, sample, scheduler, weights, orders, fewest);
  }
  return explanation;
}

}  // namespace tapstat::analysis::lvs
