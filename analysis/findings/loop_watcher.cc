#include "analysis/findings/loop_watcher.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "analysis/prefetch.h"
#include "decode/icmp.h"
#include "decode/ip_protocol.h"
#include "decode/ipv4.h"
#include "decode/ipv6.h"
#include "decode/tcp.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using decode::Content;
using decode::Packet;
using decode::Segment;

// From one sighting to the next: once round the circle, over any path.
constexpr auto kOnceRound = 2s;

// One router takes one off, and a tap may well see a packet before and after it; a packet that
// comes back to the same place has met two at least. Twice seen could still be two packets alike.
constexpr std::uint8_t kBack = 2;
constexpr std::uint8_t kFewSightings = 3;
// Where frames have no addresses, a place is only the capture point, and packets pass that once for
// each router they meet on one machine.
constexpr std::uint8_t kSightingsWithoutMacs = 5;
// IPv6 packets have no id, and a host may leave IPv4's at 0 where a packet is not to be cut (RFC
// 6864 section 4.1): then what a host says again word for word, as a keep-alive, looks like one
// packet, and a route that changes meanwhile takes more off its TTL. A circle takes off the same
// each time.
constexpr std::uint8_t kSightingsWithoutId = 5;

// All that tells packets apart lies in the first bytes: the transport header and what comes first.
constexpr std::size_t kStart = 48;

// RFC 792 and RFC 4443 section 3.3: time exceeded in transit.
[[nodiscard]] bool is_time_exceeded(Content content, const decode::IcmpView& icmp) {
  const std::uint8_t type = content == Content::icmp ? 11 : 3;
  return icmp.type() == type && icmp.code() == 0;
}

}  // namespace

void LoopWatcher::see(SegmentBlock block) {
  std::array<Look, kMostInBlock> looks;
  for (std::size_t i = 0; i < block.size(); ++i) {
    looks[i] = look_at(block[i].segment);
    fetch_lines(slots_[looks[i].content % kSlots]);
  }
  for (const Look& look : std::span(looks).first(block.size())) take(look);
}

LoopWatcher::Look LoopWatcher::look_at(const Segment& s) const {
  const std::uint8_t* header = s.options - decode::TcpView::kMinLen;
  const std::size_t captured = decode::TcpView::kMinLen + s.options_len + s.payload_captured;
  return {.content = content_of(
              {s.ip_src, s.ip_version, decode::ip_protocol::kTcp, s.ip_id, s.payload_len},
              {header, captured}),
          .hop = hop_of(s.macs, s.vlans, s.input),
          .ip_dst = s.ip_dst,
          .time = s.time,
          .frame = s.frame,
          .ip_version = s.ip_version,
          .ttl = s.ttl,
          .has_id = s.ip_version == 4 && s.ip_id != 0,
          .has_macs = s.macs != nullptr};
}

void LoopWatcher::see(const Packet& p, const capture::Frame& frame) {
  const bool is_whole = p.content == Content::udp || p.content == Content::icmp ||
                        p.content == Content::icmpv6 || p.content == Content::sctp ||
                        p.content == Content::ip_other;
  if (!is_whole || p.ip_version == 0 || p.ip_src == nullptr) return;
  note_expired(p);
  take({.content = content_of({p.ip_src, p.ip_version, p.ip_protocol, p.ip_id, p.body_len}, p.body),
        .hop = hop_of(p.macs, p.vlans, frame.input),
        .ip_dst = p.ip_dst,
        .time = frame.time,
        .frame = frame.number,
        .ip_version = p.ip_version,
        .ttl = p.ttl,
        .has_id = p.ip_version == 4 && p.ip_id != 0,
        .has_macs = p.macs != nullptr});
}

std::uint64_t LoopWatcher::content_of(const Header& header, capture::Bytes start) const {
  const auto add_bytes = [&](std::uint64_t hash, capture::Bytes bytes) {
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(8, bytes.size()))) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data(), std::min<std::size_t>(8, bytes.size()));
      hash = hash_.add(hash, word);
    }
    return hash;
  };
  const std::size_t addresses = header.ip_version == 4 ? 8 : 32;
  const std::uint64_t rest =
      std::uint64_t{header.length} << 32 | std::uint32_t{header.ip_id} << 8 | header.protocol;
  std::uint64_t hash = add_bytes(hash_.add(0, rest), {header.ip_src, addresses});
  hash = add_bytes(hash, start.first(std::min(start.size(), kStart)));
  return std::max<std::uint64_t>(hash, 1);
}

std::uint64_t LoopWatcher::hop_of(const std::uint8_t* macs, const decode::VlanStack& vlans,
                                  std::uint16_t input) const {
  std::uint64_t hash = hash_.add(0, input);
  for (int i = 0; i < vlans.size(); ++i) hash = hash_.add(hash, vlans[i]);
  if (macs == nullptr) return hash;
  std::uint64_t words[2] = {0, 0};
  std::memcpy(words, macs, 12);
  return hash_.add(hash_.add(hash, words[0]), words[1]);
}

void LoopWatcher::take(const Look& look) {
  Slot& slot = slots_[look.content % kSlots];
  const bool is_same = slot.content == look.content && look.time - slot.last <= kOnceRound;
  if (is_same && look.ttl < slot.last_ttl) return take_again(slot, look);
  if (is_same && look.ttl == slot.last_ttl) return;  // a bridge, a mirror port: seen twice
  slot = {.content = look.content,
          .hop = look.hop,
          .last = look.time,
          .sightings = 1,
          .first_ttl = look.ttl,
          .last_ttl = look.ttl,
          .ttl_here = look.ttl};
  slot.frames[0] = look.frame;
}

void LoopWatcher::take_again(Slot& slot, const Look& look) {
  if (slot.sightings < kMostFrames) slot.frames[slot.sightings] = look.frame;
  if (slot.sightings < UINT8_MAX) ++slot.sightings;
  slot.last = look.time;
  slot.last_ttl = look.ttl;
  if (look.hop == slot.hop) note_round(slot, look.ttl);
  if (!slot.came_back || slot.sightings < sightings_needed(look)) return;
  if (look.has_id || slot.is_even) confirm(slot, look);
}

std::uint8_t LoopWatcher::sightings_needed(const Look& look) {
  return std::max({kFewSightings, look.has_macs ? kFewSightings : kSightingsWithoutMacs,
                   look.has_id ? kFewSightings : kSightingsWithoutId});
}

void LoopWatcher::note_round(Slot& slot, std::uint8_t ttl) {
  const auto hops = static_cast<std::uint8_t>(slot.ttl_here - ttl);
  slot.ttl_here = ttl;
  if (slot.round != 0 && hops != slot.round) slot.is_even = false;
  slot.round = hops;
  if (slot.first_ttl - ttl >= kBack) slot.came_back = true;
}

void LoopWatcher::confirm(Slot& slot, const Look& look) {
  const IpAddress destination = IpAddress::from_wire(look.ip_dst, look.ip_version);
  if (slot.loop == kNoLoop) {
    slot.loop = find(destination);
    if (slot.loop == kNoLoop) {
      if (loops_.size() == kMostLoops) return;
      slot.loop = static_cast<std::uint8_t>(loops_.size());
      Loop& made = loops_.emplace_back();
      made.destination = destination;
      made.first = made.last = look.time;
      note_frames(made, slot);
    }
    ++loops_[slot.loop].packets;
  } else if (loops_[slot.loop].packets == 1 && slot.sightings <= kMostFrames) {
    note_frames(loops_[slot.loop], slot);
  }
  Loop& loop = loops_[slot.loop];
  loop.last = std::max(loop.last, look.time);
  loop.most_hops = std::max<std::uint8_t>(
      loop.most_hops, static_cast<std::uint8_t>(slot.first_ttl - slot.last_ttl));
}

void LoopWatcher::note_frames(Loop& loop, const Slot& slot) {
  loop.frames = slot.frames;
  loop.frame_count = static_cast<std::uint8_t>(std::min<std::size_t>(slot.sightings, kMostFrames));
}

// The router at which a packet's TTL came to an end says so to its sender.
void LoopWatcher::note_expired(const Packet& packet) {
  if (loops_.empty()) return;
  if (packet.content != Content::icmp && packet.content != Content::icmpv6) return;
  const auto icmp = decode::IcmpView::parse(packet.body);
  constexpr std::size_t kHeaderLen = 8;
  if (!icmp || !is_time_exceeded(packet.content, *icmp) || packet.body.size() < kHeaderLen) return;
  const capture::Bytes quoted = packet.body.subspan(kHeaderLen);
  const std::uint8_t* destination = nullptr;
  if (packet.content == Content::icmp) {
    if (const auto ip = decode::Ipv4View::parse(quoted)) destination = ip->destination();
  } else {
    if (const auto ip = decode::Ipv6View::parse(quoted)) destination = ip->destination();
  }
  if (destination == nullptr) return;
  const std::uint8_t loop = find(IpAddress::from_wire(destination, packet.ip_version));
  if (loop != kNoLoop) ++loops_[loop].expired;
}

std::uint8_t LoopWatcher::find(const IpAddress& destination) const {
  const auto at = std::find_if(loops_.begin(), loops_.end(),
                               [&](const Loop& l) { return l.destination == destination; });
  return at == loops_.end() ? kNoLoop : static_cast<std::uint8_t>(at - loops_.begin());
}

}  // namespace tapstat::analysis
