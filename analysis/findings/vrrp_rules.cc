// Virtual routers that changed their master, or had two.
#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "analysis/findings/director_resets.h"
#include "analysis/findings/rules.h"
#include "analysis/findings/virtual_servers.h"
#include "analysis/lvs/vrrp_table.h"

namespace tapstat::analysis {
namespace {

using lvs::VrrpFailover;
using lvs::VrrpKey;
using lvs::VrrpMoment;
using lvs::VrrpRouter;
using lvs::VrrpSpeaker;
using lvs::VrrpSplitBrain;

// What a reader takes in; the others are counted.
constexpr std::size_t kMostTold = 4;

[[nodiscard]] const VrrpSpeaker* speaker_at(const VrrpRouter& router, const IpAddress& address) {
  const auto found = std::find_if(router.speakers().begin(), router.speakers().end(),
                                  [&](const VrrpSpeaker& s) { return s.address == address; });
  return found == router.speakers().end() ? nullptr : &*found;
}

// Its first virtual address; where the capture has none, that of a speaker.
[[nodiscard]] Subject subject_of(const VrrpRouter& router, const IpAddress& speaker) {
  const VrrpSpeaker* s = speaker_at(router, speaker);
  return s == nullptr || s->addresses.empty() ? speaker : s->addresses.front();
}

void add_moment(Finding& f, const VrrpMoment& moment) {
  add_evidence(f, {moment.time, moment.frame});
}

[[nodiscard]] bool has_address(const VrrpRouter& router, const IpAddress& address) {
  return std::any_of(router.speakers().begin(), router.speakers().end(), [&](const VrrpSpeaker& s) {
    return std::find(s.addresses.begin(), s.addresses.end(), address) != s.addresses.end();
  });
}

// Connections of virtual servers that the new master did not know.
void tell_lost(Inquiry& inquiry, const VrrpKey& key, const VrrpRouter& router,
               const VirtualServers& servers, std::span<const DirectorReset> resets) {
  if (router.failovers().empty()) return;
  for (const DirectorReset& reset : resets) {
    if (!reset.is_after_failover || !has_address(router, reset.service->vip.address)) continue;
    Finding& f =
        inquiry.about(FindingKind::vrrp_failover, subject_of(router, router.failovers().front().to),
                      key.network.vlans);
    ++f.vrrp.lost;
    add_connections(inquiry, f, servers.connections_of(reset.leg));
    add_evidence(f, reset.evidence);
  }
}

void find_failovers(Inquiry& inquiry, const VrrpKey& key, const VrrpRouter& router) {
  for (const VrrpFailover& failover : router.failovers()) {
    if (!inquiry.is_in_period(failover.at.time)) continue;
    Finding& f = inquiry.about(FindingKind::vrrp_failover, subject_of(router, failover.to),
                               key.network.vlans);
    f.other = failover.to;
    f.vrrp.vrid = key.vrid;
    ++f.figures.count;
    f.figures.longest = std::max(f.figures.longest, failover.at.time - failover.old_last.time);
    if (f.vrrp.failovers.size() < kMostTold) f.vrrp.failovers.push_back(failover);
    if (inquiry.is_in_period(failover.old_last.time)) add_moment(f, failover.old_last);
    add_moment(f, failover.at);
  }
}

void find_split_brains(Inquiry& inquiry, const VrrpKey& key, const VrrpRouter& router) {
  for (const VrrpSplitBrain& split : router.split_brains()) {
    if (!inquiry.is_in_period(split.until.time)) continue;
    Finding& f = inquiry.about(FindingKind::vrrp_split_brain, subject_of(router, split.first),
                               key.network.vlans);
    f.other = split.second;
    f.vrrp.vrid = key.vrid;
    ++f.figures.count;
    f.figures.longest = std::max(f.figures.longest, split.until.time - split.from.time);
    f.vrrp.speakers.clear();
    for (const IpAddress& address : {split.first, split.second}) {
      if (const VrrpSpeaker* s = speaker_at(router, address)) f.vrrp.speakers.push_back(*s);
    }
    if (inquiry.is_in_period(split.from.time)) add_moment(f, split.from);
    add_moment(f, split.until);
  }
}

[[nodiscard]] bool has_failover(const lvs::VrrpTable& table) {
  const auto& routers = table.routers();
  return std::any_of(routers.begin(), routers.end(),
                     [](const auto& keyed) { return !keyed.second.failovers().empty(); });
}

}  // namespace

void find_vrrp_trouble(Inquiry& inquiry) {
  const lvs::VrrpTable* table = inquiry.model().vrrp;
  if (table == nullptr) return;
  std::optional<VirtualServers> servers;
  std::vector<DirectorReset> resets;
  if (inquiry.model().legs != nullptr && has_failover(*table)) {
    resets = find_director_resets(inquiry, servers.emplace(inquiry));
  }
  for (const auto& [key, router] : table->routers()) {
    find_failovers(inquiry, key, router);
    if (servers) tell_lost(inquiry, key, router, *servers, resets);
    find_split_brains(inquiry, key, router);
  }
}

}  // namespace tapstat::analysis
