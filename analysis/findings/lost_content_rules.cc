// What does not reach the real server of an open connection: segments too large for the tunnel, and
// the client's address.
#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "analysis/findings/path_quality.h"
#include "analysis/findings/virtual_servers.h"
#include "decode/ip_protocol.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using forwarding::Complaint;
using forwarding::Crossing;
using forwarding::Leg;
using lvs::Mode;
using lvs::Path;

// Who hears "fragmentation needed" sends smaller segments from then on; what was on its way is gone
// by now.
constexpr auto kHeard = 1s;
constexpr std::uint64_t kSentInVain = 3;

// The first of those that a director sent about the client's large packets, where it had to go on.
[[nodiscard]] std::optional<Evidence> unheard_complaint(const VirtualServers& servers,
                                                        const Path& path) {
  const Leg& near = servers.leg(path.leg);
  const int client = forwarding::client_end(near).end;
  std::optional<Evidence> first;
  Timestamp last{};
  for (const Complaint& c : servers.complaints(path.leg)) {
    const bool is_it =
        c.end == client && meaning_of(c, path.vip.address.is_v4()) == Undelivered::too_big;
    if (!is_it) continue;
    if (!first) first = Evidence{c.time, c.frame};
    last = c.time;
  }
  if (!first || last - first->time < kHeard) return std::nullopt;
  return first;
}

// Large segments came into the director again and again, and went into no tunnel.
[[nodiscard]] bool lost_large(const Inquiry& inquiry, const VirtualServers& servers,
                              const Path& path) {
  const Leg& near = servers.leg(path.leg);
  const int end = forwarding::client_end(near).end;
  std::uint32_t plain = 0, tunnelled = 0;
  for (const Crossing& c : near.courses[end].seen()) {
    auto& packets = servers.table().links()[c.link].tunnel == 0 ? plain : tunnelled;
    packets = std::max(packets, c.packets);
  }
  return std::any_of(path.connections.begin(), path.connections.end(), [&](std::uint32_t id) {
    const tcp::Connection c = inquiry.connection(id);
    const auto q = path_quality(inquiry.model(), c, c.client());
    if (!q) return false;
    if (drops_large(*q)) return true;
    return q->largest_times >= kSentInVain && q->largest_resent > q->largest_acked &&
           q->largest_resent > kAlwaysPasses && tunnelled > 0 &&
           plain >= tunnelled + q->largest_times;
  });
}

[[nodiscard]] std::uint64_t largest_resent(const Inquiry& inquiry, const Path& path) {
  std::uint64_t largest = 0;
  for (const std::uint32_t id : path.connections) {
    const tcp::Connection c = inquiry.connection(id);
    if (const auto q = path_quality(inquiry.model(), c, c.client())) {
      largest = std::max<std::uint64_t>(largest, q->largest_resent);
    }
  }
  return largest;
}

void tell_mtu(Inquiry& inquiry, const VirtualServers& servers, const Path& path) {
  if (path.mode != Mode::tun || !VirtualServers::is_tcp(servers.leg(path.leg))) return;
  auto evidence = unheard_complaint(servers, path);
  const bool is_said = evidence.has_value();
  if (!is_said && !lost_large(inquiry, servers, path)) return;
  if (!is_said) evidence = Evidence{path.first, path.frame};
  if (!inquiry.is_in_period(path.last)) return;
  Finding& f = inquiry.about(FindingKind::lvs_mtu, path.vip);
  f.figures.of = servers.overview().services[path.service].paths.size();
  f.figures.icmp_errors += servers.complaints(path.leg).size();
  f.figures.most = std::max(f.figures.most, largest_resent(inquiry, path));
  if (path.target.socket) add_server(f, *path.target.socket);
  evidence->time = std::max(evidence->time, inquiry.begin());
  add_path(inquiry, f, path, *evidence);
}

// Of those that carry the client's address in a TCP option.
struct Toa {
  std::set<std::uint32_t> late;  // legs behind the director
  std::set<Socket> services;     // of which some do
};

[[nodiscard]] Toa find_toa(const VirtualServers& servers) {
  Toa toa;
  std::map<std::uint32_t, Socket> service_of;
  for (const Path& path : servers.overview().paths) {
    if (path.target.leg != forwarding::kNoLeg) service_of.emplace(path.target.leg, path.vip);
  }
  for (const forwarding::Carried& carried : servers.table().carried()) {
    const auto service = service_of.find(carried.leg);
    if (carried.clue != forwarding::Clue::toa || service == service_of.end()) continue;
    toa.services.insert(service->second);
    if (carried.is_late) toa.late.insert(carried.leg);
  }
  return toa;
}

// Data reached the real server, from the connection's start on, before it was told who sends it.
void tell_toa(Inquiry& inquiry, const VirtualServers& servers, const Toa& toa, const Path& path) {
  if (path.mode != Mode::fullnat || path.target.leg == forwarding::kNoLeg) return;
  if (!toa.services.contains(path.vip)) return;
  const Leg& far = servers.leg(path.target.leg);
  const int client = forwarding::client_end(far).end;
  Finding& f = inquiry.about(FindingKind::lvs_toa_missing, path.vip);
  ++f.figures.of;
  const bool is_late = toa.late.contains(path.target.leg);
  const bool is_missing = !far.has_carried[client] && far.courses[client].data_packets > 0;
  if (far.syns == 0 || (!is_late && !is_missing) || !inquiry.is_in_period(far.first)) return;
  if (is_late) ++f.lvs.late;
  if (path.target.socket) add_server(f, *path.target.socket);
  add_path(inquiry, f, path, {far.first, far.first_frame});
}

}  // namespace

void find_lost_contents(Inquiry& inquiry, const VirtualServers& servers) {
  const Toa toa = find_toa(servers);
  for (const Path& path : servers.overview().paths) {
    if (path.leg == forwarding::kNoLeg) continue;
    tell_mtu(inquiry, servers, path);
    tell_toa(inquiry, servers, toa, path);
  }
}

}  // namespace tapstat::analysis
