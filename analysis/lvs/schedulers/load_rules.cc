#include "analysis/lvs/schedulers/load_rules.h"

#include <bit>

namespace tapstat::analysis::lvs {

namespace {

// All of `among` for which cost(s) / weights[s] is the least.
template <typename Cost>
ServerSet argmin(ServerSet among, const Weights& weights, Cost cost) {
  ServerSet best = 0;
  std::uint64_t least = 0;
  std::uint64_t its_weight = 0;
  for (ServerSet left = among; left != 0; left &= left - 1) {
    const auto s = static_cast<std::size_t>(std::countr_zero(left));
    const std::uint64_t mine = std::uint64_t{cost(s)} * its_weight;
    const std::uint64_t theirs = least * weights[s];
    const ServerSet bit = left & (~left + 1);
    if (best == 0 || mine < theirs) {
      best = bit;
      least = cost(s);
      its_weight = weights[s];
    } else if (mine == theirs) {
      best |= bit;
    }
  }
  return best;
}

}  // namespace

ServerSet ChoiceRule::all() const {
  return weights_->size() == kMaxServers ? ~ServerSet{0} : (ServerSet{1} << weights_->size()) - 1;
}

// ip_vs_dest_conn_overhead() in ip_vs.h: one active connection weighs as much as 256 inactive ones.
ServerSet ChoiceRule::least_overhead(const Load* loads, ServerSet among) const {
  return argmin(among, *weights_, [loads](std::size_t s) {
    return (static_cast<std::uint64_t>(loads[s].active) << 8) +
           static_cast<std::uint64_t>(loads[s].inactive);
  });
}

// ip_vs_sed_dest_overhead(): the connection to come counts already.
ServerSet ChoiceRule::shortest_delay(const Load* loads) const {
  return argmin(all(), *weights_,
                [loads](std::size_t s) { return static_cast<std::uint64_t>(loads[s].active) + 1; });
}

// ip_vs_nq_schedule(): any that is idle goes before all others.
ServerSet ChoiceRule::never_queued(const Load* loads) const {
  ServerSet idle = 0;
  for (std::size_t s = 0; s < weights_->size(); ++s) {
    if (loads[s].active == 0) idle |= ServerSet{1} << s;
  }
  return idle != 0 ? idle : shortest_delay(loads);
}

// ip_vs_ovf_schedule(): the largest weight whose active connections are not more than it.
ServerSet ChoiceRule::not_overflown(const Load* loads) const {
  ServerSet best = 0;
  std::uint32_t largest = 0;
  for (std::size_t s = 0; s < weights_->size(); ++s) {
    const std::uint32_t weight = (*weights_)[s];
    if (loads[s].active > std::int64_t{weight} || weight < largest) continue;
    best = (weight > largest ? 0 : best) | ServerSet{1} << s;
    largest = weight;
  }
  return best;
}

// is_overloaded() in ip_vs_lblc.c and ip_vs_lblcr.c.
bool ChoiceRule::is_overloaded(const Load* loads, std::size_t server) const {
  if (loads[server].active <= std::int64_t{(*weights_)[server]}) return false;
  for (std::size_t s = 0; s < weights_->size(); ++s) {
    if (std::int64_t{loads[s].active} * 2 < (*weights_)[s]) return true;
  }
  return false;
}

// ip_vs_lblc_schedule(), ip_vs_lblcr_schedule(): the remembered while it is not overloaded.
ServerSet ChoiceRule::local(const Load* loads) const {
  const ServerSet kept = least_overhead(loads, cached_);
  for (ServerSet left = kept; left != 0; left &= left - 1) {
    if (!is_overloaded(loads, static_cast<std::size_t>(std::countr_zero(left)))) return kept;
  }
  return least_overhead(loads, all());
}

ServerSet ChoiceRule::best(const Load* loads) const {
  switch (scheduler_) {
    case Scheduler::sed:
      return shortest_delay(loads);
    case Scheduler::nq:
      return never_queued(loads);
    case Scheduler::ovf:
      return not_overflown(loads);
    case Scheduler::lblc:
    case Scheduler::lblcr:
      return local(loads);
    default:
      return least_overhead(loads, all());
  }
}

void ChoiceRule::chosen(std::uint16_t server) {
  const ServerSet bit = ServerSet{1} << server;
  if (scheduler_ == Scheduler::lblc) cached_ = bit;
  if (scheduler_ == Scheduler::lblcr) cached_ |= bit;
}

}  // namespace tapstat::analysis::lvs
