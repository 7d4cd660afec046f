// How well a hypothesis explains the choices, and what its free parameters cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "analysis/lvs/schedulers/trial.h"

namespace tapstat::analysis::lvs {

// What a hypothesis got right. Fractions come from choices whose order is not certain.
struct Score {
  double hits = 0;
  double misses = 0;
};

// What a miss counts where the order of two choices is not certain.
inline constexpr double kRacedMiss = 0.25;

// log P(sample | hypothesis). The rate of misses is not known: it is integrated out over Beta(1,
// 40), whose mean is the 2 % of the noise model, so two hypotheses that predict alike score alike
// however long the capture is. A miss may have gone to any other server. With a small probability
// the hypothesis explains nothing, and the choices are as good as random.
[[nodiscard]] double log_likelihood(const Score& score, const Sample& sample);

// The same of a hypothesis without parameters that misses nothing: nothing can be likelier.
[[nodiscard]] double log_flawless(const Sample& sample);

// log(sum(exp(terms))), one term at a time.
class LogSum {
 public:
  void add(double term);
  [[nodiscard]] double value() const { return value_; }

 private:
  double value_ = -std::numeric_limits<double>::infinity();
};

using Weights = std::vector<std::uint32_t>;

// How well one scheduler explains what was seen: the sum over its parameters, and which weights
// carry it.
class Explanation {
 public:
  void add(double log_posterior, const Weights& weights);
  [[nodiscard]] double log_value() const { return sum_.value(); }
  // Those that hold most of the evidence; empty where none does.
  [[nodiscard]] Weights weights() const;
  [[nodiscard]] bool empty() const { return log_value() == LogSum{}.value(); }

 private:
  struct Part {
    Weights weights;
    LogSum sum;
  };
  LogSum sum_;
  std::vector<Part> parts_;
};

}  // namespace tapstat::analysis::lvs
