#include "analysis/stations/gateways.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "analysis/stations/address_kinds.h"
#include "analysis/stations/hops.h"
#include "analysis/stations/link_facts.h"

namespace tapstat::analysis::stations {
namespace {

// An address of the other side of a gateway is one of a network about this large: nobody says how
// large it really is.
[[nodiscard]] unsigned cluster_length(bool v4) { return v4 ? 24 : 64; }

// Networks that have nothing to do with each other: they differ in these leading bits, those that
// registries give out by (RFC 7020; IPv6: what a provider gets at least).
[[nodiscard]] unsigned unrelated_length(bool v4) { return v4 ? 8 : 32; }

// As many networks as no host has addresses of its own in, or as no static routes are written for.
constexpr std::size_t kSpread = 3;

constexpr std::size_t kMostOwn = 8;

// What one MAC is found to forward for.
class Candidate {
 public:
  void add(const IpAddress& ip, Evidence evidence) {
    seen_.push_back(ip);
    how_.set(static_cast<std::size_t>(evidence));
  }
  // Seen, and proof only together with others.
  void suspect(const IpAddress& ip) { suspects_.push_back(ip); }
  // A message says so. Of length 0: a default route.
  void add(const Network& network, Evidence evidence) {
    if (network.length() == 0) {
      (network.is_v4() ? out_.is_default_v4 : out_.is_default_v6) = true;
    } else {
      out_.networks.push_back(network);
    }
    how_.set(static_cast<std::size_t>(evidence));
  }

  // nullopt: nothing proves it.
  [[nodiscard]] std::optional<Gateway> conclude();

 private:
  void conclude_family(bool v4);

  Gateway out_;
  std::bitset<kEvidenceKinds> how_;
  std::vector<IpAddress> seen_, suspects_;
};

using Candidates = std::map<MacAddress, Candidate>;

[[nodiscard]] std::set<Network> networks_of(const std::vector<IpAddress>& addresses, bool v4,
                                            unsigned length) {
  std::set<Network> networks;
  for (const IpAddress& ip : addresses) {
    if (ip.is_v4() == v4) networks.insert(Network(ip, length));
  }
  return networks;
}

// Public networks that have nothing in common: nobody has a route for each of them.
[[nodiscard]] bool is_spread(const std::vector<IpAddress>& addresses, bool v4) {
  std::vector<IpAddress> of_public;
  std::copy_if(addresses.begin(), addresses.end(), std::back_inserter(of_public), is_public);
  return networks_of(of_public, v4, unrelated_length(v4)).size() >= kSpread;
}

// The smallest network within each /24 (/64) that has all of its addresses.
[[nodiscard]] std::vector<Network> clusters_of(const std::vector<IpAddress>& addresses, bool v4) {
  std::map<Network, Network> clusters;
  for (const IpAddress& ip : addresses) {
    if (ip.is_v4() != v4) continue;
    const Network alone(ip, 128);
    const auto [at, is_new] = clusters.try_emplace(Network(ip, cluster_length(v4)), alone);
    if (!is_new) at->second = Network::around(at->second, alone);
  }
  std::vector<Network> networks;
  networks.reserve(clusters.size());
  for (const auto& [cluster, network] : clusters) networks.push_back(network);
  return networks;
}

// Ascending, and without those that lie in another.
void tidy(std::vector<Network>& networks) {
  std::sort(networks.begin(), networks.end());
  std::vector<Network> kept;
  for (const Network& n : networks) {
    if (kept.empty() || !kept.back().contains(n)) kept.push_back(n);
  }
  networks = std::move(kept);
}

void Candidate::conclude_family(bool v4) {
  bool& is_default = v4 ? out_.is_default_v4 : out_.is_default_v6;
  is_default = is_default || is_spread(seen_, v4);
  const auto clusters = clusters_of(seen_, v4);
  out_.networks.insert(out_.networks.end(), clusters.begin(), clusters.end());
}

std::optional<Gateway> Candidate::conclude() {
  for (const bool v4 : {true, false}) {
    if (networks_of(suspects_, v4, cluster_length(v4)).size() < kSpread) continue;
    for (const IpAddress& ip : suspects_) {
      if (ip.is_v4() == v4) add(ip, Evidence::off_link);
    }
  }
  if (how_.none()) return std::nullopt;
  for (const bool v4 : {true, false}) conclude_family(v4);
  std::erase_if(out_.networks, [&](const Network& n) {
    return n.is_v4() ? out_.is_default_v4 : out_.is_default_v6;
  });
  tidy(out_.networks);
  out_.how = how_;
  return out_;
}

// RFC 1027: M answers for the address and never speaks in its name, has another one that it does
// speak for, and what it sends from the address has come over a router: itself. A host with several
// addresses sends from each with the TTL it begins with.
[[nodiscard]] bool is_proxied(const Address& a, const LinkFacts& facts) {
  if (!a.is_answered || a.is_announced || !a.is_source) return false;
  return hops_of(a.best_ttl).value_or(0) > 0 && facts.announces_another(a.mac, a.link, a.ip);
}

// The MAC sends packets of the address that have come over hops, and that is no property of the MAC
// as a whole: it is on the link itself, or what else it sends came over another number of them; or
// the packets were seen before it forwarded them. What is on the link by itself must have been.
[[nodiscard]] bool shows_ttl_step(const Address& a, const LinkFacts& facts) {
  const auto hops = a.is_source ? hops_of(a.best_ttl) : std::nullopt;
  if (hops.value_or(0) == 0) return false;
  if (facts.is_nearer_elsewhere(a)) return true;
  if (facts.is_on_link(a.link, a.ip) || facts.is_in_network(a.link, a.ip).value_or(false)) {
    return false;
  }
  const bool v4 = a.ip.is_v4();
  return facts.is_at_home(a.mac, a.link, v4) ||
         facts.sends_from_other_distance(a.mac, a.link, v4, *hops);
}

enum class Standing : std::uint8_t { on_link, unknown, off_link };

// Hosts that send to the MAC, whose own address they know, a packet for an address that nobody ever
// asked for have it as their gateway - unless the address is one more of the MAC's, asked for
// before the capture began: then its packets have come over no hops.
[[nodiscard]] Standing standing_of(const Address& a, const LinkFacts& facts) {
  if (!facts.is_at_home(a.mac, a.link, a.ip.is_v4())) return Standing::on_link;
  if (facts.is_on_link(a.link, a.ip)) return Standing::on_link;
  const auto in_network = facts.is_in_network(a.link, a.ip);
  if (in_network.value_or(false)) return Standing::on_link;
  const auto hops = facts.hops(a.link, a.ip);
  if (hops && *hops == 0) return Standing::on_link;
  // What another MAC forwards from the address does not tell the way to it: a director passes on
  // what clients of its own link send.
  const bool comes_from_there = hops && a.is_source;
  if (comes_from_there || in_network) return Standing::off_link;
  return facts.is_sent_to_several(a.link, a.ip) ? Standing::on_link : Standing::unknown;
}

// By what frames carry.
void judge(const Address& a, const LinkFacts& facts, Candidates& candidates) {
  if (!a.is_destination || !is_routable(a.ip)) return;
  Candidate& candidate = candidates[a.mac];
  if (facts.claims(a.mac, a.ip)) {
    if (is_proxied(a, facts)) candidate.add(a.ip, Evidence::arp_proxy);
    return;
  }
  if (shows_ttl_step(a, facts)) candidate.add(a.ip, Evidence::ttl);
  switch (standing_of(a, facts)) {
    case Standing::on_link:
      return;
    case Standing::off_link:
      return candidate.add(a.ip, Evidence::off_link);
    case Standing::unknown:
      return candidate.suspect(a.ip);
  }
}

void judge(const RouterAdvertisement& ra, capture::Timestamp now, Candidates& candidates) {
  const bool is_router = ra.lifetime.count() > 0 && now - ra.time <= ra.lifetime;
  if (is_router) {
    candidates[ra.router].add(Network::everything(false), Evidence::router_advertisement);
  }
}

void judge(const DhcpRouter& said, const LinkFacts& facts, Candidates& candidates) {
  if (const auto mac = facts.owner(said.link, said.router)) {
    candidates[*mac].add(said.network, Evidence::dhcp);
  }
}

// The sender forwarded the packet that it writes of, and so is a gateway for it as much as the one
// it names. Not where its address is another's.
void judge(const Redirect& redirect, const LinkFacts& facts, Candidates& candidates) {
  const auto owner = facts.owner(redirect.link, redirect.sender_ip);
  if (owner && *owner != redirect.sender) return;
  if (!is_routable(redirect.destination)) return;
  const Network host(redirect.destination, 128);
  candidates[redirect.sender].add(host, Evidence::redirect);
  if (redirect.gateway == redirect.destination) return;
  const auto mac =
      redirect.gateway_mac ? redirect.gateway_mac : facts.owner(redirect.link, redirect.gateway);
  if (mac) candidates[*mac].add(host, Evidence::redirect);
}

// The first few: a host that claims thousands of addresses is not worth more.
void note_own(const Address& a, const LinkFacts& facts, std::map<MacAddress, Gateway>& gateways) {
  if (!a.is_claimed() || is_proxied(a, facts)) return;
  const auto gateway = gateways.find(a.mac);
  if (gateway == gateways.end()) return;
  if (!gateway->second.serves(a.ip.is_v4())) return;
  auto& own = gateway->second.own;
  if (own.size() >= kMostOwn) return;
  if (std::find(own.begin(), own.end(), a.ip) == own.end()) own.push_back(a.ip);
}

}  // namespace

std::map<MacAddress, Gateway> find_gateways(const StationTable& table, capture::Timestamp now) {
  const LinkFacts facts(table);
  Candidates candidates;
  for (std::uint32_t i = 0; i < table.addresses().size(); ++i) {
    judge(table.addresses()[i], facts, candidates);
  }
  const RouterNotices& notices = table.notices();
  for (const auto& ra : notices.advertisements()) judge(ra, now, candidates);
  for (const auto& said : notices.dhcp_routers()) judge(said, facts, candidates);
  for (const auto& redirect : notices.redirects()) judge(redirect, facts, candidates);
  std::map<MacAddress, Gateway> gateways;
  for (auto& [mac, candidate] : candidates) {
    if (auto gateway = candidate.conclude()) gateways.emplace(mac, std::move(*gateway));
  }
  for (std::uint32_t i = 0; i < table.addresses().size(); ++i) {
    note_own(table.addresses()[i], facts, gateways);
  }
  return gateways;
}

}  // namespace tapstat::analysis::stations
