// Which MAC addresses are one box's, and which IP addresses are at which MAC address: what links
// alone do not tell.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "analysis/forwarding/leg_table.h"
#include "analysis/model.h"
#include "decode/mac_address.h"

namespace tapstat::analysis::lvs {

using decode::MacAddress;

// A box by number; the capturing host of a Linux cooked capture is one, with all of its interfaces.
using BoxId = std::uint32_t;

class Boxes {
 public:
  explicit Boxes(const Model& model);

  // Who sent it, and to whom; nullopt: not known.
  [[nodiscard]] std::optional<BoxId> sender(const forwarding::Link& link) const;
  [[nodiscard]] std::optional<BoxId> receiver(const forwarding::Link& link) const;
  [[nodiscard]] const std::vector<MacAddress>& macs(BoxId box) const { return boxes_[box]; }

 private:
  [[nodiscard]] BoxId host_of(std::uint16_t input);
  void learn(const forwarding::Link& link);
  [[nodiscard]] std::optional<BoxId> find(const MacAddress& mac) const;

  std::vector<std::vector<MacAddress>> boxes_;
  std::map<MacAddress, BoxId> by_mac_;
  std::map<std::uint16_t, BoxId> hosts_;  // by input
};

// What ARP, IPv6 neighbour discovery and the sources of packets tell of IP addresses.
class Owners {
 public:
  explicit Owners(const Model& model);

  // Whether that MAC address announces or answers for the address.
  [[nodiscard]] bool claims(const MacAddress& mac, const IpAddress& ip) const;
  [[nodiscard]] const std::set<MacAddress>& claimants(const IpAddress& ip) const;
  // The address of a host, of a family: the only one that it claims, or else the only one that
  // packets come from which no router has handed on. None of `except` counts. nullopt: there is
  // none, or several.
  [[nodiscard]] std::optional<IpAddress> address_of(const MacAddress& mac, bool v4,
                                                    const std::set<IpAddress>& except) const;
  // Where a host with that address is, likewise.
  [[nodiscard]] std::optional<MacAddress> mac_of(const IpAddress& ip) const;
  [[nodiscard]] std::vector<IpAddress> addresses_of(const MacAddress& mac) const;

 private:
  struct Tie {
    bool is_claimed = false, is_source = false;
  };
  std::map<MacAddress, std::map<IpAddress, Tie>> by_mac_;
  std::map<IpAddress, std::set<MacAddress>> claimants_, sources_;
};

}  // namespace tapstat::analysis::lvs
