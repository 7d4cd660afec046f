// Packets of an address that is known: that somebody is there, and who.
#include <algorithm>

#include "analysis/neighbors/neighbor_table.h"
#include "analysis/neighbors/ttl.h"
#include "analysis/neighbors/virtual_mac.h"

namespace tapstat::analysis::neighbors {
namespace {

void see_foreign(Binding& binding, const MacAddress& mac, std::uint8_t ttl, std::uint64_t frame) {
  if (!binding.foreign) binding.foreign = Foreign{.mac = mac, .frame = frame};
  Foreign& foreign = *binding.foreign;
  if (foreign.mac != mac) {
    foreign.several = true;
    return;
  }
  ++foreign.packets;
  foreign.max_ttl = std::max(foreign.max_ttl, ttl);
}

// Nobody objected to the probe (RFC 5227 section 2.1.1, RFC 4862 section 5.4), and the address is
// used by who probed for it: then it is his.
[[nodiscard]] bool is_taken(const Binding& binding, const MacAddress& mac) {
  return binding.claims.empty() && binding.probed != kNever && binding.prober == mac;
}

[[nodiscard]] Claim* take_up(Binding& binding, const MacAddress& mac, Timestamp time,
                             std::uint64_t frame) {
  binding.history.push_back({.mac = mac, .first = time, .last = time, .frame = frame});
  return &binding.claims.emplace_back(Claim{.mac = mac,
                                            .first = time,
                                            .claimed = time,
                                            .frame = frame,
                                            .first_frame = frame,
                                            .is_own = true});
}

// A copy that a router has forwarded, or that one will forward, is one packet of one host, and its
// TTL is lower by one. Two hosts may well begin with different ones.
[[nodiscard]] bool is_same_way(const Claim& current, std::uint8_t ttl) {
  if (!is_initial_ttl(ttl)) return false;
  return current.max_ttl == 0 || is_initial_ttl(current.max_ttl);
}

}  // namespace

void NeighborTable::see_use(const Network& network, const Use& use) {
  if (Binding* sender =
          lookup(on_link(network, use.from.address, use.from.mac, use.point), use.from.address)) {
    see_sent(*sender, use);
  }
  if (!use.to_mac || decode::is_group(*use.to_mac)) return;
  if (Binding* receiver = lookup(on_link(network, use.to, *use.to_mac, use.point), use.to)) {
    see_received(*receiver, use);
  }
}

void NeighborTable::see_sent(Binding& binding, const Use& use) {
  note_heard(binding, use.time);
  binding.last = std::max(binding.last, use.time);
  Claim* claim = binding.claim_of(use.from.mac);
  const std::uint8_t ttl = use.to_mac && decode::is_group(*use.to_mac) ? std::uint8_t{0} : use.ttl;
  if (is_taken(binding, use.from.mac)) {
    claim = take_up(binding, use.from.mac, use.time, use.frame);
    ++claimed_;
  }
  if (claim == nullptr) return see_foreign(binding, use.from.mac, ttl, use.frame);
  claim->sent = use.time;
  claim->max_ttl = std::max(claim->max_ttl, ttl);
  Stint& stint = binding.history.back();
  if (stint.mac == claim->mac) {
    stint.last = use.time;
    stint.is_used = true;
    return;
  }
  const Claim& current = *binding.current();
  const bool is_told = use.time - binding.conflicted < kOnItsWay;
  const bool both = use.time - stint.first > kOnItsWay && use.time - current.active() < kBothActive;
  if (!both || is_told || is_virtual(claim->mac) || is_virtual(current.mac)) return;
  if (!is_same_way(current, use.ttl)) return;
  note_both_active(binding, claim->mac, current, binding.source, use.time, use.frame);
}

// Where nobody is known to have the address, somebody has learnt it all the same: the answer was
// not captured, and no question is unanswered.
void NeighborTable::see_received(Binding& binding, const Use& use) {
  if (Claim* claim = binding.claim_of(*use.to_mac)) {
    claim->received = use.time;
    binding.last = std::max(binding.last, use.time);
    return;
  }
  if (!binding.claims.empty()) {
    Foreign* foreign = binding.foreign ? &*binding.foreign : nullptr;
    const bool is_fed = foreign != nullptr && foreign->mac == *use.to_mac;
    if (is_fed && binding.claim_of(use.from.mac) != nullptr) foreign->is_fed = true;
    return;
  }
  binding.answered_unseen = true;
  for (Asker& asker : binding.askers) asker.tries = 0;
}

}  // namespace tapstat::analysis::neighbors
