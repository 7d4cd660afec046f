// What is known of the links at the end of the capture: which addresses are on them, whose they
// are, and how far away others are.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "analysis/stations/station_table.h"

namespace tapstat::analysis::stations {

class LinkFacts {
 public:
  explicit LinkFacts(const StationTable& table);

  // Somebody claims it there, or is asked for it there: hosts take it for a neighbour's.
  [[nodiscard]] bool is_on_link(LinkId link, const IpAddress& ip) const {
    return on_link_.contains({link, ip});
  }
  // Whether it lies in a network that DHCP or a router says is on the link; nullopt: they name none
  // of its family.
  [[nodiscard]] std::optional<bool> is_in_network(LinkId link, const IpAddress& ip) const;

  // Who claimed it last.
  [[nodiscard]] std::optional<MacAddress> owner(LinkId link, const IpAddress& ip) const;
  [[nodiscard]] bool claims(const MacAddress& mac, const IpAddress& ip) const {
    return claims_.contains({mac, ip});
  }
  // The MAC has an address of that family there: it is a host of that link, no hops away.
  [[nodiscard]] bool is_at_home(const MacAddress& mac, LinkId link, bool v4) const {
    return homes_.contains({{mac, link}, v4});
  }
  // It makes another address than `ip` known as its own there.
  [[nodiscard]] bool announces_another(const MacAddress& mac, LinkId link,
                                       const IpAddress& ip) const;

  // Several MACs there were sent packets for the address: what one of them was, the next was sent
  // by it.
  [[nodiscard]] bool is_sent_to_several(LinkId link, const IpAddress& ip) const {
    return sent_to_several_.contains({link, ip});
  }
  // The fewest hops that packets from the address came over there, from whichever MAC.
  [[nodiscard]] std::optional<unsigned> hops(LinkId link, const IpAddress& ip) const;
  // Whether packets from it were seen, anywhere and from another MAC, with a higher TTL that began
  // as this one did.
  [[nodiscard]] bool is_nearer_elsewhere(const Address& address) const;
  // Whether the MAC sends, there, packets of `v4` or not that came over another number of hops.
  [[nodiscard]] bool sends_from_other_distance(const MacAddress& mac, LinkId link, bool v4,
                                               unsigned hops) const;

 private:
  using Place = std::pair<LinkId, IpAddress>;
  using Home = std::pair<std::pair<MacAddress, LinkId>, bool>;  // with the family: whether IPv4
  struct Sight {
    MacAddress mac{};
    std::uint8_t ttl = 0;
  };
  struct Highest {
    Sight best, next;  // of two MACs
  };

  void take(const Address& a);
  void note_height(const Address& a, unsigned first_ttl);

  const RouterNotices& notices_;
  std::set<Place> on_link_;
  std::map<Place, std::pair<capture::Timestamp, MacAddress>> owners_;
  std::set<std::pair<MacAddress, IpAddress>> claims_;
  std::set<Home> homes_;
  std::map<Home, std::set<IpAddress>> announced_;
  std::map<Place, MacAddress> receivers_;  // the first one
  std::set<Place> sent_to_several_;
  std::map<Place, unsigned> hops_;
  std::map<Home, std::set<unsigned>> distances_;
  std::map<std::pair<IpAddress, unsigned>, Highest> highest_;  // by the TTL it began with
};

}  // namespace tapstat::analysis::stations
