// What one BPDU says of one spanning tree: an MST BPDU speaks of several at once.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "capture/frame.h"
#include "decode/bpdu.h"
#include "decode/segment.h"

namespace tapstat::analysis::spanning_tree {

using capture::Timestamp;
using decode::BridgeId;

// Which spanning tree.
struct InstanceKey {
  enum class Kind : std::uint8_t {
    common,  // STP, RSTP, and the CIST of MSTP: bridges of all three take part in one tree
    cisco,   // PVST+ and Rapid-PVST+: one a VLAN
    msti,    // of one region
  };
  Kind kind = Kind::common;
  // Cisco's VLAN, the number of an MSTI, or the tag that IEEE BPDUs came in; 0 for no tag.
  std::uint16_t number = 0;
  decode::TunnelId tunnel = 0;  // the overlay that has it; 0: the wire
  decode::MstRegion region;     // of an MSTI
  // NOLINTNEXTLINE(modernize-use-nullptr): it takes the 0 of a defaulted comparison for a pointer.
  friend auto operator<=>(const InstanceKey&, const InstanceKey&) = default;
};

// A priority vector: of two, the lesser is better. IEEE 802.1D-2004 section 17.5 and, with regions,
// 802.1Q section 13.10. Of a tree without regions the regional root is the sender and the internal
// cost 0; of an MSTI the root is the regional root and the external cost 0.
struct Vector {
  BridgeId root;
  std::uint32_t external_cost = 0;
  BridgeId regional_root;
  std::uint32_t internal_cost = 0;
  BridgeId bridge;
  std::uint16_t port = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): it takes the 0 of a defaulted comparison for a pointer.
  friend auto operator<=>(const Vector&, const Vector&) = default;
};

// As the root sets them, and every bridge passes them on.
struct TreeTimers {
  decode::Bpdu::Time hello_time{}, max_age{}, forward_delay{};
  friend bool operator==(const TreeTimers&, const TreeTimers&) = default;
};

// What one BPDU says of one tree, but for the address of who sent it.
struct Message {
  InstanceKey key;
  Vector vector;
  std::uint8_t version = 0;
  decode::BpduFlags flags;
  decode::BpduRole role = decode::BpduRole::unknown;  // of the port that sent it
  decode::Bpdu::Time message_age{};
  TreeTimers timers;
  std::optional<std::uint8_t> remaining_hops;  // of MSTP
  std::optional<decode::MstRegion> region;     // of MSTP, of the sender

  // How long what it says is held on its segment. STP: 802.1D-1998 section 8.6.7 (max age less the
  // message age). RSTP and MSTP: three hellos, unless it has come too far (802.1D-2004 section
  // 17.21.23, 802.1Q section 13.29.32 updtRcvdInfoWhile).
  [[nodiscard]] std::chrono::nanoseconds lifetime() const;
};

// What a BPDU came in.
struct Surroundings {
  decode::VlanStack vlans;
  decode::TunnelId tunnel = 0;
};

// The tree that a topology change notification is about; of a config BPDU the same.
[[nodiscard]] InstanceKey key_of(const decode::Bpdu& bpdu, const Surroundings& around);

// Not of a TCN, which says nothing of any vector.
[[nodiscard]] std::vector<Message> messages_of(const decode::Bpdu& bpdu,
                                               const Surroundings& around);

}  // namespace tapstat::analysis::spanning_tree
