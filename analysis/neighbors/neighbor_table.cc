#include "analysis/neighbors/neighbor_table.h"

#include <algorithm>

#include "analysis/neighbors/link_addresses.h"
#include "analysis/neighbors/network.h"
#include "analysis/neighbors/virtual_mac.h"

namespace tapstat::analysis::neighbors {
namespace {

using namespace std::chrono_literals;

// RFC 5227 section 1.1: three probes up to 2 s apart, and a wait of 2 s after the last.
constexpr auto kProbing = 10s;
// Inference C: a reply that nobody asked for so long ago is none.
constexpr auto kAnswerTime = 5s;
// Some hosts answer twice at once.
constexpr auto kSameReply = 500ms;

[[nodiscard]] bool is_to_one(const Message& message) {
  return message.ethernet_destination && !decode::is_group(*message.ethernet_destination);
}

// Asks of `asker`; nullptr where there is no room for another.
[[nodiscard]] Asker* asker_of(Binding& binding, const Message& message, Timestamp time,
                              std::uint64_t frame) {
  for (Asker& asker : binding.askers) {
    const bool is_same =
        message.sender ? asker.mac == message.sender : !asker.mac && asker.address == message.asker;
    if (is_same) return &asker;
  }
  if (!message.sender && !message.asker) return nullptr;
  if (binding.askers.size() == kMostAskers) return nullptr;
  binding.askers.push_back(
      {.mac = message.sender, .address = message.asker, .first = time, .frame = frame});
  return &binding.askers.back();
}

// One that has had no answer has had none until the address is heard of again, however long it
// waits with the next question.
void count_try(Asker& asker, Timestamp time, std::uint64_t frame) {
  if (time - asker.last > kSameQuestion && !has_failed(asker, time)) asker.tries = 0;
  if (asker.tries++ == 0) {
    asker.tried_since = time;
    asker.tried_frame = frame;
  }
  asker.last = time;
  asker.last_frame = frame;
  ++asker.requests;
}

[[nodiscard]] bool has_point(const Binding& binding, Point point) {
  return std::find(binding.points.begin(), binding.points.end(), point) != binding.points.end();
}

void add_point(Binding& binding, Point point) {
  if (has_point(binding, point) || binding.points.size() == kMostPoints) return;
  binding.points.push_back(point);
}

}  // namespace

// Who was seen at a capture point with a message is at that point even where the message is told
// once only.
void NeighborTable::note_point(const Message& message, const Context& at) {
  if (!message.says || !is_link_local(message.says->address)) return;
  const MacAddress& mac = message.says->mac;
  const Network network = on_link(at.network, message.says->address, mac, at.point);
  Binding* binding = lookup(network, message.says->address);
  if (binding != nullptr && binding->claim_of(mac) != nullptr) add_point(*binding, at.point);
}

// The same address at two links is two, and the same MAC address tells that a link was seen at two
// points (files that continue one another, two taps).
Network NeighborTable::on_link(Network network, const IpAddress& address,
                               const std::optional<MacAddress>& mac, Point point,
                               Otherwise otherwise) const {
  if (!is_link_local(address)) return network;
  std::optional<std::uint16_t> at_point, unclaimed;
  std::uint16_t links = 0;
  for (; links < kMostLinks; ++links) {
    network.link = links;
    const Binding* binding = find(network, address);
    if (binding == nullptr) break;
    if (mac && binding->claim_of(*mac) != nullptr) return network;
    if (!at_point && has_point(*binding, point)) at_point = links;
    if (!unclaimed && binding->claims.empty()) unclaimed = links;
  }
  const std::uint16_t last = otherwise == Otherwise::first ? std::uint16_t{0}
                             : links == kMostLinks         ? static_cast<std::uint16_t>(links - 1)
                                                           : links;
  network.link = at_point ? *at_point : unclaimed ? *unclaimed : last;
  return network;
}

std::uint32_t NeighborTable::hash_of(const Network& network, const IpAddress& address) const {
  std::uint64_t hash = hash_.add(hash_(address), network.overlay_id);
  for (int i = 0; i < network.vlans.size(); ++i) hash = hash_.add(hash, network.vlans[i]);
  return static_cast<std::uint32_t>(hash);
}

const Binding* NeighborTable::find(const Network& network, const IpAddress& address) const {
  const std::uint32_t at = index_.find(hash_of(network, address), [&](std::uint32_t i) {
    return bindings_[i].address == address && bindings_[i].network == network;
  });
  return at == FlowIndex::kNone ? nullptr : &bindings_[at];
}

Binding* NeighborTable::lookup(const Network& network, const IpAddress& address) {
  const Binding* found = find(network, address);
  return found == nullptr ? nullptr
                          : &bindings_[static_cast<std::size_t>(found - bindings_.data())];
}

bool NeighborTable::has_room(bool is_claimed) const {
  if (bindings_.size() >= kMostBindings) return false;
  return is_claimed || bindings_.size() - claimed_ < kMostUnclaimed;
}

Binding* NeighborTable::lookup_or_add(const Message& message, const IpAddress& address,
                                      const Context& at, bool is_claimed) {
  const std::optional<MacAddress> holder =
      is_claimed ? std::optional(message.says->mac) : std::nullopt;
  const Network network = on_link(at.network, address, holder, at.point,
                                  is_claimed ? Otherwise::another : Otherwise::first);
  Binding* found = lookup(network, address);
  const bool is_new = found == nullptr;
  if (found == nullptr) {
    if (!has_room(is_claimed)) {
      ++unkept_;
      return nullptr;
    }
    index_.insert(hash_of(network, address), static_cast<std::uint32_t>(bindings_.size()));
    found = &bindings_.emplace_back();
    found->network = network;
    found->address = address;
    found->first = at.time;
    found->source = message.protocol;
  }
  found->last = std::max(found->last, at.time);
  if (is_link_local(address) && (is_new || is_claimed)) add_point(*found, at.point);
  return found;
}

void NeighborTable::see(const capture::Frame& frame, const decode::Packet& packet,
                        const decode::Decoder& decoder) {
  if (!begin_) begin_ = frame.time;
  const bool may_be_message = packet.content == decode::Content::arp ||
                              packet.content == decode::Content::rarp ||
                              packet.content == decode::Content::icmpv6;
  if (may_be_message) {
    if (const auto message = message_of(frame, packet)) {
      const Context at{frame.time, frame.number, network_of(packet.vlans, packet.tunnel, decoder),
                       point_of(frame)};
      note_frame(at.network, message->ethernet_source, message->ethernet_destination);
      if (repeats_.is_repeat(frame, packet, at.network)) return note_point(*message, at);
      return take(*message, at);
    }
  }
  if (packet.ip_src != nullptr) see_traffic(frame, packet, decoder);
}

void NeighborTable::see(const capture::Frame& frame, const decode::Segment& segment,
                        const decode::Decoder& decoder) {
  if (!begin_) begin_ = frame.time;
  see_traffic(frame, segment, decoder);
}

template <typename IpPacket>
void NeighborTable::see_traffic(const capture::Frame& frame, const IpPacket& packet,
                                const decode::Decoder& decoder) {
  if (bindings_.empty()) return;
  if (packet.macs != nullptr && !is_in_frame(packet.macs, packet.ip_src, packet.ip_version)) return;
  const LinkAddresses link = link_addresses(frame, packet);
  if (!link.source) return;
  const Network network = network_of(packet.vlans, packet.tunnel, decoder);
  note_frame(network, link.source, link.destination);
  see_use(network, {.time = frame.time,
                    .frame = frame.number,
                    .from = {IpAddress::from_wire(packet.ip_src, packet.ip_version), *link.source},
                    .to = IpAddress::from_wire(packet.ip_dst, packet.ip_version),
                    .to_mac = link.destination,
                    .ttl = packet.ttl,
                    .point = point_of(frame)});
}

void NeighborTable::note_frame(const Network& network, const std::optional<MacAddress>& source,
                               const std::optional<MacAddress>& destination) {
  if (source) senders_.note(network, *source);
  if (destination && !decode::is_group(*destination)) receivers_.note(network, *destination);
}

void NeighborTable::take(const Message& message, const Context& at) {
  check_frame(message, at);
  if (message.kind == MessageKind::probe) return take_probe(message, at);
  if (message.asks_for) take_question(message, at);
  if (message.says) take_claim(message, at);
}

void NeighborTable::check_frame(const Message& message, const Context& at) {
  if (!message.ethernet_source) return;
  const MacAddress& source = *message.ethernet_source;
  Incident incident{.protocol = message.protocol,
                    .time = at.time,
                    .frame = at.frame,
                    .network = at.network,
                    .other = source};
  if (message.said_by_group) {
    incident.kind = IncidentKind::group_sender;
    incident.address = message.said_by_group->address;
    incident.mac = message.said_by_group->mac;
    log_.add(incident);
    return;
  }
  // RARP replies tell of another. A virtual router answers with its own MAC address in the one or
  // in the other place, as does a cluster.
  if (!message.says || message.protocol == Protocol::rarp) return;
  if (message.says->mac == source || is_virtual(message.says->mac) || is_virtual(source)) return;
  incident.kind = IncidentKind::source_mismatch;
  incident.address = message.says->address;
  incident.mac = message.says->mac;
  log_.add(incident);
}

// It makes no binding (RFC 5227 section 2.1.1: the sender has no address yet).
void NeighborTable::take_probe(const Message& message, const Context& at) {
  if (!message.asks_for) return;
  Binding* binding = lookup_or_add(message, *message.asks_for, at, false);
  if (binding == nullptr) return;
  ++binding->probes;
  binding->asked = at.time;
  // To one host alone: a switch looks whether it is still there, and means to be answered.
  if (is_to_one(message)) return;
  const bool is_another = binding->prober && message.sender && binding->prober != message.sender;
  if (is_another && at.time - binding->probed < kProbing) {
    log_.add({.kind = IncidentKind::both_probed,
              .protocol = message.protocol,
              .time = at.time,
              .frame = at.frame,
              .other_frame = binding->probe_frame,
              .network = at.network,
              .address = binding->address,
              .mac = *binding->prober,
              .other = *message.sender});
  }
  binding->prober = message.sender;
  binding->probed = at.time;
  binding->probe_frame = at.frame;
}

void NeighborTable::take_question(const Message& message, const Context& at) {
  Binding* binding = lookup_or_add(message, *message.asks_for, at, false);
  if (binding == nullptr) return;
  ++binding->requests;
  binding->asked = at.time;
  if (is_to_one(message)) binding->asked_one = at.time;
  if (Asker* asker = asker_of(*binding, message, at.time, at.frame)) {
    count_try(*asker, at.time, at.frame);
  } else {
    ++binding->other_asks;
  }
}

void NeighborTable::take_claim(const Message& message, const Context& at) {
  const bool is_known = !message.only_confirms;
  Binding* found =
      is_known ? lookup_or_add(message, message.says->address, at, true)
               : lookup(on_link(at.network, message.says->address, message.says->mac, at.point),
                        message.says->address);
  if (found == nullptr) return;
  if (message.kind == MessageKind::reply) {
    ++found->replies;
    check_solicited(*found, message, at);
  }
  if (message.protocol == Protocol::rarp) ++found->replies;  // RFC 903, operation 4
  if (is_gratuitous(message.kind)) ++found->gratuitous;
  if (message.kind == MessageKind::announcement) ++found->announcements;
  check_probes(*found, message, at);
  claim(*found, message, at);
  note_heard(*found, at.time);
  note_router(*found, message, at);
}

// A capture's first seconds do not show what was asked before. A second reply to one question tells
// it all the same. Where the one that it goes to is never heard, its questions are not captured.
void NeighborTable::check_solicited(const Binding& binding, const Message& message,
                                    const Context& at) {
  if (!message.answers || !senders_.has(at.network, *message.answers)) return;
  const Claim* claim = binding.claim_of(message.says->mac);
  const bool is_surplus = claim != nullptr && claim->replied_at > binding.asked &&
                          at.time - claim->replied_at >= kSameReply;
  const bool is_unasked =
      at.time - binding.asked >= kAnswerTime && at.time - *begin_ >= kAnswerTime;
  if (!is_surplus && !is_unasked) return;
  log_.add({.kind = IncidentKind::unsolicited_reply,
            .protocol = message.protocol,
            .time = at.time,
            .frame = at.frame,
            .network = at.network,
            .address = binding.address,
            .mac = message.says->mac});
}

// RFC 5227 section 2.1.1, RFC 4862 section 5.4.4: whoever says that he has the address answers the
// probe for it.
void NeighborTable::check_probes(Binding& binding, const Message& message, const Context& at) {
  if (!binding.prober || binding.prober == message.says->mac) return;
  if (at.time - binding.probed >= kProbing) return;
  if (message.only_confirms || is_virtual(message.says->mac)) return;
  log_.add({.kind = IncidentKind::probe_answered,
            .protocol = message.protocol,
            .time = at.time,
            .frame = at.frame,
            .other_frame = binding.probe_frame,
            .network = at.network,
            .address = binding.address,
            .mac = message.says->mac,
            .other = *binding.prober});
  binding.probed = kNever;
}

void NeighborTable::note_heard(Binding& binding, Timestamp time) {
  binding.heard = time;
  for (Asker& asker : binding.askers) {
    if (asker.tries == 0) continue;
    if (has_failed(asker, time)) {
      log_.add({.kind = IncidentKind::unanswered,
                .protocol = binding.source,
                .time = asker.tried_since,
                .frame = asker.tried_frame,
                .other_frame = asker.last_frame,
                .network = binding.network,
                .address = binding.address,
                .asker_mac = asker.mac,
                .asker = asker.address,
                .count = asker.tries});
    }
    asker.tries = 0;
  }
}

// RFC 4861 sections 6.2.5 and 7.2.5: a router takes back its flag, or its lifetime (then hosts no
// longer send it what they have no route for; it is a router still).
void NeighborTable::note_router(Binding& binding, const Message& message, const Context& at) {
  if (!message.router) return;
  const bool was_router = binding.router.value_or(false);
  const bool was_default = binding.default_router.value_or(false);
  binding.router = *message.router;
  if (message.default_router) binding.default_router = message.default_router;
  const bool is_default = binding.default_router.value_or(true);
  if (*message.router && is_default) {
    binding.router_lost = kNever;
  } else if (*message.router ? was_default : was_router) {
    binding.router_lost = at.time;
    log_.add({.kind = IncidentKind::router_down,
              .protocol = message.protocol,
              .time = at.time,
              .frame = at.frame,
              .network = at.network,
              .address = binding.address,
              .mac = message.says->mac});
  }
}

}  // namespace tapstat::analysis::neighbors
