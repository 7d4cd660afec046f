// Addresses that are asked for in vain: of one host that is down, or of many by one that looks who
// is there.
#include <algorithm>
#include <chrono>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "analysis/findings/busiest.h"
#include "analysis/findings/rules.h"
#include "analysis/neighbors/neighbor_table.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using decode::MacAddress;
using neighbors::Asker;
using neighbors::Binding;
using neighbors::Incident;
using neighbors::IncidentKind;

// No host has so many peers that do not exist; who looks through a network finds few.
constexpr std::uint32_t kManyTargets = 20;
constexpr auto kScanWindow = 60s;

// One address that one host asked for.
struct Question {
  MacAddress mac{};
  std::optional<IpAddress> asker;
  IpAddress target;
  Timestamp time{};
  std::uint64_t frame = 0;
  bool in_vain = false;  // and an answer would have been captured
};

// Nothing shows that anybody has it.
[[nodiscard]] bool is_nobodys(const Binding& binding) {
  return binding.claims.empty() && !binding.answered_unseen && !binding.foreign;
}

// Answers go to who asked alone: where no such frame was captured, one question may have been
// answered, and one that is repeated as RFC 4861 section 7.2.2 and Linux do it was not.
[[nodiscard]] bool is_in_vain(const Inquiry& inquiry, const Binding& binding, const Asker& asker) {
  if (!is_nobodys(binding)) return false;
  return asker.requests >= neighbors::kMostSolicits ||
         inquiry.model().layer2.neighbors->is_reached(binding.network, *asker.mac);
}

[[nodiscard]] std::vector<Question> questions_in(const Inquiry& inquiry) {
  std::vector<Question> questions;
  for (const Binding& binding : inquiry.model().layer2.neighbors->bindings()) {
    for (const Asker& asker : binding.askers) {
      if (!asker.mac || !inquiry.is_in_period(asker.last)) continue;
      const bool lies_inside = inquiry.is_in_period(asker.first);
      questions.push_back(
          {*asker.mac, asker.address, binding.address, lies_inside ? asker.first : asker.last,
           lies_inside ? asker.frame : asker.last_frame, is_in_vain(inquiry, binding, asker)});
    }
  }
  return questions;
}

using Scanners = std::set<MacAddress>;

[[nodiscard]] bool is_scanner(const Scanners& scanners, const std::optional<MacAddress>& mac) {
  return mac && scanners.contains(*mac);
}

void tell_scan(Inquiry& inquiry, std::span<const Question> in_vain, std::uint32_t most) {
  Finding& f = inquiry.about(FindingKind::arp_scan, in_vain.front().mac);
  f.figures.count = in_vain.size();
  f.figures.most = most;
  if (in_vain.front().asker) f.other = *in_vain.front().asker;
  for (const Question& q : in_vain) {
    if (f.neighbors.addresses.size() < kMostAddresses) f.neighbors.addresses.push_back(q.target);
    add_evidence(f, {q.time, q.frame});
  }
}

// Who finds most of those it asks for looks for hosts that it knows.
void look_at(Inquiry& inquiry, std::span<const Question> questions, Scanners& scanners) {
  std::vector<Question> in_vain;
  std::copy_if(questions.begin(), questions.end(), std::back_inserter(in_vain),
               [](const Question& q) { return q.in_vain; });
  if (in_vain.size() < kManyTargets || in_vain.size() * 2 < questions.size()) return;
  const std::uint32_t most = most_different(std::span<const Question>(in_vain), kScanWindow,
                                            [](const Question& q) { return q.target; });
  if (most < kManyTargets) return;
  scanners.insert(in_vain.front().mac);
  tell_scan(inquiry, in_vain, most);
}

[[nodiscard]] Scanners find_scanners(Inquiry& inquiry) {
  std::vector<Question> questions = questions_in(inquiry);
  std::stable_sort(questions.begin(), questions.end(), [](const Question& a, const Question& b) {
    return std::tie(a.mac, a.time) < std::tie(b.mac, b.time);
  });
  Scanners scanners;
  for_each_group(
      std::span<const Question>(questions), [](const Question& q) { return q.mac; },
      [&](std::span<const Question> group) { look_at(inquiry, group, scanners); });
  return scanners;
}

struct InVain {
  std::optional<MacAddress> mac;
  std::optional<IpAddress> asker;
  std::uint32_t tries = 0;
  bool is_over = false;  // the address was heard of again
  Evidence from, to;
};

template <typename T>
[[nodiscard]] bool add_new(std::vector<T>& known, const std::optional<T>& one) {
  if (!one || known.size() == kMostAddresses) return false;
  if (std::find(known.begin(), known.end(), *one) != known.end()) return false;
  known.push_back(*one);
  return true;
}

// One MAC address is one host; where it is not known an address is.
void add_asker(Finding& f, const InVain& in_vain) {
  const bool is_new_address = add_new(f.neighbors.addresses, in_vain.asker);
  const bool is_new_mac = add_new(f.neighbors.macs, in_vain.mac);
  if (in_vain.mac ? is_new_mac : is_new_address) ++f.figures.hosts;
}

void tell_unanswered(Inquiry& inquiry, const Binding& binding, const InVain& in_vain) {
  if (!inquiry.is_in_period(in_vain.to.time)) return;
  Finding& f = inquiry.about(FindingKind::arp_unanswered, binding.address, binding.network.vlans);
  f.figures.count += in_vain.tries;
  f.neighbors.over = in_vain.is_over && (f.figures.hosts == 0 || f.neighbors.over);
  add_asker(f, in_vain);
  if (inquiry.is_in_period(in_vain.from.time)) add_evidence(f, in_vain.from);
  if (in_vain.to.frame != in_vain.from.frame) add_evidence(f, in_vain.to);
}

// Of three questions two at least were not answered in time, whatever becomes of the last.
[[nodiscard]] bool is_in_vain(const Asker& asker, Timestamp now) {
  return asker.tries >= neighbors::kMostSolicits &&
         now - asker.tried_since >= (neighbors::kMostSolicits - 1) * neighbors::kRetransmission;
}

void tell_askers(Inquiry& inquiry, const Binding& binding, const Scanners& scanners) {
  if (binding.answered_unseen || inquiry.is_explained(binding.address)) return;
  for (const Asker& asker : binding.askers) {
    if (!is_in_vain(asker, inquiry.end()) || is_scanner(scanners, asker.mac)) continue;
    tell_unanswered(inquiry, binding,
                    {.mac = asker.mac,
                     .asker = asker.address,
                     .tries = asker.tries,
                     .from = {asker.tried_since, asker.tried_frame},
                     .to = {asker.last, asker.last_frame}});
  }
}

// What was answered in the end, after a time without.
void tell_past(Inquiry& inquiry, const Incident& incident, const Scanners& scanners) {
  if (incident.kind != IncidentKind::unanswered) return;
  if (is_scanner(scanners, incident.asker_mac)) return;
  const Binding* binding =
      inquiry.model().layer2.neighbors->find(incident.network, incident.address);
  if (binding == nullptr) return;
  tell_unanswered(inquiry, *binding,
                  {.mac = incident.asker_mac,
                   .asker = incident.asker,
                   .tries = incident.count,
                   .is_over = true,
                   .from = {incident.time, incident.frame},
                   .to = {incident.time, incident.other_frame}});
}

}  // namespace

void find_unanswered_neighbors(Inquiry& inquiry) {
  const auto* table = inquiry.model().layer2.neighbors;
  if (table == nullptr) return;
  const Scanners scanners = find_scanners(inquiry);
  for (const Incident& incident : table->incidents()) tell_past(inquiry, incident, scanners);
  for (const Binding& binding : table->bindings()) tell_askers(inquiry, binding, scanners);
}

}  // namespace tapstat::analysis
