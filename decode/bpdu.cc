#include "decode/bpdu.h"

#include <algorithm>

#include "decode/mst_bpdu.h"

namespace tapstat::decode {
namespace {

// Lengths by type, 802.1D-2004 section 9.3, and 802.1Q section 14.4.
constexpr std::size_t kTcnLen = 4;
constexpr std::size_t kConfigLen = 35;
constexpr std::size_t kRstLen = 36;

constexpr std::uint8_t kRstp = 2, kMstp = 3;

[[nodiscard]] tl::unexpected<BpduError> refused(std::string_view reason) {
  return tl::unexpected(BpduError{.reason = reason});
}

// What config and RST BPDUs have in common: octets 4 to 34.
void read_priority_vector(const BpduBody& body, Bpdu& bpdu) {
  bpdu.flags = BpduFlags{body.octet(4)};
  bpdu.root = body.bridge(5);
  bpdu.root_cost = body.u32(13);
  bpdu.bridge = body.bridge(17);
  bpdu.port = body.u16(25);
  bpdu.message_age = Bpdu::Time{body.u16(27)};
  bpdu.max_age = Bpdu::Time{body.u16(29)};
  bpdu.hello_time = Bpdu::Time{body.u16(31)};
  bpdu.forward_delay = Bpdu::Time{body.u16(33)};
}

[[nodiscard]] bool all_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t octet) { return octet == 0; });
}

// The originating VLAN of a PVST+ or Rapid-PVST+ BPDU, in a list of types, lengths and values
// behind octet 35: padding in a config BPDU, the version 1 length in an RST one (Wireshark,
// packet-bpdu.c, dissect_bpdu_pvst_tlv).
[[nodiscard]] tl::expected<std::uint16_t, BpduError> read_cisco_vlan(const BpduBody& body) {
  constexpr std::size_t kList = 36, kHeaderLen = 4;
  constexpr std::uint16_t kOriginatingVlan = 0;
  std::optional<std::uint16_t> vlan;
  for (std::size_t at = kList; at + kHeaderLen <= body.wire_len();) {
    if (!body.has(at + kHeaderLen)) return body.lacks(at + kHeaderLen, {});
    if (vlan && all_zero(body.captured_from(at))) break;  // padding of a link without a length
    const std::uint16_t type = body.u16(at);
    const std::size_t len = body.u16(at + 2);
    at += kHeaderLen;
    if (!body.has(at + len)) {
      return body.lacks(at + len, "a TLV of a PVST+ BPDU is longer than the frame");
    }
    if (type == kOriginatingVlan) {
      if (len != 2) return refused("the VLAN of a PVST+ BPDU has not 2 octets");
      vlan = body.u16(at);
    }
    at += len;
  }
  if (!vlan) return refused("a PVST+ BPDU without the TLV that names its VLAN");
  return *vlan;
}

[[nodiscard]] BpduResult with_cisco_vlan(const BpduBody& body, Bpdu bpdu) {
  if (!bpdu.is_cisco) return bpdu;
  const auto vlan = read_cisco_vlan(body);
  if (!vlan) return tl::unexpected(vlan.error());
  bpdu.cisco_vlan = *vlan;
  return bpdu;
}

// Any version: an older bridge reads what it knows of a newer one's (802.1D-2004 section 9.3.4).
[[nodiscard]] BpduResult parse_config(const BpduBody& body, Bpdu bpdu) {
  if (!body.has(kConfigLen)) return body.lacks(kConfigLen, "too short for a config BPDU");
  read_priority_vector(body, bpdu);
  return with_cisco_vlan(body, std::move(bpdu));
}

[[nodiscard]] BpduResult parse_rapid(const BpduBody& body, Bpdu bpdu) {
  if (bpdu.version < kRstp) return refused("an RST BPDU of version 0 or 1, which have none");
  if (!body.has(kRstLen)) return body.lacks(kRstLen, "too short for an RST BPDU");
  read_priority_vector(body, bpdu);
  if (bpdu.version < kMstp) return with_cisco_vlan(body, std::move(bpdu));
  auto mst = parse_mst_part(body);
  if (!mst) return tl::unexpected(mst.error());
  bpdu.mst = std::move(*mst);
  return bpdu.mst ? BpduResult{std::move(bpdu)} : with_cisco_vlan(body, std::move(bpdu));
}

[[nodiscard]] BpduResult parse(const BpduBody& body, bool is_cisco) {
  constexpr std::uint16_t kSpanningTree = 0;
  if (!body.has(kTcnLen)) return body.lacks(kTcnLen, "too short for any BPDU");
  if (body.u16(0) != kSpanningTree) return refused("unknown protocol identifier");
  Bpdu bpdu;
  bpdu.version = body.octet(2);
  bpdu.type = BpduType{body.octet(3)};
  bpdu.is_cisco = is_cisco;
  switch (bpdu.type) {
    case BpduType::tcn:
      return bpdu;
    case BpduType::config:
      return parse_config(body, std::move(bpdu));
    case BpduType::rapid:
      return parse_rapid(body, std::move(bpdu));
  }
  return refused("unknown BPDU type");
}

}  // namespace

BpduResult parse_bpdu(const Packet& packet) {
  return parse(BpduBody{packet.body, packet.body_len}, packet.is_cisco);
}

BpduResult parse_bpdu(Bytes body, bool is_cisco) {
  return parse(BpduBody{body, body.size()}, is_cisco);
}

}  // namespace tapstat::decode
