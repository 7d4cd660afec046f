#include "analysis/stations/router_notices.h"

#include <algorithm>

#include "analysis/stations/address_kinds.h"
#include "decode/dhcp.h"
#include "decode/icmp.h"
#include "decode/ipv4.h"
#include "decode/neighbor_discovery.h"
#include "decode/udp.h"

namespace tapstat::analysis::stations {

using decode::Bytes;
using decode::NdOption;
using decode::NdType;

namespace {

// The one that says the same before is replaced.
template <typename Notice>
void note(std::vector<Notice>& notices, const Notice& notice) {
  const auto known =
      std::find_if(notices.begin(), notices.end(), [&](const Notice& n) { return n.same(notice); });
  if (known != notices.end()) {
    *known = notice;
  } else if (notices.size() < RouterNotices::kMost) {
    notices.push_back(notice);
  }
}

[[nodiscard]] IpAddress v4(const decode::Ipv4Octets& octets) {
  return IpAddress::from_wire(octets.data(), 4);
}

}  // namespace

void RouterNotices::see(const decode::Packet& packet, const Heard& heard) {
  switch (packet.content) {
    case decode::Content::udp:
      return see_dhcp(packet, heard);
    case decode::Content::icmp:
      return see_redirect(packet, heard);
    case decode::Content::icmpv6:
      return see_nd(packet, heard);
    default:
      break;
  }
}

// To a host, not to a relay agent: its routers are those of another link (RFC 2131 section 4.1).
void RouterNotices::see_dhcp(const decode::Packet& packet, const Heard& heard) {
  const auto udp = decode::UdpView::parse(packet.body);
  if (!udp || udp->src_port() != decode::kDhcpServerPort ||
      udp->dst_port() != decode::kDhcpClientPort) {
    return;
  }
  const auto answer = decode::dhcp_answer(packet.body.subspan(decode::UdpView::kLen));
  if (!answer) return;
  if (answer->prefix_len && is_host_address(v4(answer->client))) {
    note(on_link_, {heard.link, Network(v4(answer->client), *answer->prefix_len)});
  }
  const auto note_route = [&](const Network& network, const decode::Ipv4Octets& router) {
    if (is_host_address(v4(router))) note(dhcp_routers_, {heard.link, network, v4(router)});
  };
  if (!answer->routes) {
    for (const auto& router : answer->routers) note_route(Network::everything(true), router);
    return;
  }
  for (const decode::DhcpRoute& route : *answer->routes) {
    note_route(Network(v4(route.network), route.prefix_len), route.router);
  }
}

// RFC 792: of codes 0 and 2, about a network whose size nobody says, no more is taken than the host
// that the quoted packet was for (RFC 1122 section 3.2.2.2).
void RouterNotices::see_redirect(const decode::Packet& packet, const Heard& heard) {
  constexpr std::uint8_t kRedirect = 5, kMostCode = 3;
  constexpr std::size_t kGatewayAt = 4, kQuoteAt = 8;
  const auto icmp = decode::IcmpView::parse(packet.body);
  if (!icmp || icmp->type() != kRedirect || icmp->code() > kMostCode) return;
  if (packet.body.size() < kQuoteAt) return;
  const auto quoted = decode::Ipv4View::parse(packet.body.subspan(kQuoteAt));
  if (!quoted) return;
  note(redirects_, {.link = heard.link,
                    .sender = heard.source,
                    .sender_ip = IpAddress::from_wire(packet.ip_src, 4),
                    .destination = IpAddress::from_wire(quoted->destination(), 4),
                    .gateway = IpAddress::from_wire(packet.body.data() + kGatewayAt, 4)});
}

void RouterNotices::see_nd(const decode::Packet& packet, const Heard& heard) {
  const auto nd = decode::NeighborDiscoveryView::parse(packet);
  if (!nd) return;
  if (nd->type() == NdType::router_advertisement) {
    note(advertisements_, {.link = heard.link,
                           .router = heard.source,
                           .time = heard.time,
                           .lifetime = std::chrono::seconds{nd->router_lifetime()}});
    nd->for_each_prefix([&](const decode::NdPrefix& p) {
      if (!p.on_link || p.length == 0 || p.length > 128) return;
      note(on_link_, {heard.link, Network(IpAddress::from_wire(p.prefix, 6), p.length)});
    });
  } else if (nd->type() == NdType::redirect) {
    const std::uint8_t* mac = nd->link_layer_address(NdOption::target_link_layer);
    note(redirects_, {.link = heard.link,
                      .sender = heard.source,
                      .sender_ip = IpAddress::from_wire(packet.ip_src, 6),
                      .destination = IpAddress::from_wire(nd->destination(), 6),
                      .gateway = IpAddress::from_wire(nd->target(), 6),
                      .gateway_mac = mac == nullptr ? std::nullopt
                                                    : std::optional{decode::mac_from_wire(mac)}});
  }
}

}  // namespace tapstat::analysis::stations
