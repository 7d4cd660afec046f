#include "analysis/lvs/boxes.h"

#include <algorithm>
#include <array>

#include "analysis/neighbors/network.h"
#include "analysis/stations/station_table.h"

namespace tapstat::analysis::lvs {
namespace {

using forwarding::Link;
using forwarding::Passage;

// What systems begin with: Linux and BSD, Windows, network gear. A packet that has as many left
// came over no router.
constexpr std::array<std::uint8_t, 3> kInitialTtls = {64, 128, 255};

[[nodiscard]] bool is_unrouted(std::uint8_t ttl) {
  return std::find(kInitialTtls.begin(), kInitialTtls.end(), ttl) != kInitialTtls.end();
}

}  // namespace

Boxes::Boxes(const Model& model) {
  const auto& links = model.legs->links();
  for (std::uint32_t i = 0; i < links.size(); ++i) {
    if (links[i].passage == Passage::out) learn(links[i]);
  }
  for (std::uint32_t i = 0; i < links.size(); ++i) {
    if (links[i].passage == Passage::unknown || links[i].passage == Passage::in) learn(links[i]);
  }
}

BoxId Boxes::host_of(std::uint16_t input) {
  const auto [at, is_new] = hosts_.emplace(input, static_cast<BoxId>(boxes_.size()));
  if (is_new) boxes_.emplace_back();
  return at->second;
}

// What goes out of a host has the host's own MAC address; any other is a box of its own.
void Boxes::learn(const Link& link) {
  const auto add = [&](const MacAddress& mac, std::optional<BoxId> box) {
    if (decode::is_zero(mac) || decode::is_group(mac) || by_mac_.contains(mac)) return;
    if (!box) {
      box = static_cast<BoxId>(boxes_.size());
      boxes_.emplace_back();
    }
    by_mac_.emplace(mac, *box);
    boxes_[*box].push_back(mac);
  };
  if (link.passage == Passage::out) {
    // The same host may have been captured at several points.
    const auto known = by_mac_.find(link.from);
    if (known != by_mac_.end() && !hosts_.contains(link.input)) {
      hosts_.emplace(link.input, known->second);
    }
    return add(link.from, host_of(link.input));
  }
  if (link.passage == Passage::in) static_cast<void>(host_of(link.input));
  add(link.from, std::nullopt);
  add(link.to, std::nullopt);
}

std::optional<BoxId> Boxes::find(const MacAddress& mac) const {
  const auto found = by_mac_.find(mac);
  if (found == by_mac_.end()) return std::nullopt;
  return found->second;
}

std::optional<BoxId> Boxes::sender(const Link& link) const {
  if (link.passage == Passage::out) return hosts_.at(link.input);
  return find(link.from);
}

std::optional<BoxId> Boxes::receiver(const Link& link) const {
  if (link.passage == Passage::in) return hosts_.at(link.input);
  return find(link.to);
}

Owners::Owners(const Model& model) {
  if (model.layer2.stations == nullptr) return;
  const auto& addresses = model.layer2.stations->addresses();
  for (std::uint32_t i = 0; i < addresses.size(); ++i) {
    const stations::Address& a = addresses[i];
    if (decode::is_zero(a.mac) || neighbors::is_link_local(a.ip)) continue;
    const bool is_source = a.is_source && is_unrouted(a.best_ttl);
    if (!a.is_claimed() && !is_source) continue;
    Tie& tie = by_mac_[a.mac][a.ip];
    tie.is_claimed = tie.is_claimed || a.is_claimed();
    tie.is_source = tie.is_source || is_source;
    if (a.is_claimed()) claimants_[a.ip].insert(a.mac);
    if (is_source) sources_[a.ip].insert(a.mac);
  }
}

bool Owners::claims(const MacAddress& mac, const IpAddress& ip) const {
  return claimants(ip).contains(mac);
}

const std::set<MacAddress>& Owners::claimants(const IpAddress& ip) const {
  static const std::set<MacAddress> kNobody;
  const auto found = claimants_.find(ip);
  return found == claimants_.end() ? kNobody : found->second;
}

std::optional<IpAddress> Owners::address_of(const MacAddress& mac, bool v4,
                                            const std::set<IpAddress>& except) const {
  const auto found = by_mac_.find(mac);
  if (found == by_mac_.end()) return std::nullopt;
  const auto only = [&](bool Tie::*how) -> std::optional<IpAddress> {
    std::optional<IpAddress> address;
    for (const auto& [ip, tie] : found->second) {
      if (!(tie.*how) || ip.is_v4() != v4 || except.contains(ip)) continue;
      if (address) return std::nullopt;
      address = ip;
    }
    return address;
  };
  const auto claimed = only(&Tie::is_claimed);
  return claimed ? claimed : only(&Tie::is_source);
}

std::optional<MacAddress> Owners::mac_of(const IpAddress& ip) const {
  for (const auto* table : {&claimants_, &sources_}) {
    const auto found = table->find(ip);
    if (found != table->end() && found->second.size() == 1) return *found->second.begin();
  }
  return std::nullopt;
}

std::vector<IpAddress> Owners::addresses_of(const MacAddress& mac) const {
  std::vector<IpAddress> addresses;
  const auto found = by_mac_.find(mac);
  if (found == by_mac_.end()) return addresses;
  for (const auto& [ip, tie] : found->second) {
    if (tie.is_claimed) addresses.push_back(ip);
  }
  return addresses;
}

}  // namespace tapstat::analysis::lvs
