#include "analysis/forwarding/progress.h"

#include <algorithm>

#include "analysis/content_hash.h"

namespace tapstat::analysis::forwarding {
namespace {

using lvs::IpvsView;

void note_entry(Entry& entry, const Sighting& s, bool from_client, IpvsView view) {
  if (!from_client && view == IpvsView::clients_way) return;
  entry.last = s.time;
  if (s.segment == nullptr) return;
  entry.state = next_state(entry.state, s.segment->flags, from_client, view);
  if (is_active(entry.state)) {
    entry.inactive_from = Timestamp::max();
  } else if (entry.inactive_from == Timestamp::max()) {
    entry.inactive_from = s.time;
  }
}

void note_opening(Leg& leg, const Sighting& s) {
  const decode::Segment& segment = *s.segment;
  const int sender = s.key.sender;
  if (segment.flags.syn() && !leg.has_isn[sender]) {
    leg.has_isn[sender] = true;
    leg.isn[sender] = segment.seq;
  }
  if (segment.flags.syn()) {
    leg.opener = static_cast<std::int8_t>(segment.flags.ack() ? 1 - sender : sender);
    if (!segment.flags.ack() && leg.syns < 0xffff) ++leg.syns;
  } else if (leg.opener == sender && segment.flags.ack() && !segment.flags.rst()) {
    leg.acknowledged = true;
  }
  if (segment.flags.rst() && leg.reset_by < 0) {
    leg.reset_by = static_cast<std::int8_t>(sender);
    leg.reset_at = s.time;
    leg.reset_frame = s.frame;
    leg.reset_link = s.link;
  }
}

}  // namespace

void note_crossing(Leg& leg, const Sighting& s) {
  if (s.time < leg.first) leg.first = s.time;
  if (leg.last < s.time) leg.last = s.time;
  leg.inputs |= std::uint64_t{1} << (s.input < 63 ? s.input : 63);
  Course& course = leg.courses[s.key.sender];
  for (Crossing& crossing : std::span(course.crossings).first(course.links)) {
    if (crossing.link != s.link) continue;
    ++crossing.packets;
    crossing.ttl = s.ttl;
    return;
  }
  if (course.links == Course::kMost) return;
  course.crossings[course.links++] = {.link = s.link, .packets = 1, .ttl = s.ttl};
}

void note_progress(Leg& leg, const Sighting& s) {
  const int sender = s.key.sender;
  Course& course = leg.courses[sender];
  ++course.packets;
  course.last = s.time;
  if (s.segment != nullptr) {
    course.data_packets += s.segment->payload_len > 0 ? 1 : 0;
    note_opening(leg, s);
  }
  if (s.is_request) leg.opener = static_cast<std::int8_t>(sender);
  for (int client = 0; client < 2; ++client) {
    for (const IpvsView view : {IpvsView::both_ways, IpvsView::clients_way}) {
      note_entry(leg.entries[client][static_cast<std::size_t>(view)], s, sender == client, view);
    }
  }
}

ShiftedContents shifted_contents(const Leg& leg, const Sighting& s) {
  constexpr std::uint32_t kLeast = 8, kMost = 64;
  ShiftedContents contents;
  if (s.segment == nullptr) return contents;
  const decode::Segment& segment = *s.segment;
  if (segment.flags.syn()) {
    if (segment.flags.ack()) {
      contents.add(mix(mix(1, segment.seq), segment.window), Clue::server_isn);
    }
    return contents;
  }
  const decode::Bytes payload{segment.payload, std::min(segment.payload_captured, kMost)};
  if (segment.payload_len < kLeast || !is_telling(payload)) return contents;
  const std::uint64_t says = mix(segment.payload_len, payload);
  if (leg.has_isn[0] && leg.has_isn[1]) {
    contents.add(mix(says, segment.seq - leg.isn[s.key.sender]), Clue::payload);
  } else {
    contents.add(mix(says, segment.seq), Clue::server_isn);
    contents.add(mix(says, std::uint64_t{segment.ack} << 32), Clue::server_isn);
  }
  return contents;
}

}  // namespace tapstat::analysis::forwarding
