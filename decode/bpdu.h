// A bridge protocol data unit: IEEE 802.1D-1998 section 9 (STP), 802.1D-2004 section 9.3 (RSTP),
// 802.1Q section 14 (MSTP), and Cisco's PVST+ and Rapid-PVST+ (a VLAN behind it).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "decode/bytes.h"
#include "decode/mac_address.h"
#include "decode/packet.h"

namespace tapstat::decode {

// 802.1D-2004 section 9.2.5: 4 bits of priority, 12 of system id extension, the bridge's address.
// Bridges compare all 64 bits as one number; the lower one is better.
class BridgeId {
 public:
  constexpr BridgeId() = default;
  constexpr explicit BridgeId(std::uint64_t value) : value_(value) {}

  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
  [[nodiscard]] constexpr std::uint16_t priority() const {  // a multiple of 4096
    return static_cast<std::uint16_t>((value_ >> 48) & 0xf000);
  }
  [[nodiscard]] constexpr std::uint16_t system_id() const {  // VLAN, or MSTI
    return static_cast<std::uint16_t>((value_ >> 48) & 0x0fff);
  }
  [[nodiscard]] constexpr MacAddress mac() const {
    MacAddress mac{};
    for (std::size_t i = 0; i < mac.size(); ++i) {
      mac[i] = static_cast<std::uint8_t>(value_ >> (40 - 8 * i));
    }
    return mac;
  }
  // NOLINTNEXTLINE(modernize-use-nullptr): it takes the 0 of a defaulted comparison for a pointer.
  friend constexpr auto operator<=>(BridgeId, BridgeId) = default;

 private:
  std::uint64_t value_ = 0;
};

enum class BpduType : std::uint8_t { config = 0x00, rapid = 0x02, tcn = 0x80 };

// RST and MST BPDUs, flags 0x0c; config BPDUs have no role, and only designated ports send them.
enum class BpduRole : std::uint8_t {
  unknown = 0,
  alternate_or_backup = 1,
  root = 2,
  designated = 3
};

// Octet 4 (802.1D-2004 section 9.3.3), and the first octet of an MSTI's message.
class BpduFlags {
 public:
  constexpr BpduFlags() = default;
  constexpr explicit BpduFlags(std::uint8_t bits) : bits_(bits) {}
  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }
  [[nodiscard]] constexpr bool topology_change() const { return (bits_ & 0x01) != 0; }
  [[nodiscard]] constexpr bool proposal() const { return (bits_ & 0x02) != 0; }
  [[nodiscard]] constexpr BpduRole role() const { return BpduRole((bits_ >> 2) & 3); }
  [[nodiscard]] constexpr bool learning() const { return (bits_ & 0x10) != 0; }
  [[nodiscard]] constexpr bool forwarding() const { return (bits_ & 0x20) != 0; }
  [[nodiscard]] constexpr bool agreement() const { return (bits_ & 0x40) != 0; }
  // In a config BPDU topology change acknowledgment, in an MSTI's message master.
  [[nodiscard]] constexpr bool acknowledgment() const { return (bits_ & 0x80) != 0; }
  friend constexpr bool operator==(BpduFlags, BpduFlags) = default;

 private:
  std::uint8_t bits_ = 0;
};

// 802.1Q section 13.8: bridges of one region have the same.
struct MstRegion {
  std::uint8_t format = 0;  // its selector; 0 is the standard's
  std::string name;         // as sent, up to the first zero octet; may hold any bytes
  std::uint16_t revision = 0;
  std::array<std::uint8_t, 16> digest{};
  friend bool operator==(const MstRegion&, const MstRegion&) = default;
  // NOLINTNEXTLINE(modernize-use-nullptr): it takes the 0 of a defaulted comparison for a pointer.
  friend auto operator<=>(const MstRegion&, const MstRegion&) = default;
};

// One instance's part of an MST BPDU, 802.1Q section 14.4.1.
struct MstiMessage {
  std::uint16_t instance = 0;  // 1 to 4094
  BpduFlags flags;
  BridgeId regional_root;  // its system id is the instance's number, too
  std::uint32_t internal_cost = 0;
  // As in BridgeId and in a port id: a multiple of 4096, and of 16 in the high octet of the port
  // id.
  std::uint16_t bridge_priority = 0;
  std::uint8_t port_priority = 0;
  std::uint8_t remaining_hops = 0;
};

struct MstBpdu {
  MstRegion region;
  std::uint32_t internal_cost = 0;  // of the CIST, to the regional root
  BridgeId bridge;                  // the sender; Bpdu::bridge is its CIST regional root
  std::uint8_t remaining_hops = 0;
  std::vector<MstiMessage> instances;
  bool is_pre_standard = false;  // Cisco's layout before 802.1s was finished
};

struct Bpdu {
  using Time = std::chrono::duration<std::uint16_t, std::ratio<1, 256>>;  // the wire's unit

  std::uint8_t version = 0;  // 0 STP, 2 RSTP, 3 MSTP, 4 SPT
  BpduType type{};
  bool is_cisco = false;                    // PVST+ or Rapid-PVST+: in SNAP, of one VLAN
  std::optional<std::uint16_t> cisco_vlan;  // what its TLV says it is about

  // Of a TCN only what is above.
  BpduFlags flags;
  BridgeId root;
  std::uint32_t root_cost = 0;  // of an MST BPDU the external one
  BridgeId bridge;
  std::uint16_t port = 0;
  Time message_age{}, max_age{}, hello_time{}, forward_delay{};
  std::optional<MstBpdu> mst;

  // Who sent it.
  [[nodiscard]] BridgeId sender() const { return mst ? mst->bridge : bridge; }
};

// Why a BPDU was refused, in words for people; whole sentences without a full stop.
struct BpduError {
  std::string_view reason;
  bool is_cut_off = false;  // by the snap length: the sender did nothing wrong
};

// The content of a Packet that is a BPDU. The rules are those of a bridge that receives one, 802.1Q
// section 14.4, as mstpd (mstp.c, MSTP_IN_rx_bpdu) has them; what cannot be told apart from damage
// is refused.
[[nodiscard]] tl::expected<Bpdu, BpduError> parse_bpdu(const Packet& packet);

// `body` begins with the protocol identifier, behind LLC or SNAP, and was captured whole;
// `is_cisco` tells which.
[[nodiscard]] tl::expected<Bpdu, BpduError> parse_bpdu(Bytes body, bool is_cisco);

}  // namespace tapstat::decode
