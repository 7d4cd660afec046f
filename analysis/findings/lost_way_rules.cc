// Connections that do not keep to their way: to two real servers, back past the director, or to a
// real server that says of itself that it has the virtual address.
#include <algorithm>
#include <vector>

#include "analysis/findings/virtual_servers.h"
#include "analysis/neighbors/neighbor_table.h"
#include "analysis/neighbors/virtual_mac.h"

namespace tapstat::analysis {
namespace {

using forwarding::Crossing;
using forwarding::Leg;
using lvs::Mode;
using lvs::Path;
using lvs::Service;
using lvs::Target;

// The same packets, and not only what many connections say.
[[nodiscard]] bool is_proven(const VirtualServers& servers, const Path& path,
                             const Target& target) {
  const Leg& near = servers.leg(path.leg);
  const auto joins = servers.table().joins(near, 1 - forwarding::client_end(near).end);
  return std::any_of(joins.begin(), joins.end(), [&](const forwarding::Join& join) {
    return join.leg == target.leg &&
           (join.has(forwarding::Clue::numbers) || join.has(forwarding::Clue::isn));
  });
}

// More than the SYN: that may be sent again to another while nobody has answered.
[[nodiscard]] bool is_second(const VirtualServers& servers, const Path& path,
                             const Target& target) {
  if (servers.leads_to_director(target)) return false;
  if (target.leg == forwarding::kNoLeg) return true;
  const Leg& far = servers.leg(target.leg);
  return is_proven(servers, path, target) &&
         far.courses[forwarding::client_end(far).end].packets > far.syns;
}

void tell_split(Inquiry& inquiry, const VirtualServers& servers, const Path& path) {
  const Leg& near = servers.leg(path.leg);
  if (!VirtualServers::is_tcp(near)) return;
  if ((!near.acknowledged && near.syns > 0) || servers.leads_to_director(path.target)) return;
  const auto second = std::find_if(path.others.begin(), path.others.end(),
                                   [&](const Target& t) { return is_second(servers, path, t); });
  if (second == path.others.end()) return;
  const bool is_dated = second->frame != 0;
  const Evidence evidence =
      is_dated ? Evidence{second->first, second->frame} : Evidence{path.first, path.frame};
  if (!inquiry.is_in_period(evidence.time)) return;
  Finding& f = inquiry.about(FindingKind::lvs_split_handshake, path.vip);
  add_path(inquiry, f, path, evidence);
  for (const Target* target : {&path.target, &*second}) {
    if (target->socket) add_server(f, *target->socket);
  }
}

// Its answers were seen on a way that no director is at the end of, and on none that one is.
[[nodiscard]] bool goes_past(const VirtualServers& servers, const Path& path) {
  const Leg& near = servers.leg(path.leg);
  const Leg& far = servers.leg(path.target.leg);
  const int near_client = forwarding::client_end(near).end;
  const int far_client = forwarding::client_end(far).end;
  if (near.courses[1 - near_client].packets > 0 || far.courses[1 - far_client].packets == 0) {
    return false;
  }
  const auto answers = far.courses[1 - far_client].seen();
  return std::none_of(answers.begin(), answers.end(), [&](const Crossing& c) {
    const auto box = servers.receiver(c.link);
    return box && servers.is_director(*box);
  });
}

// Address translation must see the answers: DR and TUN have them go straight to the client.
void tell_bypass(Inquiry& inquiry, const VirtualServers& servers, const Path& path) {
  if (path.mode != Mode::nat || path.target.leg == forwarding::kNoLeg || !path.target.socket)
    return;
  if (!goes_past(servers, path)) return;
  const Evidence evidence{path.first, path.frame};
  if (!inquiry.is_in_period(evidence.time)) return;
  Finding& f = inquiry.about(FindingKind::lvs_reply_bypasses_director, *path.target.socket);
  f.other = path.vip;
  add_path(inquiry, f, path, evidence);
}

void count_all(Inquiry& inquiry, const VirtualServers& servers) {
  for (const Path& path : servers.overview().paths) {
    ++inquiry.about(FindingKind::lvs_split_handshake, path.vip).figures.of;
    if (!path.target.socket) continue;
    ++inquiry.about(FindingKind::lvs_reply_bypasses_director, *path.target.socket).figures.of;
  }
}

// Connections that clients sent straight to who has such a MAC address.
void count_direct(Inquiry& inquiry, const VirtualServers& servers, const Service& service,
                  Finding& f) {
  servers.for_each_request([&](std::uint32_t id, int client, const Service& of) {
    if (&of != &service) return;
    const Leg& leg = servers.leg(id);
    const auto seen = leg.courses[client].seen();
    const bool is_direct = std::any_of(seen.begin(), seen.end(), [&](const Crossing& c) {
      const auto to = servers.receiver(c.link);
      const auto from = servers.sender(c.link);
      return to && servers.is_server(service, *to) && !(from && servers.is_director(*from));
    });
    if (!is_direct) return;
    ++f.figures.count;
    add_connections(inquiry, f, servers.connections_of(id));
  });
}

// Where the packets do not name the real servers' MAC addresses (Linux cooked captures), whoever is
// no director.
[[nodiscard]] bool may_be_server(const VirtualServers& servers, const Service& service,
                                 const decode::MacAddress& mac) {
  if (servers.is_director(mac) || neighbors::is_virtual(mac)) return false;
  const bool are_known = std::any_of(service.servers.begin(), service.servers.end(),
                                     [](const lvs::RealServer& s) { return s.mac.has_value(); });
  return are_known ? servers.is_server(service, mac)
                   : service.mode == Mode::dr && servers.knows_directors();
}

void add_claim(const Inquiry& inquiry, Finding& f, const neighbors::Claim& claim) {
  auto& macs = f.lvs.macs;
  if (std::find(macs.begin(), macs.end(), claim.mac) != macs.end()) return;
  if (macs.size() < kMostAddresses) macs.push_back(claim.mac);
  const bool lies_inside = inquiry.is_in_period(claim.first);
  add_evidence(f, lies_inside ? Evidence{claim.first, claim.first_frame}
                              : Evidence{claim.claimed, claim.frame});
}

// Who says so without being the director, though it is to be silent.
[[nodiscard]] std::vector<const neighbors::Claim*> false_claims(const Inquiry& inquiry,
                                                                const VirtualServers& servers,
                                                                const Service& service) {
  std::vector<const neighbors::Claim*> claims;
  for (const neighbors::Binding& binding : inquiry.model().layer2.neighbors->bindings()) {
    if (!(binding.address == service.vip.address)) continue;
    for (const neighbors::Claim& claim : binding.claims) {
      const bool is_false = may_be_server(servers, service, claim.mac);
      if (is_false && inquiry.is_in_period(claim.claimed)) claims.push_back(&claim);
    }
  }
  return claims;
}

// The director has the address, and so has every real server: only the one may say so.
void tell_arp_problem(Inquiry& inquiry, const VirtualServers& servers, const Service& service) {
  if (service.mode != Mode::dr && service.mode != Mode::tun) return;
  const auto claims = false_claims(inquiry, servers, service);
  if (claims.empty()) return;
  Finding& f = inquiry.about(FindingKind::lvs_arp_problem, service.vip.address);
  for (const neighbors::Claim* claim : claims) add_claim(inquiry, f, *claim);
  for (const lvs::RealServer& server : service.servers) {
    const auto& macs = f.lvs.macs;
    const bool is_one =
        server.mac && std::find(macs.begin(), macs.end(), *server.mac) != macs.end();
    if (is_one && server.socket) add_server(f, *server.socket);
  }
  inquiry.explain(service.vip.address);
  count_direct(inquiry, servers, service, f);
}

// What directors hand over to one another goes with the virtual router.
void explain_shared(Inquiry& inquiry, const VirtualServers& servers) {
  for (const neighbors::Binding& binding : inquiry.model().layer2.neighbors->bindings()) {
    const bool is_shared =
        binding.claims.size() > 1 &&
        std::all_of(binding.claims.begin(), binding.claims.end(),
                    [&](const neighbors::Claim& claim) { return servers.is_director(claim.mac); });
    if (is_shared) inquiry.explain(binding.address);
  }
}

}  // namespace

void find_lost_ways(Inquiry& inquiry, const VirtualServers& servers) {
  count_all(inquiry, servers);
  for (const Path& path : servers.overview().paths) {
    if (path.leg == forwarding::kNoLeg) continue;
    if (!path.others.empty()) tell_split(inquiry, servers, path);
    tell_bypass(inquiry, servers, path);
  }
  if (inquiry.model().layer2.neighbors == nullptr) return;
  for (const Service& service : servers.overview().services) {
    tell_arp_problem(inquiry, servers, service);
  }
  if (servers.has_handovers()) explain_shared(inquiry, servers);
}

}  // namespace tapstat::analysis
