// What directors know of connections, and no longer do.
#include <algorithm>
#include <chrono>

#include "analysis/findings/director_resets.h"
#include "analysis/findings/virtual_servers.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using forwarding::Crossing;
using forwarding::Leg;
using lvs::Path;

// Before it is sent again: RFC 6298 section 2.1.
constexpr auto kSentAgain = 900ms;
// IPVS counts in whole seconds, and nobody sets less.
constexpr auto kShortestTimeout = 1s;

void tell_expired(Inquiry& inquiry, const VirtualServers& servers, const DirectorReset& reset) {
  // What the director forgot while packets passed is no matter of time; nor is what it never knew,
  // since its clients began elsewhere.
  // Silence is not told between clocks that differ.
  const bool is_other = reset.is_after_failover || servers.table().clocks().differ() ||
                        inquiry.is_explained(reset.service->vip.address);
  if (is_other || (reset.silence && *reset.silence < kShortestTimeout)) {
    for (const std::uint32_t id : servers.connections_of(reset.leg)) inquiry.explain(id);
    return;
  }
  Finding& f = inquiry.about(FindingKind::lvs_entry_expired, reset.service->vip);
  ++f.figures.count;
  f.figures.of = reset.service->paths.size();
  add_evidence(f, reset.evidence);
  if (reset.silence) {
    f.figures.longest = std::max(f.figures.longest, *reset.silence);
    f.lvs.shortest = std::min(f.lvs.shortest.value_or(*reset.silence), *reset.silence);
  }
  add_connections(inquiry, f, servers.connections_of(reset.leg));
}

// How often the client's packets were seen on their way into a director and out of it.
struct Passed {
  std::uint32_t in = 0, out = 0;
};

[[nodiscard]] Passed passed_by(const VirtualServers& servers, const Leg& leg, int client) {
  Passed passed;
  for (const Crossing& c : leg.courses[client].seen()) {
    const auto to = servers.receiver(c.link), from = servers.sender(c.link);
    if (to && servers.is_director(*to)) passed.in = std::max(passed.in, c.packets);
    if (from && servers.is_director(*from)) passed.out = std::max(passed.out, c.packets);
  }
  return passed;
}

// The first SYN went no further, and the next was answered.
[[nodiscard]] bool lost_first_syn(const VirtualServers& servers, const Path& path) {
  const Leg& near = servers.leg(path.leg);
  if (near.syns < 2 || near.older == forwarding::kNoLeg || !near.acknowledged) return false;
  if (path.target.leg == forwarding::kNoLeg) {
    const Passed passed = passed_by(servers, near, forwarding::client_end(near).end);
    return passed.out > 0 && passed.in == passed.out + 1;
  }
  const Leg& far = servers.leg(path.target.leg);
  return (near.inputs & far.inputs) != 0 && far.syns > 0 && far.syns < near.syns &&
         far.first - near.first >= kSentAgain;
}

// Its entry lives on: ip_vs_in_hook drops the SYN and the entry where connection tracking is in use
// (conn_reuse_mode; Linux up to 5.8 whatever the state).
void tell_reuse(Inquiry& inquiry, const VirtualServers& servers, const Path& path) {
  if (!lost_first_syn(servers, path) || !inquiry.is_in_period(path.first)) return;
  const Path* before = servers.path_of(servers.leg(path.leg).older);
  if (before == nullptr) return;
  Finding& f = inquiry.about(FindingKind::lvs_conn_reuse, path.vip);
  f.figures.of = servers.overview().services[path.service].paths.size();
  if (path.target.leg != forwarding::kNoLeg) {
    const auto delay = servers.leg(path.target.leg).first - path.first;
    f.figures.longest = std::max<std::chrono::nanoseconds>(f.figures.longest, delay);
  }
  add_path(inquiry, f, path, {path.first, path.frame});
}

}  // namespace

void find_forgotten(Inquiry& inquiry, const VirtualServers& servers) {
  for (const DirectorReset& reset : find_director_resets(inquiry, servers)) {
    tell_expired(inquiry, servers, reset);
  }
  for (const Path& path : servers.overview().paths) {
    if (path.leg != forwarding::kNoLeg) tell_reuse(inquiry, servers, path);
  }
}

}  // namespace tapstat::analysis
