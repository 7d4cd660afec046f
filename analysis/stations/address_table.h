// Which IP addresses stand beside which MAC address, on which link: as the source of its frames, as
// the destination of frames to it, and in what it claims by ARP and IPv6 neighbour discovery.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/arena.h"
#include "analysis/flow_index.h"
#include "analysis/flow_key.h"
#include "analysis/ip_address.h"
#include "decode/mac_address.h"

namespace tapstat::analysis::stations {

using decode::MacAddress;

// Number of a link: a VLAN at a capture point (LinkTable).
using LinkId = std::uint16_t;

struct Address {
  MacAddress mac{};  // zero: of no host that is known, only somebody asked for it
  LinkId link = 0;
  IpAddress ip;
  capture::Timestamp last_claim{};  // where it is announced or answered for
  std::uint8_t best_ttl = 0;        // the highest of the packets from it
  bool is_source : 1 = false;       // frames from the MAC carry packets from it
  bool is_destination : 1 = false;  // frames to the MAC carry packets to it
  bool is_announced : 1 = false;    // the MAC asks in its name, or makes it known unasked
  bool is_answered : 1 = false;     // the MAC answers for it
  bool is_asked_for : 1 = false;    // somebody on that link asks who has it

  [[nodiscard]] bool is_claimed() const { return is_announced || is_answered; }
};

// In the order they were first seen.
class AddressTable {
 public:
  // No more are kept than these, whatever floods of addresses come; claims and questions, which are
  // what others are judged by, have some room of their own.
  static constexpr std::uint32_t kMostSeen = 1u << 18, kMost = kMostSeen + (1u << 16);
  static constexpr std::uint32_t kNone = FlowIndex::kNone;

  explicit AddressTable(std::uint64_t secret) : hash_(secret) {}

  [[nodiscard]] std::uint32_t size() const { return addresses_.size(); }
  [[nodiscard]] const Address& operator[](std::uint32_t i) const { return addresses_[i]; }
  [[nodiscard]] Address& operator[](std::uint32_t i) { return addresses_[i]; }

  // The one of these three, made where there is room; kNone: there was none.
  [[nodiscard]] std::uint32_t enter(const MacAddress& mac, LinkId link, const IpAddress& ip,
                                    std::uint32_t most);

 private:
  KeyedHash hash_;
  FlowIndex index_;
  Arena<Address> addresses_;
};

}  // namespace tapstat::analysis::stations
