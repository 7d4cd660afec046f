#include "analysis/stations/link_facts.h"

#include <algorithm>
#include <utility>

#include "analysis/stations/hops.h"

namespace tapstat::analysis::stations {

LinkFacts::LinkFacts(const StationTable& table) : notices_(table.notices()) {
  for (std::uint32_t i = 0; i < table.addresses().size(); ++i) take(table.addresses()[i]);
}

void LinkFacts::take(const Address& a) {
  const Place place{a.link, a.ip};
  const Home home{{a.mac, a.link}, a.ip.is_v4()};
  if (a.is_claimed() || a.is_asked_for) on_link_.insert(place);
  if (a.is_claimed()) {
    claims_.insert({a.mac, a.ip});
    homes_.insert(home);
    const std::pair claim{a.last_claim, a.mac};
    auto& owner = owners_.try_emplace(place, claim).first->second;
    owner = std::max(owner, claim);
  }
  if (a.is_announced) announced_[home].insert(a.ip);
  if (a.is_destination) {
    const bool is_first = receivers_.try_emplace(place, a.mac).second;
    if (!is_first) sent_to_several_.insert(place);
  }
  if (!a.is_source) return;
  const auto hops = hops_of(a.best_ttl);
  if (!hops) return;
  auto& fewest = hops_.try_emplace(place, *hops).first->second;
  fewest = std::min(fewest, *hops);
  distances_[home].insert(*hops);
  note_height(a, a.best_ttl + *hops);
}

std::optional<bool> LinkFacts::is_in_network(LinkId link, const IpAddress& ip) const {
  std::optional<bool> found;
  for (const OnLinkNetwork& known : notices_.on_link()) {
    if (known.link != link || known.network.is_v4() != ip.is_v4()) continue;
    found = found.value_or(false) || known.network.contains(ip);
  }
  return found;
}

std::optional<MacAddress> LinkFacts::owner(LinkId link, const IpAddress& ip) const {
  const auto found = owners_.find({link, ip});
  return found == owners_.end() ? std::nullopt : std::optional{found->second.second};
}

bool LinkFacts::announces_another(const MacAddress& mac, LinkId link, const IpAddress& ip) const {
  const auto found = announced_.find({{mac, link}, ip.is_v4()});
  return found != announced_.end() && found->second.size() > found->second.count(ip);
}

std::optional<unsigned> LinkFacts::hops(LinkId link, const IpAddress& ip) const {
  const auto found = hops_.find({link, ip});
  return found == hops_.end() ? std::nullopt : std::optional{found->second};
}

void LinkFacts::note_height(const Address& a, unsigned first_ttl) {
  Highest& highest = highest_[{a.ip, first_ttl}];
  const Sight sight{a.mac, a.best_ttl};
  if (sight.mac == highest.best.mac) {
    highest.best.ttl = std::max(highest.best.ttl, sight.ttl);
  } else if (sight.ttl > highest.best.ttl) {
    highest.next = std::exchange(highest.best, sight);
  } else if (sight.ttl > highest.next.ttl) {
    highest.next = sight;
  }
}

bool LinkFacts::is_nearer_elsewhere(const Address& address) const {
  const unsigned first_ttl = address.best_ttl + hops_of(address.best_ttl).value_or(0);
  const auto found = highest_.find({address.ip, first_ttl});
  if (found == highest_.end()) return false;
  const Highest& highest = found->second;
  const Sight& other = highest.best.mac == address.mac ? highest.next : highest.best;
  return other.ttl > address.best_ttl;
}

bool LinkFacts::sends_from_other_distance(const MacAddress& mac, LinkId link, bool v4,
                                          unsigned hops) const {
  const auto found = distances_.find({{mac, link}, v4});
  return found != distances_.end() && found->second.size() > found->second.count(hops);
}

}  // namespace tapstat::analysis::stations
