#include "analysis/findings/virtual_servers.h"

#include <algorithm>

#include "analysis/findings/rules.h"
#include "analysis/lvs/vrrp_table.h"
#include "decode/ip_protocol.h"

namespace tapstat::analysis {

using forwarding::Complaint;
using forwarding::Crossing;
using forwarding::Leg;
using forwarding::Link;
using lvs::BoxId;
using lvs::Path;
using lvs::Service;

Undelivered meaning_of(const Complaint& c, bool is_v4) {
  constexpr std::uint8_t kUnreachable = 3, kUnreachable6 = 1, kTooBig6 = 2;
  if (is_v4) {
    if (c.type != kUnreachable) return Undelivered::other;
    if (c.code == 0 || c.code == 1) return Undelivered::no_host;
    if (c.code == 4) return Undelivered::too_big;
    // Port, protocol; and those by which a filter says no (RFC 1812 section 5.2.7.1).
    const bool is_refusal =
        c.code == 2 || c.code == 3 || c.code == 9 || c.code == 10 || c.code == 13;
    return is_refusal ? Undelivered::refused : Undelivered::other;
  }
  if (c.type == kTooBig6) return Undelivered::too_big;
  if (c.type != kUnreachable6) return Undelivered::other;
  if (c.code == 0 || c.code == 3) return Undelivered::no_host;
  return c.code == 1 || c.code == 4 ? Undelivered::refused : Undelivered::other;
}

VirtualServers::VirtualServers(const Inquiry& inquiry)
    : overview_(inquiry.virtual_servers()), table_(*inquiry.model().legs), boxes_(inquiry.model()) {
  for (std::uint32_t i = 0; i < overview_.paths.size(); ++i) {
    const Path& path = overview_.paths[i];
    service_at_.emplace(std::tuple(path.protocol, path.vip), path.service);
    if (path.leg != forwarding::kNoLeg) path_of_.emplace(path.leg, i);
  }
  complaints_ = table_.complaints();
  std::stable_sort(complaints_.begin(), complaints_.end(),
                   [](const Complaint& a, const Complaint& b) { return a.leg < b.leg; });
  find_directors();
  if (inquiry.model().vrrp != nullptr) note_handovers(*inquiry.model().vrrp);
  std::vector<std::uint32_t> requests;
  for_each_request([&](std::uint32_t id, int, const Service&) { requests.push_back(id); });
  ids_.emplace(inquiry.model(), std::move(requests));
}

bool VirtualServers::is_tcp(const Leg& leg) { return leg.protocol == decode::ip_protocol::kTcp; }

const Path* VirtualServers::path_of(std::uint32_t leg) const {
  const auto found = path_of_.find(leg);
  return found == path_of_.end() ? nullptr : &overview_.paths[found->second];
}

const Service* VirtualServers::service_at(std::uint8_t protocol, const Socket& vip) const {
  const auto found = service_at_.find({protocol, vip});
  return found == service_at_.end() ? nullptr : &overview_.services[found->second];
}

std::span<const Complaint> VirtualServers::complaints(std::uint32_t leg) const {
  const auto before = [](const Complaint& c, std::uint32_t id) { return c.leg < id; };
  const auto first = std::lower_bound(complaints_.begin(), complaints_.end(), leg, before);
  auto last = first;
  while (last != complaints_.end() && last->leg == leg) ++last;
  return {first, last};
}

void VirtualServers::find_directors() {
  for (const Path& path : overview_.paths) {
    if (path.leg != forwarding::kNoLeg) note_director(path);
  }
}

// What gets a client's packet and sends it on to the real server: where that is known by its MAC
// address, routers before the director do not.
void VirtualServers::note_director(const Path& path) {
  const Leg& near = leg(path.leg);
  const int client = forwarding::client_end(near).end;
  if (path.target.leg != forwarding::kNoLeg) {
    const Leg& far = leg(path.target.leg);
    return note_hop(near, client, far, forwarding::client_end(far).end);
  }
  for (const Crossing& out : near.courses[client].seen()) {
    const Link& link = table_.links()[out.link];
    const auto box = sender(out.link);
    const bool is_last =
        link.tunnel != 0 || !link.has_to() || !path.target.mac || link.to == *path.target.mac;
    if (box && is_last && has_received(near, client, *box)) directors_.insert(*box);
  }
}

// Who got it last before its addresses were rewritten, and sent it a hop further on: one box,
// though its two cards may not be known to be one's.
void VirtualServers::note_hop(const Leg& near, int client, const Leg& far, int far_client) {
  const auto before = near.courses[client].seen();
  const auto last =
      std::min_element(before.begin(), before.end(),
                       [](const Crossing& a, const Crossing& b) { return a.ttl < b.ttl; });
  if (last == before.end()) return;
  const auto in = receiver(last->link);
  if (in) directors_.insert(*in);
  for (const Crossing& c : far.courses[far_client].seen()) {
    const auto out = sender(c.link);
    if (out && (out == in || c.ttl + 1 == last->ttl)) directors_.insert(*out);
  }
}

void VirtualServers::note_handovers(const lvs::VrrpTable& table) {
  // Before it packets may have been lost already, and ARP caches know of it a while later.
  constexpr auto kBefore = std::chrono::seconds{5}, kAfter = std::chrono::seconds{30};
  for (const auto& [key, router] : table.routers()) {
    for (const lvs::VrrpSpeaker& speaker : router.speakers()) {
      if (speaker.mac) speakers_.insert(*speaker.mac);
      for (const lvs::VrrpFailover& failover : router.failovers()) {
        for (const IpAddress& address : speaker.addresses) {
          handovers_.emplace(address,
                             Handover{failover.old_last.time - kBefore, failover.at.time + kAfter});
        }
      }
    }
  }
}

bool VirtualServers::was_handed_over(const IpAddress& vip, const Leg& leg) const {
  const auto [first, last] = handovers_.equal_range(vip);
  return std::any_of(first, last, [&](const auto& entry) {
    return entry.second.from <= leg.last && leg.first <= entry.second.until;
  });
}

bool VirtualServers::has_received(const Leg& leg, int sender, BoxId box) const {
  const auto seen = leg.courses[sender].seen();
  return std::any_of(seen.begin(), seen.end(),
                     [&](const Crossing& c) { return receiver(c.link) == box; });
}

bool VirtualServers::is_director(BoxId box) const {
  const auto& macs = boxes_.macs(box);
  return directors_.contains(box) ||
         std::any_of(macs.begin(), macs.end(),
                     [&](const decode::MacAddress& mac) { return speakers_.contains(mac); });
}

bool VirtualServers::is_director(const decode::MacAddress& mac) const {
  return speakers_.contains(mac) ||
         std::any_of(directors_.begin(), directors_.end(), [&](BoxId box) {
           const auto& macs = boxes_.macs(box);
           return std::find(macs.begin(), macs.end(), mac) != macs.end();
         });
}

bool VirtualServers::is_server(const Service& service, const decode::MacAddress& mac) const {
  return std::any_of(service.servers.begin(), service.servers.end(),
                     [&](const lvs::RealServer& server) { return server.mac == mac; });
}

bool VirtualServers::is_server(const Service& service, BoxId box) const {
  const auto& macs = boxes_.macs(box);
  return std::any_of(macs.begin(), macs.end(),
                     [&](const decode::MacAddress& mac) { return is_server(service, mac); });
}

Subject subject_of(const Path& path) {
  if (path.target.socket) return *path.target.socket;
  if (path.target.mac) return *path.target.mac;
  return path.vip;
}

void add_connections(Inquiry& inquiry, Finding& finding, const std::vector<std::uint32_t>& ids) {
  for (const std::uint32_t id : ids) {
    if (finding.connections.size() < kMostConnections) finding.connections.push_back(id);
    inquiry.explain(id);
  }
}

void add_path(Inquiry& inquiry, Finding& finding, const Path& path, const Evidence& evidence) {
  ++finding.figures.count;
  add_evidence(finding, evidence);
  if (path.protocol == decode::ip_protocol::kTcp) {
    add_connections(inquiry, finding, path.connections);
  }
}

void add_server(Finding& finding, const Socket& server) {
  auto& servers = finding.lvs.servers;
  if (servers.size() == kMostAddresses) return;
  if (std::find(servers.begin(), servers.end(), server) == servers.end()) servers.push_back(server);
}

namespace {

// Answers go past the director: that it is not seen to get them is as it should be.
void explain_one_way(Inquiry& inquiry) {
  for (const Path& path : inquiry.virtual_servers().paths) {
    const bool is_one_way = path.mode == lvs::Mode::dr || path.mode == lvs::Mode::tun;
    if (!is_one_way || path.protocol != decode::ip_protocol::kTcp) continue;
    for (const std::uint32_t id : path.connections) {
      const tcp::Verdict verdict = inquiry.verdict(id);
      if (verdict == tcp::Verdict::one_way || verdict == tcp::Verdict::no_answer)
        inquiry.explain(id);
    }
  }
}

}  // namespace

void find_virtual_server_trouble(Inquiry& inquiry) {
  if (inquiry.model().legs == nullptr || inquiry.virtual_servers().paths.empty()) return;
  const VirtualServers servers(inquiry);
  find_lost_ways(inquiry, servers);
  find_dead_servers(inquiry, servers);
  find_forgotten(inquiry, servers);
  find_lost_contents(inquiry, servers);
  explain_one_way(inquiry);
}

}  // namespace tapstat::analysis
