// How one MAC address comes in the place of another, and when two are at work at once.
#include <algorithm>

#include "analysis/neighbors/neighbor_table.h"
#include "analysis/neighbors/virtual_mac.h"

namespace tapstat::analysis::neighbors {
namespace {

// Linux (net/ipv4/arp.c, locktime) ignores another address for so long after the last one, unless
// it is announced: the first of several answers counts.
constexpr std::chrono::seconds kLocked{1};

// In place of the one that has been silent for longest where there is no room, but for the current.
[[nodiscard]] Claim& add_claim(Binding& binding, const MacAddress& mac, Timestamp time,
                               std::uint64_t frame) {
  if (binding.claims.size() == kMostClaims) {
    const MacAddress kept = binding.history.back().mac;
    const auto oldest = std::min_element(
        binding.claims.begin(), binding.claims.end(), [&](const Claim& a, const Claim& b) {
          return std::pair(a.mac == kept, a.active()) < std::pair(b.mac == kept, b.active());
        });
    binding.claims.erase(oldest);
  }
  return binding.claims.emplace_back(Claim{.mac = mac, .first = time, .first_frame = frame});
}

void note_answered(Claim& claim, const MacAddress& asker) {
  for (MacAddress& known : claim.answered) {
    if (known == asker) return;
    if (!decode::is_zero(known)) continue;
    known = asker;
    return;
  }
}

void begin_stint(Binding& binding, const Stint& stint) {
  if (binding.history.size() == kMostStints) binding.history.erase(binding.history.begin());
  binding.history.push_back(stint);
}

}  // namespace

void NeighborTable::claim(Binding& binding, const Message& message, const Context& at) {
  const MacAddress& mac = message.says->mac;
  const Claim* current = binding.current();
  const bool is_current = current != nullptr && current->mac == mac;
  if (message.only_confirms && !is_current) return;
  if (!message.overrides && current != nullptr && !is_current) return;
  binding.source = message.protocol;
  if (binding.claim_of(mac) == nullptr) (void)add_claim(binding, mac, at.time, at.frame);
  if (current == nullptr) {
    ++claimed_;
    begin_stint(binding, {.mac = mac, .first = at.time, .last = at.time, .frame = at.frame});
  } else if (!is_current) {
    take_over(binding, message, at);
  }
  Claim& claim = *binding.claim_of(mac);
  claim.claimed = at.time;
  claim.frame = at.frame;
  if (binding.history.back().mac == mac) binding.history.back().last = at.time;
  if (message.kind == MessageKind::reply) {
    claim.replied = true;
    claim.replied_at = at.time;
    if (message.answers) note_answered(claim, *message.answers);
    if (at.time - binding.asked < kSameQuestion) claim.confirmed = at.time;
  } else if (message.protocol != Protocol::rarp) {
    claim.is_own = true;
  }
}

void NeighborTable::take_over(Binding& binding, const Message& message, const Context& at) {
  const Claim old = *binding.current();
  const Claim& claim = *binding.claim_of(message.says->mac);
  const bool announced = is_gratuitous(message.kind);
  const bool shared = is_virtual(old.mac) || is_virtual(claim.mac);
  const bool is_back =
      claim.claimed != kNever && at.time - binding.history.back().first < kBothActive;
  const bool is_locked = at.time - old.claimed < kLocked;
  if (!announced && !shared && (is_back || is_locked) && at.time - old.active() < kBothActive) {
    note_both_active(binding, claim.mac, old, message.protocol, at.time, at.frame);
  }
  if (!announced && is_locked) return;
  begin_stint(binding, {.mac = claim.mac,
                        .first = at.time,
                        .last = at.time,
                        .frame = at.frame,
                        .how = announced ? Takeover::gratuitous : Takeover::plain,
                        .was_silent = at.time - old.active() >= kSilent});
  ++binding.changes;
}

void NeighborTable::note_both_active(Binding& binding, const MacAddress& mac, const Claim& other,
                                     Protocol protocol, Timestamp time, std::uint64_t frame) {
  binding.conflicted = time;
  log_.add({.kind = IncidentKind::both_active,
            .protocol = protocol,
            .time = time,
            .frame = frame,
            .other_frame = other.frame,
            .network = binding.network,
            .address = binding.address,
            .mac = mac,
            .other = other.mac});
}

}  // namespace tapstat::analysis::neighbors
