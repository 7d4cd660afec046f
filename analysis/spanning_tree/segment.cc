#include "analysis/spanning_tree/segment.h"

#include <algorithm>

namespace tapstat::analysis::spanning_tree {
namespace {

using std::chrono::nanoseconds;

// RSTP's three hellos (802.1D-2004 section 17.21.23) are also how long an STP bridge may be late.
[[nodiscard]] nanoseconds three_hellos(const Message& m) {
  constexpr nanoseconds kLeast = std::chrono::seconds{1};  // 802.1D-2004 table 17-1
  return 3 * std::max<nanoseconds>(m.timers.hello_time, kLeast);
}

// One that is lost, or late, happens. A claim that is only beginning, or that was not the best, had
// other reasons to pause.
[[nodiscard]] std::uint32_t missed_hellos(const Claim& claim, Timestamp now) {
  constexpr std::uint32_t kSettled = 3;
  const nanoseconds hello = claim.message.timers.hello_time;
  if (claim.count < kSettled || hello.count() == 0 || now <= claim.last.time) return 0;
  const auto gap = static_cast<std::uint32_t>((now - claim.last.time + hello / 2) / hello);
  return gap > 2 ? gap - 1 : 0;
}

[[nodiscard]] bool is_better(const Claim& a, const Claim& b) {
  return a.message.vector < b.message.vector;
}

}  // namespace

bool Claim::is_fresh_at(Timestamp now) const { return now - last.time <= three_hellos(message); }

// The claim that the message takes the place of. RSTP: the same bridge's address and port number
// replace what they said before (802.1D-2004 section 17.21.8). STP compares the whole bridge id
// (802.1D-1998 section 8.6.2): of a bridge that gave itself another priority the neighbours hold on
// to what the old one said until it is too old, unless the new one is better.
Claim* Segment::claim_of(const Message& message, const decode::MacAddress& source) {
  constexpr std::uint16_t kPortNumber = 0x03ff;
  const BridgeId bridge = message.vector.bridge;
  const auto found = std::find_if(claims_.begin(), claims_.end(), [&](const Claim& c) {
    const Vector& v = c.message.vector;
    if (v.bridge == bridge && v.port == message.vector.port) return true;
    const bool is_same_port = v.bridge.mac() == bridge.mac() && c.source == source &&
                              (v.port & kPortNumber) == (message.vector.port & kPortNumber);
    return is_same_port && (message.version != 0 || message.vector < v);
  });
  return found == claims_.end() ? nullptr : &*found;
}

void Segment::take(const Message& message, const decode::MacAddress& source, const Heard& when,
                   bool may_grow) {
  expire(when.time);
  last_heard_ = when;
  Claim* claim = claim_of(message, source);
  if (claim == nullptr) {
    if (!may_grow || claims_.size() == kMostClaims) return;
    claim = &claims_.emplace_back();
  }
  if (is_best(*claim) && claim->message.vector == message.vector) {
    claim->missed += missed_hellos(*claim, when.time);
  }
  // A port that went down and up listens and learns anew.
  if (2 * (when.time - claim->last.time) > 3 * nanoseconds{message.timers.hello_time}) {
    claim->first = when;
  }
  if (claim->count == 0 || !claim->is_fresh_at(when.time)) {
    claim->first = when;
    claim->count = 0;
    claim->defiant_since.reset();
  }
  claim->message = message;
  claim->source = source;
  claim->last = when;
  claim->expiry = when.time + message.lifetime();
  ++claim->count;
  note_several(*claim);
  if (!several_) note_defiance(*claim, when);
  std::sort(claims_.begin(), claims_.end(), is_better);
  if (!several_) drop_the_silent(when);
}

void Segment::forget(BridgeId bridge, std::uint16_t port) {
  std::erase_if(claims_, [&](const Claim& c) { return c.is_of(bridge, port); });
}

bool Segment::is_best(const Claim& claim) const { return &claim == &claims_.front(); }

// A bridge that hears a better claim than its own yields; one that sends on after it has not heard.
void Segment::note_defiance(Claim& claim, const Heard& when) {
  for (Claim& other : claims_) {
    if (other.message.vector.bridge.mac() == claim.message.vector.bridge.mac()) continue;
    if (!is_better(other, claim)) {
      other.first = when;  // what begins anew: the other may have been elsewhere meanwhile
      continue;
    }
    if (!other.is_fresh_at(when.time)) continue;
    if (!claim.defiant_since) claim.defiant_since = when;
    return;
  }
  claim.defiant_since.reset();
}

// A designated port answers a worse claim at once (802.1D-1998 section 8.6.1.3.3, 802.1D-2004
// section 17.27): one that has not for three hellos, while another bridge claims the segment, is
// gone.
void Segment::drop_the_silent(const Heard& when) {
  const auto heard_now = std::find_if(claims_.begin(), claims_.end(),
                                      [&](const Claim& c) { return c.last.frame == when.frame; });
  if (heard_now == claims_.end() || heard_now->count < 2) return;
  const Timestamp since = heard_now->first.time;
  claims_.erase(std::remove_if(claims_.begin(), heard_now,
                               [&](const Claim& c) {
                                 return c.last.time < since &&
                                        when.time - c.last.time > three_hellos(c.message);
                               }),
                heard_now);
}

// On one segment all but one of a bridge's ports become backup ports, and silent. That one bridge
// does not hear another happens; that three do not hear each other, and nobody moves a cable, does
// not.
void Segment::note_several(const Claim& claim) {
  constexpr std::uint32_t kEnough = 3;
  constexpr std::ptrdiff_t kTooManyRivals = 2;
  if (several_ || claim.count < kEnough) return;
  const auto goes_on_beside = [&](const Claim& c) {
    return c.count >= kEnough && c.is_fresh_at(claim.last.time) && claim.first.time < c.last.time &&
           c.first.time < claim.last.time;
  };
  const BridgeId bridge = claim.message.vector.bridge;
  std::ptrdiff_t others = 0;
  for (const Claim& c : claims_) {
    if (&c == &claim || !goes_on_beside(c)) continue;
    if (c.message.vector.bridge == bridge) several_ = true;
    ++others;
  }
  several_ = several_ || others >= kTooManyRivals;
}

void Segment::expire(Timestamp now) {
  std::erase_if(claims_, [&](const Claim& c) { return c.expiry <= now; });
}

std::optional<Timestamp> Segment::next_expiry() const {
  std::optional<Timestamp> next;
  for (const Claim& c : claims_) {
    if (!next || c.expiry < *next) next = c.expiry;
  }
  return next;
}

const Claim* Segment::rival(Timestamp now) const {
  if (several_ || claims_.empty() || !claims_.front().is_fresh_at(now)) return nullptr;
  for (const Claim& c : claims_) {
    if (c.defiant_since && c.is_fresh_at(now) &&
        c.last.time - c.defiant_since->time > three_hellos(c.message)) {
      return &c;
    }
  }
  return nullptr;
}

}  // namespace tapstat::analysis::spanning_tree
