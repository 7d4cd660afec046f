#include "analysis/lvs/schedulers/least_loaded.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "analysis/lvs/schedulers/load_rules.h"
#include "analysis/lvs/schedulers/weights.h"

namespace tapstat::analysis::lvs {

namespace {

constexpr std::size_t kTrialSteps = 300;  // for all weights; the best of them get all steps
constexpr std::size_t kFinalists = 40;
constexpr std::uint32_t kLargestWeight[] = {1, 1, 10, 8, 5};  // by servers; few enough to try all
constexpr double kMissWorth = 4;                              // in log P, about
constexpr double kOtherViewHit = 0.7;  // right only if two events are swapped

// What one choice says, without the list's order: the equally good of each view.
struct Pattern {
  std::uint16_t server;
  std::array<ServerSet, kViews> best;
  friend bool operator==(const Pattern&, const Pattern&) = default;
  friend auto operator<=>(const Pattern&, const Pattern&) = default;
};

ServerSet bit(std::size_t server) { return ServerSet{1} << server; }

std::vector<Pattern> patterns(const Sample& sample, std::size_t count, Scheduler scheduler,
                              const Weights& weights) {
  std::vector<Pattern> all;
  ChoiceRule rule(scheduler, weights);
  for (std::size_t i = 0; i < std::min(count, sample.steps.size()); ++i) {
    const Step& step = sample.trial->steps()[sample.steps[i]];
    if (step.server == kUnknownServer) continue;
    Pattern p{.server = step.server, .best = {}};
    p.best.fill(rule.best(sample.trial->loads(sample.steps[i], View::exact)));
    if (step.ambiguous) {
      p.best[1] = rule.best(sample.trial->loads(sample.steps[i], View::early));
      p.best[2] = rule.best(sample.trial->loads(sample.steps[i], View::late));
    }
    rule.chosen(step.server);
    all.push_back(p);
  }
  return all;
}

// Hit, in whichever view, if `allowed` says that a server may be taken out of a set.
template <typename Allowed>
Score score(const std::vector<std::pair<Pattern, std::uint32_t>>& counted, Allowed allowed) {
  Score s;
  for (const auto& [pattern, count] : counted) {
    double hit = 0;
    if (allowed(pattern.server, pattern.best[0])) {
      hit = 1;
    } else if (allowed(pattern.server, pattern.best[1]) ||
               allowed(pattern.server, pattern.best[2])) {
      hit = kOtherViewHit;
    }
    s.hits += hit * count;
    s.misses += (1 - hit) * count;
  }
  return s;
}

std::vector<std::pair<Pattern, std::uint32_t>> counted(std::vector<Pattern> all) {
  std::sort(all.begin(), all.end());
  std::vector<std::pair<Pattern, std::uint32_t>> runs;
  for (const Pattern& p : all) {
    if (runs.empty() || runs.back().first != p) runs.emplace_back(p, 0);
    ++runs.back().second;
  }
  return runs;
}

bool is_in(std::uint16_t server, ServerSet set) { return (set & bit(server)) != 0; }

// Whether no other of the set stands before the server in the list.
class FirstInList {
 public:
  explicit FirstInList(const ListOrder& order) : before_(order.size()) {
    ServerSet passed = 0;
    for (const std::uint8_t server : order) {
      before_[server] = passed;
      passed |= bit(server);
    }
  }
  bool operator()(std::uint16_t server, ServerSet set) const {
    return is_in(server, set) && (set & before_[server]) == 0;
  }

 private:
  std::vector<ServerSet> before_;
};

// The average over all list orders, as evidence for these weights.
void add_orders(Evidence& evidence, const std::vector<std::pair<Pattern, std::uint32_t>>& runs,
                const std::vector<ListOrder>& orders, const Sample& sample, const Weights& shown,
                double prior) {
  const double log_orders = std::lgamma(static_cast<double>(sample.trial->servers()) + 1);
  if (orders.empty()) {  // too many: one of them is taken to explain every tie
    evidence.add(prior - log_orders + log_likelihood(score(runs, is_in), sample), shown);
    return;
  }
  for (const ListOrder& order : orders) {
    const Score s = score(runs, FirstInList(order));
    evidence.add(prior - log_orders + log_likelihood(s, sample), shown);
  }
}

// Absolute weights count where active connections are compared with them.
bool is_relative(Scheduler scheduler) {
  return scheduler == Scheduler::wlc || scheduler == Scheduler::sed || scheduler == Scheduler::nq;
}

// Weights that explain the first steps best, equal ones always among them.
std::vector<Weights> finalists(const Sample& sample, Scheduler scheduler) {
  const std::size_t n = sample.trial->servers();
  const Weights equal(n, 1);
  if (scheduler == Scheduler::lc) return {equal};
  std::vector<Weights> all =
      all_weights(n, kLargestWeight[std::min<std::size_t>(n, 4)], !is_relative(scheduler));
  if (all.empty()) return {equal};
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t i = 0; i < all.size(); ++i) {
    double misses = 0;
    for (const Pattern& p : patterns(sample, kTrialSteps, scheduler, all[i])) {
      misses += is_in(p.server, p.best[0]) ? 0 : 1;
    }
    ranked.emplace_back(misses * kMissWorth - log_prior(all[i]), i);
  }
  const std::size_t kept = std::min(all.size(), kFinalists);
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(kept),
                    ranked.end());
  std::vector<Weights> best{equal};
  for (std::size_t i = 0; i < kept; ++i) {
    if (all[ranked[i].second] != equal) best.push_back(all[ranked[i].second]);
  }
  return best;
}

}  // namespace

Evidence explain_by_load(const Sample& sample, Scheduler scheduler) {
  Evidence evidence;
  const std::vector<ListOrder> orders = sample.trial->servers() <= kMostPermuted
                                            ? all_orders(sample.trial->servers())
                                            : std::vector<ListOrder>{};
  for (const Weights& weights : finalists(sample, scheduler)) {
    const auto runs = counted(patterns(sample, sample.steps.size(), scheduler, weights));
    const bool has_weights = scheduler != Scheduler::lc;
    add_orders(evidence, runs, orders, sample, has_weights ? reduced(weights) : Weights{},
               has_weights ? log_prior(weights) : 0);
  }
  return evidence;
}

}  // namespace tapstat::analysis::lvs
