#include "analysis/lvs/vrrp_table.h"

#include <algorithm>
#include <tuple>

#include "analysis/neighbors/link_addresses.h"
#include "analysis/neighbors/network.h"

namespace tapstat::analysis::lvs {
namespace {

// What the clocks of capture points may differ by.
constexpr auto kSpread = std::chrono::seconds{10};

[[nodiscard]] auto order_of(const VrrpKey& key) {
  const neighbors::Network& network = key.network;
  return std::tuple(network.vlans.packed(), network.in_overlay, network.overlay, network.overlay_id,
                    key.ip_version, key.vrid);
}

[[nodiscard]] bool speaks_for(const VrrpRouter& router, const IpAddress& address,
                              const decode::MacAddress& mac) {
  const auto does = [&](const VrrpSpeaker& s) {
    const auto& has = s.addresses;
    return s.mac == mac && std::find(has.begin(), has.end(), address) != has.end();
  };
  return std::any_of(router.speakers().begin(), router.speakers().end(), does);
}

}  // namespace

bool operator<(const VrrpKey& a, const VrrpKey& b) { return order_of(a) < order_of(b); }

// The same one at another point; or, sooner than a router sends the next, at the same: by another
// interface of that host. Routers that number their packets (IPv4) leave no doubt.
bool VrrpTable::is_repeat(const capture::Frame& frame, const decode::Packet& packet,
                          const neighbors::Network& network, std::chrono::nanoseconds interval) {
  const IpAddress source = IpAddress::from_wire(packet.ip_src, packet.ip_version);
  std::uint64_t content = hash_.add(packet.ip_id, network.vlans.packed());
  for (const std::uint64_t word : {std::uint64_t{network.overlay_id}, source.high(), source.low()})
    content = hash_.add(content, word);
  for (const std::uint8_t octet : packet.body) content = hash_.add(content, octet);
  const neighbors::Point point = neighbors::point_of(frame);
  auto& slots = shown_[content % shown_.size()];
  Shown* oldest = &slots.front();
  for (Shown& slot : slots) {
    if (slot.time < oldest->time) oldest = &slot;
    if (slot.content != content || slot.time == Timestamp::min()) continue;
    const auto apart = std::chrono::abs(frame.time - slot.time);
    if (apart <= (slot.point == point ? interval / 2 : kSpread)) return true;
  }
  *oldest = {content, frame.time, point};
  return false;
}

void VrrpTable::see(const capture::Frame& frame, const decode::Packet& packet,
                    const decode::Decoder& decoder) {
  const auto advert = decode::vrrp_advert(packet);
  if (!advert) return;
  const auto network = neighbors::network_of(packet.vlans, packet.tunnel, decoder);
  if (is_repeat(frame, packet, network, advert->interval)) return;
  const VrrpKey key{network, packet.ip_version, advert->vrid};
  auto router = routers_.find(key);
  if (router == routers_.end() && routers_.size() < kMostRouters) {
    router = routers_.emplace(key, VrrpRouter{}).first;
  }
  const auto speaker =
      router == routers_.end()
          ? std::nullopt
          : router->second.enter(IpAddress::from_wire(packet.ip_src, packet.ip_version));
  if (!speaker) {
    ++left_out_;
    return;
  }
  router->second.note_mac(*speaker, neighbors::link_addresses(frame, packet).source);
  router->second.take(*speaker, *advert, {frame.time, frame.number}, room_);
}

bool VrrpTable::is_shared(const neighbors::Network& network, const IpAddress& address,
                          const decode::MacAddress& one, const decode::MacAddress& other) const {
  neighbors::Network lan = network;
  lan.link = 0;  // adverts do not leave theirs
  for (auto entry = routers_.lower_bound({lan, 0, 0});
       entry != routers_.end() && entry->first.network == lan; ++entry) {
    const VrrpRouter& router = entry->second;
    if (speaks_for(router, address, one) && speaks_for(router, address, other)) return true;
  }
  return false;
}

}  // namespace tapstat::analysis::lvs
