#include "analysis/lvs/schedulers/explanation.h"

#include <algorithm>
#include <cmath>

namespace tapstat::analysis::lvs {

namespace {
constexpr double kMissPrior = 1;
constexpr double kHitPrior = 40;
constexpr double kExplainsNothing = 0.01;
// Of a handful of choices nobody can say much: a server that was not chosen yet, a place in the
// rotation, an old load would explain them too.
constexpr double kTooFew = 0.5;
constexpr double kAHandful = 8;
constexpr double kWeightsShare = 0.8;  // of the evidence, for weights to be told

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }
}  // namespace

double log_likelihood(const Score& score, const Sample& sample) {
  const auto others = static_cast<double>(std::max<std::size_t>(sample.trial->servers(), 2) - 1);
  const double nothing =
      kExplainsNothing + kTooFew * std::exp(-static_cast<double>(sample.known) / kAHandful);
  LogSum sum;
  sum.add(std::log1p(-nothing) + log_beta(kMissPrior + score.misses, kHitPrior + score.hits) -
          log_beta(kMissPrior, kHitPrior) - score.misses * std::log(others));
  sum.add(std::log(nothing) + sample.log_random);
  return sum.value();
}

double log_flawless(const Sample& sample) {
  const auto known = static_cast<double>(sample.known);
  return log_beta(kMissPrior, kHitPrior + known) - log_beta(kMissPrior, kHitPrior);
}

void LogSum::add(double term) {
  const double high = std::max(value_, term);
  if (std::isinf(high)) return;
  value_ = high + std::log1p(std::exp(std::min(value_, term) - high));
}

void Explanation::add(double log_posterior, const Weights& weights) {
  sum_.add(log_posterior);
  // From the back: the same weights come one after the other.
  const auto found = std::find_if(parts_.rbegin(), parts_.rend(),
                                  [&](const Part& part) { return part.weights == weights; });
  Part& part = found == parts_.rend() ? parts_.emplace_back(Part{weights, {}}) : *found;
  part.sum.add(log_posterior);
}

Weights Explanation::weights() const {
  for (const Part& part : parts_) {
    if (part.sum.value() - sum_.value() > std::log(kWeightsShare)) return part.weights;
  }
  return {};
}

}  // namespace tapstat::analysis::lvs
