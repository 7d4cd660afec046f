#include "analysis/conversation.h"

#include <array>

#include "decode/icmp.h"
#include "decode/ip_protocol.h"
#include "decode/udp.h"

namespace tapstat::analysis {
namespace {

using decode::Bytes;
using decode::Content;
using decode::Packet;
namespace ip_protocol = decode::ip_protocol;

struct Pair {
  std::uint8_t request, answer;
};
// Echo, timestamp, information, router discovery, address mask.
constexpr std::array<Pair, 5> kIcmpPairs = {{{8, 0}, {13, 14}, {15, 16}, {10, 9}, {17, 18}}};
// Echo, router and neighbour discovery, listener query and report, node information, home agent
// address discovery.
constexpr std::array<Pair, 6> kIcmpv6Pairs = {
    {{128, 129}, {133, 134}, {135, 136}, {130, 131}, {139, 140}, {144, 145}}};

template <std::size_t N>
[[nodiscard]] std::optional<std::uint8_t> counterpart(const std::array<Pair, N>& pairs,
                                                      std::uint8_t type) {
  for (const Pair& pair : pairs) {
    if (type == pair.request) return pair.answer;
    if (type == pair.answer) return pair.request;
  }
  return std::nullopt;
}

struct Addresses {
  IpAddress src, dst;
};

[[nodiscard]] Addresses addresses_of(const std::uint8_t* src, const std::uint8_t* dst,
                                     int ip_version) {
  return {IpAddress::from_wire(src, ip_version), IpAddress::from_wire(dst, ip_version)};
}

[[nodiscard]] DirectedKey directed_key(const Addresses& a, std::uint16_t src_port,
                                       std::uint16_t dst_port) {
  const bool by_port = src_port <= dst_port;
  return in_order(a.src, a.dst, src_port, dst_port, a.src < a.dst || (a.src == a.dst && by_port));
}

// The ports are no numbers to be ordered by.
[[nodiscard]] DirectedKey one_way_key(const Addresses& a, std::uint16_t type, std::uint16_t code) {
  return {.key = {.address = {a.src, a.dst}, .port = {type, code}}, .sender = 0};
}

// Whether bytes 4 and 5 identify who asked: all queries of IPv4 but router discovery, and echo.
[[nodiscard]] bool has_identifier(bool v4, std::uint8_t type) {
  if (!v4) return type == 128 || type == 129;
  return type != 9 && type != 10 && counterpart(kIcmpPairs, type).has_value();
}

[[nodiscard]] std::optional<Conversation> icmp_of(const Packet& packet, const Addresses& a) {
  constexpr std::size_t kHeaderLen = 8;
  const auto icmp = decode::IcmpView::parse(packet.body);
  if (!icmp || packet.body_len < kHeaderLen) return std::nullopt;
  const bool v4 = packet.content == Content::icmp;
  Conversation c{.directed = {},
                 .protocol = v4 ? ip_protocol::kIcmp : ip_protocol::kIcmpv6,
                 .payload_len = packet.body_len - static_cast<std::uint32_t>(kHeaderLen),
                 .echo = {}};
  const auto answer =
      v4 ? counterpart(kIcmpPairs, icmp->type()) : counterpart(kIcmpv6Pairs, icmp->type());
  c.is_one_way = !answer;
  c.directed =
      answer ? directed_key(a, icmp->type(), *answer) : one_way_key(a, icmp->type(), icmp->code());
  if (has_identifier(v4, icmp->type()) && packet.body.size() >= 6) {
    c.echo = decode::be16(packet.body, 4);
  }
  return c;
}

[[nodiscard]] std::optional<Conversation> udp_of(const Packet& packet, const Addresses& a) {
  const auto udp = decode::UdpView::parse(packet.body);
  if (!udp) return std::nullopt;
  return Conversation{.directed = directed_key(a, udp->src_port(), udp->dst_port()),
                      .protocol = ip_protocol::kUdp,
                      .payload_len = udp->payload_len(packet.body_len),
                      .echo = {}};
}

[[nodiscard]] std::optional<Conversation> sctp_of(const Packet& packet, const Addresses& a) {
  constexpr std::uint32_t kCommonHeaderLen = 12;  // RFC 9260 section 3.1
  if (packet.body.size() < 4 || packet.body_len < kCommonHeaderLen) return std::nullopt;
  return Conversation{
      .directed = directed_key(a, decode::be16(packet.body, 0), decode::be16(packet.body, 2)),
      .protocol = ip_protocol::kSctp,
      .payload_len = packet.body_len - kCommonHeaderLen,
      .echo = {}};
}

}  // namespace

std::optional<Conversation> conversation_of(const Packet& packet) {
  if (packet.ip_version == 0) return std::nullopt;
  const Addresses a = addresses_of(packet.ip_src, packet.ip_dst, packet.ip_version);
  switch (packet.content) {
    case Content::udp:
      return udp_of(packet, a);
    case Content::icmp:
    case Content::icmpv6:
      return icmp_of(packet, a);
    case Content::sctp:
      return sctp_of(packet, a);
    case Content::ip_other:
      return portless_conversation_of(packet);
    default:
      return std::nullopt;
  }
}

std::optional<Conversation> portless_conversation_of(const Packet& packet) {
  if (packet.ip_version == 0) return std::nullopt;
  const Addresses a = addresses_of(packet.ip_src, packet.ip_dst, packet.ip_version);
  return Conversation{.directed = directed_key(a, 0, 0),
                      .protocol = packet.ip_protocol,
                      .payload_len = packet.body_len,
                      .echo = {}};
}

Conversation conversation_of(const decode::Carrier& carrier) {
  const Addresses a = addresses_of(carrier.ip_src, carrier.ip_dst, carrier.ip_version);
  return {.directed = directed_key(a, carrier.src_port, carrier.dst_port),
          .protocol = ip_protocol::kUdp,
          .payload_len = carrier.payload_len,
          .echo = {}};
}

}  // namespace tapstat::analysis
