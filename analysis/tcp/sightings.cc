#include "analysis/tcp/sightings.h"

#include <cstring>

#include "analysis/content_hash.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {
namespace {

// What stays as it is on the way: identification, numbers, flags, options. 0 stands for none.
[[nodiscard]] std::uint64_t content_of(const Segment& seg, int sender) {
  std::uint64_t h = mix(static_cast<std::uint64_t>(sender) + 1, seg.seq);
  h = mix(h, seg.ack);
  h = mix(h, std::uint64_t{seg.payload_len} << 32 | seg.window);
  h = mix(h, std::uint64_t{seg.flags.bits()} << 16 | seg.ip_id);
  return mix(h, decode::Bytes{seg.options, seg.options_len}) | 1;
}

[[nodiscard]] std::uint32_t macs_of(const Segment& seg) {
  if (seg.macs == nullptr) return 0;
  std::uint64_t low = 0;
  std::uint32_t high = 0;
  std::memcpy(&low, seg.macs, sizeof low);
  std::memcpy(&high, seg.macs + sizeof low, sizeof high);
  return static_cast<std::uint32_t>(mix(low, high));
}

}  // namespace

Sightings::Seen Sightings::seen(const Segment& seg, int sender) {
  return {content_of(seg, sender), seg.time, macs_of(seg), seg.input, seg.ttl};
}

void Sightings::restart(std::span<const Seen> seen) {
  clear();
  for (const Seen& s : seen) seen_[next_++] = s;
}

// Between points, and through a box: a segment sent again, or one packet, of which the second
// sighting tells nothing new. What its sender's host numbers, or stamps with its clock, is told
// apart by that. What it does not, a SYN-ACK or an ACK mostly, is taken for one packet only once
// packets of the connection were seen twice; but no host sends a SYN, data or a FIN again so soon.
bool Sightings::is_another(const Segment& seg, int sender) {
  const bool told_apart = seg.ip_id != 0 || decode::TcpOptions::of(seg).timestamps.has_value();
  const bool takes_time = seg.seg_len() > 0 && !(seg.flags.syn() && seg.flags.ack());
  const Seen now = seen(seg, sender);
  for (const Seen& before : seen_) {
    if (before.content != now.content) continue;
    const Duration apart = now.time < before.time ? before.time - now.time : now.time - before.time;
    const bool elsewhere = before.input != now.input;
    const bool changed = before.macs != now.macs || before.ttl != now.ttl;
    const bool may_be_one = told_apart || changed || (elsewhere && (takes_time || twice_));
    // A router may hold a packet until it knows the next hop's MAC address.
    const bool may_wait = told_apart && (elsewhere || before.ttl != now.ttl);
    if (!may_be_one || apart > (may_wait ? kBetweenPoints : kThroughBox)) continue;
    twice_ = true;
    return true;
  }
  seen_[next_] = now;
  next_ = static_cast<std::uint8_t>((next_ + 1u) % seen_.size());
  return false;
}

}  // namespace tapstat::analysis::tcp
