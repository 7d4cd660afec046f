// Addresses that more than one host has, had or says to have.
#include <algorithm>
#include <chrono>

#include "analysis/findings/rules.h"
#include "analysis/lvs/vrrp_table.h"
#include "analysis/neighbors/neighbor_table.h"
#include "analysis/neighbors/ttl.h"
#include "analysis/neighbors/virtual_mac.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using decode::MacAddress;
using neighbors::Binding;
using neighbors::Claim;
using neighbors::Incident;
using neighbors::IncidentKind;
using neighbors::Protocol;
using neighbors::Stint;
using neighbors::Takeover;

// Inference C: so often to and fro within a minute.
constexpr auto kFlipWindow = 60s;
// RFC 5227 section 1.1, DEFEND_INTERVAL.
constexpr auto kDefence = 10s;

void add_mac(std::vector<MacAddress>& macs, const MacAddress& mac) {
  if (std::find(macs.begin(), macs.end(), mac) == macs.end() && macs.size() < kMostAddresses) {
    macs.push_back(mac);
  }
}

// A router answers for a host of the other side, and both sides were captured: its packets come
// with a lower TTL (find_proxies tells of it), and nobody has two answers.
[[nodiscard]] bool is_behind_proxy(const Binding& binding) {
  const auto forwards = [&](const Claim& c) {
    if (!c.replied || c.max_ttl == 0 || neighbors::is_initial_ttl(c.max_ttl)) return false;
    return std::none_of(binding.claims.begin(), binding.claims.end(), [&](const Claim& other) {
      return other.mac != c.mac && neighbors::both_answer(c, other);
    });
  };
  return std::any_of(binding.claims.begin(), binding.claims.end(), forwards);
}

[[nodiscard]] bool is_shared(const MacAddress& a, const MacAddress& b) {
  return neighbors::is_virtual(a) || neighbors::is_virtual(b);
}

// Both speak VRRP for it: what comes of that is told by find_vrrp_trouble.
[[nodiscard]] bool goes_by_vrrp(const Inquiry& inquiry, const neighbors::Network& network,
                                const IpAddress& address, const MacAddress& a,
                                const MacAddress& b) {
  const lvs::VrrpTable* vrrp = inquiry.model().vrrp;
  return vrrp != nullptr && vrrp->is_shared(network, address, a, b);
}

// An announcement of who had it before, soon after the other took it.
[[nodiscard]] bool is_defence(const std::vector<Stint>& history, std::size_t at) {
  return at >= 2 && history[at].how == Takeover::gratuitous &&
         history[at].mac == history[at - 2].mac &&
         history[at].first - history[at - 1].first <= kDefence;
}

[[nodiscard]] bool is_defended(const Binding& binding) {
  for (std::size_t i = 2; i < binding.history.size(); ++i) {
    if (is_defence(binding.history, i)) return true;
  }
  return false;
}

// The one that does not have it now has not used it since.
[[nodiscard]] bool has_yielded(const Binding& binding, Timestamp now) {
  const MacAddress holder = binding.history.back().mac;
  return std::all_of(binding.claims.begin(), binding.claims.end(), [&](const Claim& c) {
    return c.mac == holder || now - c.active() >= kDefence;
  });
}

[[nodiscard]] Finding& conflict_about(Inquiry& inquiry, const Binding& binding) {
  Finding& f = inquiry.about(FindingKind::arp_conflict, binding.address, binding.network.vlans);
  f.neighbors.defended = is_defended(binding);
  f.neighbors.yielded = has_yielded(binding, inquiry.end());
  return f;
}

// One packet may show something twice.
void add_frame(Finding& finding, Timestamp time, std::uint64_t frame) {
  const bool is_known =
      std::find(finding.frames.begin(), finding.frames.end(), frame) != finding.frames.end();
  add_evidence(finding, {time, is_known ? 0 : frame});
}

void add_frames(Finding& finding, const Incident& incident) {
  add_frame(finding, incident.time, incident.other_frame);
  add_frame(finding, incident.time, incident.frame);
}

void tell_conflict(Inquiry& inquiry, const Incident& incident) {
  const Binding* binding =
      inquiry.model().layer2.neighbors->find(incident.network, incident.address);
  if (binding == nullptr || is_behind_proxy(*binding)) return;
  if (goes_by_vrrp(inquiry, incident.network, incident.address, incident.mac, incident.other)) {
    return;
  }
  Finding& f = conflict_about(inquiry, *binding);
  ++f.figures.count;
  add_mac(f.neighbors.macs, incident.other);
  add_mac(f.neighbors.macs, incident.mac);
  add_frames(f, incident);
}

// Of IPv6 it is the host that found out which says so; of ARP the address is disputed all the same.
void tell_probe(Inquiry& inquiry, const Incident& incident) {
  const bool is_nd = incident.protocol == Protocol::nd;
  Finding& f = inquiry.about(is_nd ? FindingKind::dad_failed : FindingKind::arp_conflict,
                             incident.address, incident.network.vlans);
  const bool is_owned = incident.kind == IncidentKind::probe_answered;
  add_mac(is_owned ? f.neighbors.macs : f.neighbors.probers, incident.mac);
  add_mac(f.neighbors.probers, incident.other);
  add_frames(f, incident);
}

void tell_message(Inquiry& inquiry, FindingKind kind, const Incident& incident) {
  Finding& f = inquiry.about(kind, incident.address, incident.network.vlans);
  f.neighbors.of_group = f.neighbors.of_group || incident.kind == IncidentKind::group_sender;
  ++f.figures.count;
  add_mac(f.neighbors.macs, incident.mac);
  if (kind == FindingKind::arp_source_mismatch) add_mac(f.neighbors.macs, incident.other);
  add_evidence(f, {incident.time, incident.frame});
}

void tell_incident(Inquiry& inquiry, const Incident& incident) {
  if (inquiry.is_explained(incident.address)) return;
  switch (incident.kind) {
    case IncidentKind::both_active:
      return tell_conflict(inquiry, incident);
    case IncidentKind::probe_answered:
    case IncidentKind::both_probed:
      return tell_probe(inquiry, incident);
    case IncidentKind::unsolicited_reply:
      return tell_message(inquiry, FindingKind::arp_unsolicited_reply, incident);
    case IncidentKind::source_mismatch:
    case IncidentKind::group_sender:
      return tell_message(inquiry, FindingKind::arp_source_mismatch, incident);
    case IncidentKind::unanswered:
    case IncidentKind::router_down:
      return;
  }
}

// Whether the address came back at `at` to who had had it within the last minute.
[[nodiscard]] bool is_flip(const std::vector<Stint>& history, std::size_t at) {
  return at >= 2 && history[at].mac == history[at - 2].mac &&
         history[at].first - history[at - 2].last <= kFlipWindow;
}

// Who had it announced it at once, and the other has let it be: RFC 5227 section 2.4.
[[nodiscard]] bool is_settled_by_defence(const std::vector<Stint>& history) {
  return history.size() == 3 && is_defence(history, 2) && !history[1].is_used;
}

void add_change(Finding& finding, const Binding& binding, std::size_t at) {
  ++finding.figures.count;
  add_mac(finding.neighbors.macs, binding.history[at - 1].mac);
  add_mac(finding.neighbors.macs, binding.history[at].mac);
  add_evidence(finding, {binding.history[at].first, binding.history[at].frame});
}

void tell_change(Inquiry& inquiry, const Binding& binding, std::size_t at) {
  const Stint& stint = binding.history[at];
  if (!neighbors::is_move(binding, at, inquiry.end())) {
    return add_change(conflict_about(inquiry, binding), binding, at);
  }
  Finding& f = inquiry.about(FindingKind::arp_move, binding.address, binding.network.vlans);
  f.neighbors.announced = stint.how == Takeover::gratuitous;
  f.neighbors.holder = stint.mac;
  add_change(f, binding, at);
}

// How its MAC address changed; where two are known to be active at once, that has been told.
void tell_changes(Inquiry& inquiry, const Binding& binding) {
  const std::vector<Stint>& history = binding.history;
  if (binding.conflicted != neighbors::kNever || is_behind_proxy(binding)) return;
  if (inquiry.is_explained(binding.address)) return;
  const bool settled = is_settled_by_defence(history);
  bool flips = false;
  for (std::size_t i = 2; i < history.size(); ++i) flips = flips || is_flip(history, i);
  for (std::size_t i = 1; i < history.size(); ++i) {
    const MacAddress &old = history[i - 1].mac, &now = history[i].mac;
    if (is_shared(old, now)) continue;
    if (goes_by_vrrp(inquiry, binding.network, binding.address, old, now)) continue;
    if (!inquiry.is_in_period(history[i].first)) continue;
    if (settled) {
      add_change(conflict_about(inquiry, binding), binding, i);
    } else if (flips) {
      add_change(inquiry.about(FindingKind::arp_flip_flop, binding.address, binding.network.vlans),
                 binding, i);
    } else {
      tell_change(inquiry, binding, i);
    }
  }
}

}  // namespace

void find_disputed_addresses(Inquiry& inquiry) {
  const auto* table = inquiry.model().layer2.neighbors;
  if (table == nullptr) return;
  for (const Incident& incident : table->incidents()) {
    if (inquiry.is_in_period(incident.time)) tell_incident(inquiry, incident);
  }
  for (const Binding& binding : table->bindings()) tell_changes(inquiry, binding);
}

}  // namespace tapstat::analysis
