#include "analysis/forwarding/leg_table.h"

#include <algorithm>
#include <cstdlib>

#include "analysis/prefetch.h"
#include "decode/ip_protocol.h"

namespace tapstat::analysis::forwarding {
namespace {

namespace ip_protocol = decode::ip_protocol;

// From one side of a box to the other: P of docs/inference.md.
constexpr Duration kThroughBox = std::chrono::milliseconds{200};
// From one capture point to another, beyond what their clocks are known to differ by.
constexpr Duration kBetweenPoints = std::chrono::seconds{1};
// The next datagram after so long begins another conversation.
constexpr Duration kSilence = std::chrono::seconds{300};
// Incarnations of one key.
constexpr int kMostLookedAt = 8;
// How many packets in a row may not fit, on both sides, before a join does not hold.
constexpr std::uint32_t kMostUnmatched = 64;

[[nodiscard]] Recent recent_of(std::uint32_t id, const Sighting& s, std::uint64_t content) {
  return {.content = content,
          .time = s.time,
          .frame = s.frame,
          .leg = id,
          .link = s.link,
          .ip_id = s.ip_id,
          .input = s.input,
          .ttl = s.ttl,
          .sender = static_cast<std::uint8_t>(s.key.sender)};
}

[[nodiscard]] Duration apart(Timestamp a, Timestamp b) { return a < b ? b - a : a - b; }

[[nodiscard]] bool shares_socket(const FlowKey& a, const FlowKey& b) {
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 2; ++j) {
      if (a.address[i] == b.address[j] && a.port[i] == b.port[j]) return true;
    }
  }
  return false;
}

[[nodiscard]] Socket socket_from(const decode::CarriedSocket& s) {
  return {IpAddress::from_wire(s.address.data(), s.ip_version), s.port};
}

[[nodiscard]] Carried carried_of(const decode::ClientAddress& address) {
  using decode::AddressCarrier;
  Carried carried;
  carried.client = socket_from(address.client);
  if (address.service.ip_version != 0) carried.service = socket_from(address.service);
  carried.option_kind = address.option_kind;
  switch (address.carrier) {
    case AddressCarrier::toa:
      carried.clue = Clue::toa;
      break;
    case AddressCarrier::proxy_v1:
    case AddressCarrier::proxy_v2:
      carried.clue = Clue::proxy;
      break;
    case AddressCarrier::uoa_option:
    case AddressCarrier::uoa_header:
      carried.clue = Clue::uoa;
      break;
  }
  return carried;
}

[[nodiscard]] bool begins(const Sighting& s) {
  return s.segment != nullptr && s.segment->flags.syn();
}

}  // namespace

LegTable::LegTable(std::uint64_t secret, const decode::ToaKinds& toa, std::size_t memory)
    : hash_(secret), toa_(toa), links_(secret) {
  // The most that a leg takes.
  struct Record {
    Leg leg;
    Joins joins;
    Recent opening;
  };
  most_ = std::min(kMostLegs, most_of<Record>(memory));
}

void LegTable::see(SegmentBlock block) {
  std::array<std::optional<Look>, kMostInBlock> looks;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (!block[i].segment.is_short) looks[i] = look(block[i]);
  }
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (looks[i]) fetch(*looks[i]);
  }
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (!looks[i]) continue;
    auto& [sighting, link, link_hash, leg_hash] = *looks[i];
    sighting.link = links_.enter(link, link_hash);
    take(sighting, leg_hash);
  }
}

LegTable::Look LegTable::look(const FramedSegment& framed) const {
  const auto& [frame, segment] = framed;
  Look look{.sighting = sighting_of(segment),
            .link = link_of(*frame, segment.macs, segment.vlans, segment.tunnel)};
  look.link_hash = links_.hash_of(look.link);
  look.leg_hash = hash_(look.sighting.key.key);
  links_.prefetch(look.link_hash);
  index_.prefetch(look.leg_hash);
  recent_.prefetch(look.sighting.content);
  return look;
}

void LegTable::fetch(const Look& look) const {
  links_.fetch(look.link_hash);
  const std::uint32_t likely = index_.find_likely(look.leg_hash);
  if (likely != FlowIndex::kNone) fetch_lines(legs_[likely]);
}

void LegTable::see(const capture::Frame& frame, const decode::Packet& packet) {
  if (packet.content == decode::Content::tcp) {
    const FramedSegment one{&frame, packet.segment};
    return see(SegmentBlock(&one, 1));
  }
  if (packet.ip_version == 0) return;
  const LinkId link = links_.enter(link_of(frame, packet.macs, packet.vlans, packet.tunnel));
  const auto sighting = sighting_of(packet, frame, link);
  if (sighting) take(*sighting, hash_(sighting->key.key), &packet);
}

void LegTable::see_error(const capture::Frame& frame, const decode::Packet& packet,
                         const decode::IcmpError& error) {
  if (complaints_.size() == kMostComplaints) return;
  const DirectedKey key = key_of(error.quoted);
  const std::uint32_t leg = index_.find(hash_(key.key), [&](std::uint32_t i) {
    return legs_[i].key == key.key && legs_[i].protocol == ip_protocol::kTcp;
  });
  if (leg == FlowIndex::kNone) return;
  complaints_.push_back(
      {.leg = leg,
       .end = key.sender,
       .type = error.type,
       .code = error.code,
       .by = IpAddress::from_wire(packet.ip_src, packet.ip_version),
       .time = frame.time,
       .frame = frame.number,
       .link = links_.enter(link_of(frame, packet.macs, packet.vlans, packet.tunnel))});
}

void LegTable::take(const Sighting& s, std::uint32_t hash, const decode::Packet* packet) {
  const std::uint32_t id = find_or_open(s, hash);
  if (id == kNoLeg) {
    ++unkept_;
    return;
  }
  const bool is_new = !compare(id, s);
  Leg& leg = legs_[id];
  Sighting by_first_clock = s;
  by_first_clock.time = clocks_.by_first(s.input, s.time);
  note_crossing(leg, by_first_clock);
  if (!is_new) return;
  if (!leg.has_carried[s.key.sender]) look_for_client(id, s, packet);
  note_progress(leg, by_first_clock);
  compare_data(id, s);
}

std::uint32_t LegTable::find_or_open(const Sighting& s, std::uint32_t hash) {
  const std::uint32_t newest = index_.find(hash, [&](std::uint32_t i) {
    return legs_[i].key == s.key.key && legs_[i].protocol == s.protocol;
  });
  if (newest == FlowIndex::kNone) return open(s, hash, kNoLeg);
  const std::uint32_t picked = pick(newest, s);
  if (picked != kNoLeg) return picked;
  return open(s, hash, newest);
}

// The incarnation that the packet belongs to; kNoLeg when it begins another one. A host's SYN with
// another number is another connection's (RFC 9293 section 3.4.1).
std::uint32_t LegTable::pick(std::uint32_t newest, const Sighting& s) const {
  const Leg& leg = legs_[newest];
  if (s.segment == nullptr) return s.time - leg.last > kSilence ? kNoLeg : newest;
  if (!begins(s) && leg.older != kNoLeg) {
    const std::uint32_t numbered = nearest_in_numbers(newest, s);
    if (numbered != kNoLeg) return numbered;
  }
  int looked_at = 0;
  for (std::uint32_t i = newest; i != kNoLeg && looked_at < kMostLookedAt; i = legs_[i].older) {
    ++looked_at;
    const Leg& incarnation = legs_[i];
    const int sender = s.key.sender;
    if (begins(s)) {
      if (incarnation.has_isn[sender] && incarnation.isn[sender] == s.segment->seq) return i;
      const bool answers =
          s.segment->flags.ack() && !incarnation.has_isn[sender] &&
          (!incarnation.has_isn[1 - sender] || incarnation.isn[1 - sender] + 1 == s.segment->ack);
      if (answers) return i;
    } else if (incarnation.courses[sender].links == 0 || incarnation.saw_link(sender, s.link)) {
      return i;
    }
  }
  return begins(s) ? kNoLeg : newest;
}

// The incarnation whose first number the packet's follows most closely: of two capture points whose
// clocks differ one shows a connection that the other has not come to yet. kNoLeg: no first number
// of that sender is known.
std::uint32_t LegTable::nearest_in_numbers(std::uint32_t newest, const Sighting& s) const {
  std::uint32_t nearest = kNoLeg;
  std::uint32_t least = 0xffffffffu;
  int looked_at = 0;
  for (std::uint32_t i = newest; i != kNoLeg && looked_at++ < kMostLookedAt; i = legs_[i].older) {
    const Leg& leg = legs_[i];
    if (!leg.has_isn[s.key.sender]) continue;
    const std::uint32_t distance = s.segment->seq - leg.isn[s.key.sender];
    if (distance >= least) continue;
    least = distance;
    nearest = i;
  }
  return nearest;
}

std::uint32_t LegTable::open(const Sighting& s, std::uint32_t hash, std::uint32_t older) {
  if (legs_.size() >= most_) return kNoLeg;
  const std::uint32_t id = legs_.size();
  Leg& leg = legs_.append();
  leg.key = s.key.key;
  leg.protocol = s.protocol;
  leg.first = leg.last = clocks_.by_first(s.input, s.time);
  leg.first_frame = s.frame;
  leg.first_sender = static_cast<std::int8_t>(s.key.sender);
  leg.older = older;
  if (older == kNoLeg) {
    index_.insert(hash, id);
  } else {
    index_.replace(hash, older, id);
  }
  return id;
}

// Whether the two were seen so soon after one another as one packet would be. What began a
// connection at another capture point may be dated anyhow.
bool LegTable::is_near(const Recent& before, const Sighting& s) const {
  if (before.input == s.input) return apart(before.time, s.time) <= kThroughBox;
  if (apart(before.time, s.time) <= kBetweenPoints || begins(s)) return true;
  const auto offset = clocks_.between(before.input, s.input);
  return offset && apart(before.time + *offset, s.time) <= kBetweenPoints;
}

// No box gives a packet another identification, and nobody hands it on with the MAC address that it
// came with.
bool LegTable::is_one_packet(const Recent& before, const Sighting& s) const {
  if (before.ip_id != s.ip_id && before.ip_id != 0 && s.ip_id != 0) return false;
  return is_near(before, s);
}

// Whether the packet of another leg that was seen before may have become this one, in a box.
bool LegTable::may_be_rewritten(const Recent& before, const Sighting& s) const {
  if (!s.is_telling || !may_be_handed_on(links_[before.link], links_[s.link])) return false;
  // What has fewer hops left was not seen earlier at the same point.
  constexpr Duration kOutOfOrder = std::chrono::microseconds{20};
  if (before.input == s.input && before.ttl < s.ttl && s.time - before.time > kOutOfOrder)
    return false;
  // An answer that says what was asked, as echo servers give it, comes from where another's went.
  const auto has = [&](int end, int other_end) {
    const FlowKey& key = legs_[before.leg].key;
    return s.key.key.address[end] == key.address[other_end] &&
           s.key.key.port[end] == key.port[other_end];
  };
  const int sender = s.key.sender;
  const bool is_answer =
      s.segment == nullptr && (has(sender, 1 - before.sender) || has(1 - sender, before.sender));
  if (is_answer) return false;
  // The same datagram to two hosts: a resolver asks so.
  return s.segment != nullptr || before.ttl != s.ttl;
}

// How alike the two are that may be one, the likeliest first: a box takes a hop, leaves one end and
// the ports as they are where it can, and is quick.
LegTable::Likeness LegTable::likeness(const Recent& before, const Sighting& s) const {
  const FlowKey& a = legs_[before.leg].key;
  const FlowKey& b = s.key.key;
  const int from = s.key.sender, to = 1 - from, old_from = before.sender, old_to = 1 - old_from;
  const bool keeps_source = a.address[old_from] == b.address[from];
  const bool keeps_destination = a.address[old_to] == b.address[to];
  return {.hops = std::abs(before.ttl - s.ttl),
          .changed_ends = (keeps_source ? 0 : 1) + (keeps_destination ? 0 : 1),
          .changed_ports =
              (a.port[old_from] == b.port[from] ? 0 : 1) + (a.port[old_to] == b.port[to] ? 0 : 1),
          .apart = apart(before.time, s.time)};
}

void LegTable::weigh(std::uint32_t id, const Sighting& s, const Recent& before, Comparison& all) {
  if (!is_one_packet(before, s)) return;
  if (before.leg == id) {
    if (before.sender != s.key.sender || before.link == s.link) return;
    all.seen_here = true;
  } else {
    if (!may_be_rewritten(before, s)) return;
    if (all.best && all.best->leg != before.leg) all.is_one = false;
    ++all.others;
    const Likeness like = likeness(before, s);
    if (!all.best || like < all.most) {
      all.best = before;
      all.most = like;
    }
  }
  clocks_.note(before.input, before.time, s.input, s.time, s.key.sender == 0);
}

// Looks for the same packet elsewhere; true when it was seen on this leg before.
bool LegTable::compare(std::uint32_t id, const Sighting& s) {
  // Boxes in a row, and capture points; a scanner's packets say the same to more.
  constexpr int kMostInARow = 5;
  Comparison all;
  recent_.for_each(s.content, [&](const Recent& before) {
    weigh(id, s, before, all);
    return false;
  });
  if (begins(s)) {
    const Recent* opening = opening_like(id, s);
    if (opening != nullptr && !all.seen_here && !all.best) weigh(id, s, *opening, all);
  }
  // Where many say the same, and no number tells them apart, both ends may not have changed, nor
  // the identifiers of ICMP. What was seen on this leg before has been compared then.
  const bool keeps_enough =
      all.most.changed_ends < 2 && (s.protocol == ip_protocol::kUdp || all.most.changed_ports == 0);
  const bool is_told_apart = s.segment != nullptr || s.ip_id != 0 || keeps_enough;
  if (all.best && !all.seen_here && all.others <= kMostInARow && (is_told_apart || all.is_one)) {
    const Clue otherwise = is_told_apart ? Clue::numbers : Clue::payload;
    join(*all.best, id, s, begins(s) ? Clue::isn : otherwise);
  } else if (!all.seen_here) {
    note_unmatched(id);
  }
  recent_.add(recent_of(id, s, s.content));
  return all.seen_here;
}

// The same packet however long ago it was seen, nullptr: it never was, and is kept now.
const Recent* LegTable::opening_like(std::uint32_t id, const Sighting& s) {
  const std::uint32_t hash = hash_(s.content, 0);  // which senders choose
  const std::uint32_t known =
      opening_index_.find(hash, [&](std::uint32_t i) { return openings_[i].content == s.content; });
  if (known != FlowIndex::kNone) return &openings_[known];
  if (openings_.size() >= most_) return nullptr;
  opening_index_.insert(hash, openings_.size());
  openings_.append() = recent_of(id, s, s.content);
  return nullptr;
}

// Before the packet counts: a PROXY header is the first data that there is.
void LegTable::look_for_client(std::uint32_t id, const Sighting& s, const decode::Packet* packet) {
  if (carried_.size() == kMostCarried) return;
  Leg& leg = legs_[id];
  const int sender = s.key.sender;
  const bool has_data =
      s.segment != nullptr ? leg.courses[sender].data_packets > 0 : leg.courses[sender].packets > 0;
  std::optional<decode::ClientAddress> found;
  if (s.segment == nullptr) {
    found = decode::uoa_of(*packet);
  } else {
    found = decode::toa_of(*s.segment, toa_);
    const bool may_be_proxy =
        !found && !has_data && s.segment->payload_captured > 0 && leg.opener == sender;
    if (may_be_proxy) {
      found = decode::proxy_header_of({s.segment->payload, s.segment->payload_captured});
    }
  }
  if (!found || found->client.ip_version == 0) return;
  leg.has_carried[sender] = true;
  carried_.push_back(carried_of(*found));
  Carried& carried = carried_.back();
  carried.leg = id;
  carried.end = sender;
  carried.time = s.time;
  carried.frame = s.frame;
  carried.is_late = has_data;
}

// Boxes that give a connection other numbers leave its data: where both ends' first numbers are
// known, positions in the stream are the same before and behind. Two that fit are none: the same is
// said in many connections.
void LegTable::compare_data(std::uint32_t id, const Sighting& s) {
  const ShiftedContents contents = shifted_contents(legs_[id], s);
  if (contents.count == 0 || is_joined_by_numbers(id)) return;
  for (const ShiftedContent& content : contents.found()) {
    compare_data(id, s, content);
    data_.add(recent_of(id, s, content.hash));
  }
}

void LegTable::compare_data(std::uint32_t id, const Sighting& s, const ShiftedContent& content) {
  std::optional<Recent> other;
  bool is_one = true;
  data_.for_each(content.hash, [&](const Recent& before) {
    if (before.leg == id) return false;
    is_one = is_one && (!other || other->leg == before.leg);
    other = before;
    return false;
  });
  if (!other || other->ttl == s.ttl || !is_near(*other, s) ||
      !may_be_handed_on(links_[other->link], links_[s.link]) ||
      shares_socket(legs_[other->leg].key, s.key.key)) {
    return;
  }
  if (is_one) join(*other, id, s, content.clue);
}

bool LegTable::is_joined_by_numbers(std::uint32_t id) const {
  const auto by_numbers = [](const Join& join) {
    return join.has(Clue::isn) || join.has(Clue::numbers);
  };
  const auto one = joins(legs_[id], 0), other = joins(legs_[id], 1);
  return std::any_of(one.begin(), one.end(), by_numbers) ||
         std::any_of(other.begin(), other.end(), by_numbers);
}

// Of two sightings of one packet the one with more hops left is nearer to who sent it; where a box
// takes none, the earlier.
void LegTable::join(const Recent& before, std::uint32_t id, const Sighting& s, Clue clue) {
  const Recent now = recent_of(id, s, s.content);
  const bool came_first = before.ttl != now.ttl ? before.ttl > now.ttl : before.time <= now.time;
  const Recent& near = came_first ? before : now;
  const Recent& far = came_first ? now : before;
  enter_join(near.leg, 1 - near.sender, near, far.leg, clue);
  enter_join(far.leg, far.sender, far, near.leg, clue);
}

// The join of `of` with `with`, a free place for it, or nullptr: there are too many.
Join* LegTable::join_slot(std::uint32_t of, int towards, std::uint32_t with) {
  Leg& leg = legs_[of];
  if (leg.joins == kNoJoins) {
    leg.joins = joins_.size();
    joins_.append();
  }
  for (Join& join : joins_[leg.joins].towards[towards]) {
    if (join.leg == with || join.leg == kNoLeg) return &join;
  }
  return nullptr;
}

void LegTable::enter_join(std::uint32_t of, int towards, const Recent& packet, std::uint32_t with,
                          Clue clue) {
  Join* join = join_slot(of, towards, with);
  if (join == nullptr) return;
  if (join->leg == kNoLeg) {
    join->leg = with;
    join->first = packet.time;
    join->frame = packet.frame;
  }
  join->add(clue);
  join->last = packet.time;
  ++join->fits;
  join->fits_way[packet.sender] = true;
  join->unseen = 0;
}

// A join whose packets all fitted, and none of whose later ones does on either side, was of
// something else.
void LegTable::note_unmatched(std::uint32_t id) {
  if (legs_[id].joins == kNoJoins) return;
  for (auto& towards : joins_[legs_[id].joins].towards) {
    for (Join& join : towards) {
      // Where one point shows larger segments than the other (offload), data does not fit, and yet
      // both began alike.
      if (join.leg == kNoLeg || join.has(Clue::isn) || ++join.unseen <= kMostUnmatched) continue;
      for (auto& back : joins_[legs_[join.leg].joins].towards) {
        for (Join& mirror : back) {
          if (mirror.leg != id || mirror.unseen <= kMostUnmatched) continue;
          join.is_broken = mirror.is_broken = true;
        }
      }
    }
  }
}

}  // namespace tapstat::analysis::forwarding
