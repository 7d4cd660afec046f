#include "decode/neighbor_discovery.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tapstat::decode {
namespace {

constexpr std::uint8_t kOwnLink = 255;  // the hop limit of what no router has forwarded
constexpr std::size_t kAddressLen = 16;
// ff02::1:ff00:0/104, RFC 4291 section 2.7.1.
constexpr std::array<std::uint8_t, 13> kSolicitedNode = {0xff, 2, 0, 0, 0, 0,   0,
                                                         0,    0, 0, 0, 1, 0xff};

// Up to the options; 0 for what is no neighbour discovery.
[[nodiscard]] std::size_t fixed_len_of(std::uint8_t type) {
  switch (static_cast<NdType>(type)) {
    case NdType::router_solicitation:
      return 8;
    case NdType::router_advertisement:
      return 16;
    case NdType::neighbor_solicitation:
    case NdType::neighbor_advertisement:
      return 24;
    case NdType::redirect:
      return 40;
  }
  return 0;
}

[[nodiscard]] bool is_unspecified(const std::uint8_t* address) {
  return std::all_of(address, address + kAddressLen, [](std::uint8_t b) { return b == 0; });
}
[[nodiscard]] bool is_multicast(const std::uint8_t* address) { return address[0] == 0xff; }
[[nodiscard]] bool is_link_local(const std::uint8_t* address) {
  return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}
[[nodiscard]] bool is_solicited_node(const std::uint8_t* address) {
  return std::equal(kSolicitedNode.begin(), kSolicitedNode.end(), address);
}

// Of a message whose options end at `wire_len`, of which `bytes` were captured.
[[nodiscard]] bool options_are_valid(Bytes bytes, std::size_t at, std::size_t wire_len) {
  while (at < wire_len) {
    if (at + 1 >= bytes.size()) return bytes.size() < wire_len;  // cut: nothing speaks against it
    const std::size_t len = std::size_t{bytes[at + 1]} * 8;
    if (len == 0 || len > wire_len - at) return false;
    at += len;
  }
  return true;
}

[[nodiscard]] bool has_option(Bytes bytes, std::size_t at, NdOption kind) {
  while (at + 1 < bytes.size() && bytes[at + 1] != 0) {
    if (bytes[at] == static_cast<std::uint8_t>(kind)) return true;
    at += std::size_t{bytes[at + 1]} * 8;
  }
  return false;
}

using Refusal = std::optional<NdRefusal>;

// RFC 4861 section 7.1.1, the last two points of its list: of duplicate address detection.
[[nodiscard]] Refusal refuse_probe(const Packet& packet, std::size_t fixed_len) {
  if (!is_solicited_node(packet.ip_dst)) return NdRefusal::destination;
  if (has_option(packet.body, fixed_len, NdOption::source_link_layer)) return NdRefusal::source;
  return std::nullopt;
}

// Sections 6.1.1, 6.1.2, 7.1.1, 7.1.2 and 8.1: what is said of addresses.
[[nodiscard]] Refusal refuse_addresses(const Packet& packet, std::size_t fixed_len) {
  const std::uint8_t* target = packet.body.data() + 8;
  const bool has_no_source = is_unspecified(packet.ip_src);
  switch (static_cast<NdType>(packet.body[0])) {
    case NdType::router_solicitation:
      if (!has_no_source) return std::nullopt;
      if (has_option(packet.body, fixed_len, NdOption::source_link_layer)) return NdRefusal::source;
      return std::nullopt;
    case NdType::router_advertisement:
      return is_link_local(packet.ip_src) ? Refusal{} : NdRefusal::source;
    case NdType::neighbor_solicitation:
      if (is_multicast(target)) return NdRefusal::target;
      return has_no_source ? refuse_probe(packet, fixed_len) : Refusal{};
    case NdType::neighbor_advertisement:
      if (is_multicast(target)) return NdRefusal::target;
      if (is_multicast(packet.ip_dst) && (packet.body[4] & 0x40) != 0) {
        return NdRefusal::destination;
      }
      return std::nullopt;
    case NdType::redirect: {
      if (!is_link_local(packet.ip_src)) return NdRefusal::source;
      const std::uint8_t* destination = target + kAddressLen;
      if (is_multicast(destination)) return NdRefusal::destination;
      const bool is_on_link = std::equal(target, target + kAddressLen, destination);
      return is_link_local(target) || is_on_link ? Refusal{} : NdRefusal::target;
    }
  }
  return NdRefusal::other_message;
}

[[nodiscard]] Refusal refuse(const Packet& packet, std::size_t fixed_len) {
  const Bytes body = packet.body;
  if (packet.body_len < fixed_len) return NdRefusal::too_short;
  if (body.size() < fixed_len) return NdRefusal::truncated;
  if (packet.ttl != kOwnLink) return NdRefusal::hop_limit;
  if (body[1] != 0) return NdRefusal::code;
  if (!options_are_valid(body, fixed_len, packet.body_len)) return NdRefusal::option_length;
  return refuse_addresses(packet, fixed_len);
}

}  // namespace

tl::expected<NeighborDiscoveryView, NdRefusal> NeighborDiscoveryView::parse(const Packet& packet) {
  if (packet.content != Content::icmpv6 || packet.ip_version != 6 || packet.body.empty()) {
    return tl::unexpected(NdRefusal::other_message);
  }
  const std::size_t fixed_len = fixed_len_of(packet.body[0]);
  if (fixed_len == 0) return tl::unexpected(NdRefusal::other_message);
  if (const Refusal refusal = refuse(packet, fixed_len)) return tl::unexpected(*refusal);
  const bool is_probe =
      packet.body[0] == static_cast<std::uint8_t>(NdType::neighbor_solicitation) &&
      is_unspecified(packet.ip_src);
  return NeighborDiscoveryView(packet.body, fixed_len, is_probe,
                               packet.body.size() < packet.body_len);
}

const std::uint8_t* NeighborDiscoveryView::link_layer_address(NdOption kind) const {
  const std::uint8_t* found = nullptr;
  for_each_option([&](Bytes option) {
    if (found == nullptr && is_kind(option, kind) && option.size() == 8) found = &option[2];
  });
  return found;
}

}  // namespace tapstat::decode
