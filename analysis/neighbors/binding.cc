#include "analysis/neighbors/binding.h"

#include <algorithm>

#include "analysis/neighbors/virtual_mac.h"

namespace tapstat::analysis::neighbors {
namespace {

// Inference C: a reply, or use in both directions, less than kReachable ago. What was only
// announced or asked from is not confirmed (RFC 4861 section 7.3.3: STALE).
[[nodiscard]] bool is_confirmed(const Claim& claim, Timestamp now) {
  const Timestamp used = std::min(claim.sent, claim.received);
  return now - std::max(claim.confirmed, used) < kReachable;
}

// Two were active less than kBothActive ago, or nothing shows that the one before is gone.
[[nodiscard]] bool is_disputed(const Binding& binding, Timestamp now) {
  if (now - binding.conflicted < kBothActive) return true;
  const std::size_t stints = binding.history.size();
  return stints > 1 && now - binding.history.back().first < kBothActive &&
         !is_move(binding, stints - 1, now);
}

[[nodiscard]] bool is_probing(const Binding& binding, Timestamp now) {
  return binding.asked_one > binding.heard && now - binding.asked_one < kSameQuestion;
}

template <typename Claims>
[[nodiscard]] auto* find_claim(Claims& claims, const MacAddress& mac) {
  const auto it = std::find_if(claims.begin(), claims.end(),
                               [&](const Claim& claim) { return claim.mac == mac; });
  return it == claims.end() ? nullptr : &*it;
}

}  // namespace

bool both_answer(const Claim& a, const Claim& b) {
  return std::any_of(a.answered.begin(), a.answered.end(), [&](const MacAddress& mac) {
    return !decode::is_zero(mac) &&
           std::find(b.answered.begin(), b.answered.end(), mac) != b.answered.end();
  });
}

bool is_move(const Binding& binding, std::size_t at, Timestamp now) {
  const Stint& stint = binding.history[at];
  if (stint.was_silent || stint.how == Takeover::gratuitous) return true;
  const MacAddress& before = binding.history[at - 1].mac;
  if (is_virtual(before) || is_virtual(stint.mac)) return true;
  const Claim* claim = binding.claim_of(before);
  const bool is_gone = claim == nullptr || claim->active() <= stint.first + kOnItsWay;
  return is_gone && (stint.is_used || now - stint.first >= kSilent);
}

const Claim* Binding::claim_of(const MacAddress& mac) const { return find_claim(claims, mac); }
Claim* Binding::claim_of(const MacAddress& mac) { return find_claim(claims, mac); }

const Claim* Binding::current() const {
  return history.empty() ? nullptr : claim_of(history.back().mac);
}

bool has_failed(const Asker& asker, Timestamp now) {
  if (asker.tries < kMostSolicits) return false;
  // Another question shows as well that the ones before it were not answered.
  const bool goes_on = asker.tries > kMostSolicits &&
                       asker.last - asker.tried_since >= kRetransmission * (kMostSolicits - 1);
  return goes_on || now - asker.last >= kRetransmission;
}

bool has_failed(const Binding& binding, Timestamp now) {
  return std::any_of(binding.askers.begin(), binding.askers.end(),
                     [&](const Asker& asker) { return has_failed(asker, now); });
}

State state_of(const Binding& binding, Timestamp now) {
  const Claim* claim = binding.current();
  if (claim == nullptr || has_failed(binding, now)) return State::incomplete;
  if (is_disputed(binding, now)) return State::conflict;
  return is_confirmed(*claim, now) ? State::reachable : State::stale;
}

Detail detail_of(const Binding& binding, Timestamp now) {
  const Claim* claim = binding.current();
  if (has_failed(binding, now)) return Detail::failed;
  if (claim == nullptr) return binding.askers.empty() ? Detail::probed : Detail::asked;
  if (binding.router_lost != kNever) return Detail::router_down;
  if (is_load_balancing_cluster(claim->mac)) return Detail::cluster;
  if (is_virtual(claim->mac)) return Detail::virtual_router;
  if (is_probing(binding, now)) return Detail::probing;
  return now - binding.last >= kForgotten ? Detail::forgotten : Detail::none;
}

}  // namespace tapstat::analysis::neighbors
