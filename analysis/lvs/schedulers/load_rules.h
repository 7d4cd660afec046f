// What the schedulers of Linux that weigh loads compare, function by function of ip_vs_NAME.c.
#pragma once

#include <cstdint>

#include "analysis/lvs/schedulers/explanation.h"
#include "analysis/lvs/schedulers/trial.h"

namespace tapstat::analysis::lvs {

using ServerSet = std::uint64_t;  // one bit a server

// One service's scheduler at work. Which of equals comes first in the list is the caller's.
class ChoiceRule {
 public:
  // `scheduler` is lc, wlc, sed, nq, ovf, lblc or lblcr. No weight is 0.
  ChoiceRule(Scheduler scheduler, const Weights& weights)
      : scheduler_(scheduler), weights_(&weights) {}

  // The destinations one of which is taken next; `loads` holds one a server, none negative.
  [[nodiscard]] ServerSet best(const Load* loads) const;
  // What was taken: lblc and lblcr remember it for the virtual address.
  void chosen(std::uint16_t server);

 private:
  [[nodiscard]] ServerSet all() const;
  [[nodiscard]] ServerSet least_overhead(const Load* loads, ServerSet among) const;
  [[nodiscard]] ServerSet shortest_delay(const Load* loads) const;
  [[nodiscard]] ServerSet never_queued(const Load* loads) const;
  [[nodiscard]] ServerSet not_overflown(const Load* loads) const;
  [[nodiscard]] ServerSet local(const Load* loads) const;
  [[nodiscard]] bool is_overloaded(const Load* loads, std::size_t server) const;

  Scheduler scheduler_;
  const Weights* weights_;
  ServerSet cached_ = 0;  // lblc: one server, lblcr: those that serve the address
};

}  // namespace tapstat::analysis::lvs
