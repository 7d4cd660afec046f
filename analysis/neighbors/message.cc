#include "analysis/neighbors/message.h"

#include <algorithm>

#include "analysis/neighbors/link_addresses.h"
#include "analysis/neighbors/virtual_mac.h"
#include "decode/arp.h"
#include "decode/neighbor_discovery.h"

namespace tapstat::analysis::neighbors {
namespace {

using decode::ArpView;
using decode::Content;
using decode::NdOption;
using decode::NdType;
using decode::NeighborDiscoveryView;

// IANA "Address Resolution Protocol (ARP) Parameters": operation codes and hardware types.
constexpr std::uint16_t kRequest = 1, kReply = 2, kReverseReply = 4;
constexpr std::uint16_t kEthernet = 1, kIeee802 = 6;

[[nodiscard]] bool is_host(const IpAddress& address) {
  const auto bytes = address.bytes();
  if (!address.is_v4()) return bytes[0] != 0xff && address != IpAddress{};
  return bytes[12] != 0 && bytes[12] != 127 && bytes[12] < 224;
}

// The pair, where a host could take it. A multicast cluster's address is none that others learn
// from what is heard, but neither an error (virtual_mac.h).
void say(Message& message, const IpAddress& address, const MacAddress& mac) {
  if (!is_host(address) || decode::is_zero(mac)) return;
  if (!decode::is_group(mac)) {
    message.says = Pair{address, mac};
  } else if (!is_load_balancing_cluster(mac)) {
    message.said_by_group = Pair{address, mac};
  }
}

void take_link_addresses(Message& message, const capture::Frame& frame,
                         const decode::Packet& packet) {
  const LinkAddresses link = link_addresses(frame, packet);
  message.ethernet_destination = link.destination;
  message.ethernet_source = link.source;
}

[[nodiscard]] IpAddress v4(decode::Bytes bytes) { return IpAddress::from_wire(bytes.data(), 4); }
[[nodiscard]] IpAddress v6(const std::uint8_t* bytes) { return IpAddress::from_wire(bytes, 6); }

// RFC 5227 section 1.1; its section 2.1.1 has the sender's address all zero, and says that the
// target's hardware address SHOULD be: what other senders write there does not matter.
[[nodiscard]] bool is_arp_probe(const ArpView& arp) {
  return arp.operation() == kRequest &&
         v4(arp.sender_protocol()) == IpAddress::from_wire(std::array<std::uint8_t, 4>{}.data(), 4);
}

// Of a request or reply that is no probe.
[[nodiscard]] MessageKind arp_kind(const ArpView& arp) {
  const bool is_request = arp.operation() == kRequest;
  if (v4(arp.sender_protocol()) == v4(arp.target_protocol())) {
    if (!is_request) return MessageKind::gratuitous_reply;
    const bool no_target = decode::is_zero(decode::mac_from_wire(arp.target_hardware().data()));
    return no_target ? MessageKind::announcement : MessageKind::gratuitous_request;
  }
  return is_request ? MessageKind::request : MessageKind::reply;
}

[[nodiscard]] std::optional<Message> arp_message(const ArpView& arp, Message message) {
  if (arp.operation() != kRequest && arp.operation() != kReply) return std::nullopt;
  const IpAddress sender = v4(arp.sender_protocol());
  const IpAddress target = v4(arp.target_protocol());
  if (is_arp_probe(arp)) {
    message.kind = MessageKind::probe;
    if (is_host(target)) message.asks_for = target;
    return message;
  }
  message.kind = arp_kind(arp);
  if (message.sender) say(message, sender, *message.sender);
  if (message.kind == MessageKind::reply) {
    message.answers = decode::mac_from_wire(arp.target_hardware().data());
  }
  if (message.kind == MessageKind::request && is_host(target)) {
    message.asks_for = target;
    if (is_host(sender)) message.asker = sender;
  }
  return message;
}

// RFC 903: a reply tells who asked which address is his. A request tells no address at all; those
// that hypervisors send after a guest has moved are about its MAC address.
[[nodiscard]] std::optional<Message> rarp_message(const ArpView& arp, Message message) {
  if (arp.operation() != kReverseReply) return std::nullopt;
  message.protocol = Protocol::rarp;
  message.kind = MessageKind::hello;
  say(message, v4(arp.target_protocol()), decode::mac_from_wire(arp.target_hardware().data()));
  return message;
}

[[nodiscard]] std::optional<Message> read_arp(const capture::Frame& frame,
                                              const decode::Packet& packet) {
  const auto arp = ArpView::parse(packet.body);
  if (!arp || !arp->is_ipv4_over_ethernet()) return std::nullopt;
  if (arp->hardware() != kEthernet && arp->hardware() != kIeee802) return std::nullopt;
  Message message{.protocol = Protocol::arp};
  const MacAddress sender = decode::mac_from_wire(arp->sender_hardware().data());
  if (!decode::is_zero(sender)) message.sender = sender;
  take_link_addresses(message, frame, packet);
  return packet.content == Content::rarp ? rarp_message(*arp, message) : arp_message(*arp, message);
}

// RFC 4861 section 7.2.3: who asks says where he is, and a probe (section 5.4 of RFC 4862) does
// not.
void read_solicitation(const NeighborDiscoveryView& nd, const decode::Packet& packet,
                       const std::optional<MacAddress>& link_layer, Message& message) {
  const IpAddress sender = v6(packet.ip_src);
  message.asks_for = v6(nd.target());
  message.kind = nd.is_dad_probe() ? MessageKind::probe : MessageKind::request;
  if (nd.is_dad_probe()) return;
  message.asker = sender;
  if (link_layer) say(message, sender, *link_layer);
}

// RFC 4861 section 7.2.5.
void read_advertisement(const NeighborDiscoveryView& nd,
                        const std::optional<MacAddress>& link_layer, Message& message) {
  message.kind = nd.is_solicited() ? MessageKind::reply : MessageKind::gratuitous_reply;
  message.overrides = nd.overrides();
  message.router = nd.is_router();
  message.only_confirms = !link_layer;
  if (nd.is_solicited()) message.answers = message.ethernet_destination;
  if (link_layer) {
    say(message, v6(nd.target()), *link_layer);
  } else if (message.ethernet_source) {
    say(message, v6(nd.target()), *message.ethernet_source);
  }
}

// RFC 4861 sections 6.2.6 and 6.3.4: a router and who asks for one say where they are. Who
// advertises is a router, if for no host its default one (section 4.2, Router Lifetime).
void read_router_message(const NeighborDiscoveryView& nd, const decode::Packet& packet,
                         const std::optional<MacAddress>& link_layer, Message& message) {
  message.kind = MessageKind::hello;
  if (nd.type() == NdType::router_advertisement) {
    message.router = true;
    message.default_router = nd.router_lifetime() != 0;
  }
  if (link_layer) {
    say(message, v6(packet.ip_src), *link_layer);
  } else if (message.router && message.ethernet_source) {
    message.only_confirms = true;
    say(message, v6(packet.ip_src), *message.ethernet_source);
  }
}

// The option's; where the snap length may have cut it, the frame's source stands for it: an option
// that was not captured is none that is missing.
[[nodiscard]] std::optional<MacAddress> link_layer_of(const NeighborDiscoveryView& nd,
                                                      const Message& message) {
  const bool of_target =
      nd.type() == NdType::neighbor_advertisement || nd.type() == NdType::redirect;
  const std::uint8_t* option =
      nd.link_layer_address(of_target ? NdOption::target_link_layer : NdOption::source_link_layer);
  if (option != nullptr) return decode::mac_from_wire(option);
  return nd.is_cut() ? message.ethernet_source : std::nullopt;
}

[[nodiscard]] std::optional<Message> read_nd(const capture::Frame& frame,
                                             const decode::Packet& packet) {
  const auto nd = NeighborDiscoveryView::parse(packet);
  if (!nd) return std::nullopt;
  Message message{.protocol = Protocol::nd};
  take_link_addresses(message, frame, packet);
  const std::optional<MacAddress> link_layer = link_layer_of(*nd, message);
  message.sender = link_layer ? link_layer : message.ethernet_source;
  switch (nd->type()) {
    case NdType::neighbor_solicitation:
      read_solicitation(*nd, packet, link_layer, message);
      break;
    case NdType::neighbor_advertisement:
      read_advertisement(*nd, link_layer, message);
      break;
    case NdType::router_solicitation:
    case NdType::router_advertisement:
      read_router_message(*nd, packet, link_layer, message);
      break;
    case NdType::redirect:  // of a third one, which says so itself when it is asked
      return std::nullopt;
  }
  return message;
}

}  // namespace

std::optional<Message> message_of(const capture::Frame& frame, const decode::Packet& packet) {
  switch (packet.content) {
    case Content::arp:
    case Content::rarp:
      return read_arp(frame, packet);
    case Content::icmpv6:
      return read_nd(frame, packet);
    default:
      return std::nullopt;
  }
}

}  // namespace tapstat::analysis::neighbors
