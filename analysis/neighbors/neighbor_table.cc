#include "analysis/neighbors/neighbor_table.h"

#include <algorithm>

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
    if (asker.mac == message.sender) return &asker;
  }
  if (binding.askers.size() == kMostAskers) return nullptr;
  binding.askers.push_back(
      {.mac = message.sender, .address = message.asker, .first = time, .frame = frame});
  return &binding.askers.back();
}

void count_try(Asker& asker, Timestamp time, std::uint64_t frame) {
  if (time - asker.last > kSameQuestion) asker.tries = 0;
  if (asker.tries++ == 0) {
    asker.tried_since = time;
    asker.tried_frame = frame;
  }
  asker.last = time;
  asker.last_frame = frame;
  ++asker.requests;
}

}  // namespace

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
  Binding* found = lookup(at.network, address);
  if (found == nullptr) {
    if (!has_room(is_claimed)) {
      ++unkept_;
      return nullptr;
    }
    index_.insert(hash_of(at.network, address), static_cast<std::uint32_t>(bindings_.size()));
    found = &bindings_.emplace_back();
    found->network = at.network;
    found->address = address;
    found->first = at.time;
    found->source = message.protocol;
  }
  found->last = std::max(found->last, at.time);
  return found;
}

void NeighborTable::see(const capture::Frame& frame, const decode::Packet& packet,
                        const decode::Decoder& decoder) {
  if (!begin_) begin_ = frame.time;
  const bool may_be_message = packet.content == decode::Content::arp ||
                              packet.content == decode::Content::rarp ||
                              packet.content == decode::Content::icmpv6;
  if (may_be_message) {
    if (const auto message = message_of(packet)) {
      const Context at{frame.time, frame.number, network_of(packet.vlans, packet.tunnel, decoder)};
      if (!repeats_.is_repeat(frame, packet, at.network)) take(*message, at);
      return;
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
  if (bindings_.empty() || packet.macs == nullptr) return;
  if (!is_in_frame(packet.macs, packet.ip_src, packet.ip_version)) return;
  see_use(network_of(packet.vlans, packet.tunnel, decoder),
          {.time = frame.time,
           .frame = frame.number,
           .from = {IpAddress::from_wire(packet.ip_src, packet.ip_version),
                    decode::mac_from_wire(packet.macs + 6)},
           .to = {IpAddress::from_wire(packet.ip_dst, packet.ip_version),
                  decode::mac_from_wire(packet.macs)},
           .ttl = packet.ttl});
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
  const bool is_another = binding->prober != message.sender;
  if (is_another && at.time - binding->probed < kProbing) {
    log_.add({.kind = IncidentKind::both_probed,
              .protocol = message.protocol,
              .time = at.time,
              .frame = at.frame,
              .other_frame = binding->probe_frame,
              .network = at.network,
              .address = binding->address,
              .mac = binding->prober,
              .other = message.sender});
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
  Binding* found = is_known ? lookup_or_add(message, message.says->address, at, true)
                            : lookup(at.network, message.says->address);
  if (found == nullptr) return;
  if (message.kind == MessageKind::reply) {
    ++found->replies;
    check_solicited(*found, message, at);
  }
  if (is_gratuitous(message.kind)) ++found->gratuitous;
  if (message.kind == MessageKind::announcement) ++found->announcements;
  check_probes(*found, message, at);
  claim(*found, message, at);
  note_heard(*found, at.time);
  note_router(*found, message, at);
}

// A capture's first seconds do not show what was asked before. A second reply to one question tells
// it all the same.
void NeighborTable::check_solicited(const Binding& binding, const Message& message,
                                    const Context& at) {
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
  if (at.time - binding.probed >= kProbing || binding.prober == message.says->mac) return;
  if (message.only_confirms || is_virtual(message.says->mac)) return;
  log_.add({.kind = IncidentKind::probe_answered,
            .protocol = message.protocol,
            .time = at.time,
            .frame = at.frame,
            .other_frame = binding.probe_frame,
            .network = at.network,
            .address = binding.address,
            .mac = message.says->mac,
            .other = binding.prober});
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
                .mac = asker.mac,
                .count = asker.tries});
    }
    asker.tries = 0;
  }
}

// RFC 4861 sections 6.2.5 and 7.2.5.
void NeighborTable::note_router(Binding& binding, const Message& message, const Context& at) {
  if (!message.router) return;
  const bool was_router = binding.router.value_or(false);
  binding.router = *message.router;
  if (*message.router) {
    binding.router_lost = kNever;
  } else if (was_router) {
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
