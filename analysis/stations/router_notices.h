// What messages say of routers: router advertisements (RFC 4861 section 4.2), DHCP answers
// (RFC 2131), ICMP redirects (RFC 792, RFC 4861 section 4.5). Kept as they were said, on which
// link; what follows from them is concluded in gateways.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/stations/claims.h"
#include "analysis/stations/network.h"
#include "decode/packet.h"

namespace tapstat::analysis::stations {

// The last one of a router.
struct RouterAdvertisement {
  LinkId link = 0;
  MacAddress router{};
  capture::Timestamp time{};
  std::chrono::seconds lifetime{};  // zero: it is no default router, or no more

  [[nodiscard]] bool same(const RouterAdvertisement& o) const {
    return link == o.link && router == o.router;
  }
};

// "The packets for `network` go to `router`", as a DHCP server told a host.
struct DhcpRouter {
  LinkId link = 0;
  Network network;
  IpAddress router;

  [[nodiscard]] bool same(const DhcpRouter& o) const {
    return link == o.link && network == o.network && router == o.router;
  }
};

struct Redirect {
  LinkId link = 0;
  MacAddress sender{};
  IpAddress sender_ip{};
  IpAddress destination{};
  IpAddress gateway{};  // the destination itself: it is on the link
  std::optional<MacAddress> gateway_mac{};

  [[nodiscard]] bool same(const Redirect& o) const {
    return link == o.link && sender == o.sender && destination == o.destination &&
           gateway == o.gateway;
  }
};

// A network whose hosts are neighbours on that link: by DHCP's subnet mask, by a prefix with the
// on-link flag (RFC 4861 section 4.6.2).
struct OnLinkNetwork {
  LinkId link = 0;
  Network network;

  [[nodiscard]] bool same(const OnLinkNetwork& o) const {
    return link == o.link && network == o.network;
  }
};

class RouterNotices {
 public:
  // Of each kind; those that come when there are as many are left out.
  static constexpr std::size_t kMost = 1024;

  // A packet that is in no tunnel.
  void see(const decode::Packet& packet, const Heard& heard);

  [[nodiscard]] const auto& advertisements() const { return advertisements_; }
  [[nodiscard]] const auto& dhcp_routers() const { return dhcp_routers_; }
  [[nodiscard]] const auto& redirects() const { return redirects_; }
  [[nodiscard]] const auto& on_link() const { return on_link_; }

 private:
  void see_dhcp(const decode::Packet& packet, const Heard& heard);
  void see_redirect(const decode::Packet& packet, const Heard& heard);
  void see_nd(const decode::Packet& packet, const Heard& heard);

  std::vector<RouterAdvertisement> advertisements_;
  std::vector<DhcpRouter> dhcp_routers_;
  std::vector<Redirect> redirects_;
  std::vector<OnLinkNetwork> on_link_;
};

}  // namespace tapstat::analysis::stations
