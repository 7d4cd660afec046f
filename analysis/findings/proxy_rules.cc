// Proxy ARP (RFC 1027, RFC 4389 for IPv6): one host answers for addresses that are others'.
#include <algorithm>
#include <span>
#include <tuple>
#include <vector>

#include "analysis/findings/busiest.h"
#include "analysis/findings/rules.h"
#include "analysis/neighbors/neighbor_table.h"
#include "analysis/neighbors/network.h"
#include "analysis/neighbors/ttl.h"
#include "analysis/neighbors/virtual_mac.h"

namespace tapstat::analysis {
namespace {

using decode::MacAddress;
using neighbors::Binding;
using neighbors::Claim;

// Inference C: so many addresses that nothing says are its own.
constexpr std::size_t kManyAddresses = 3;
// One packet of another MAC address may be a stray one.
constexpr std::uint64_t kFewPackets = 2;

// One address that a MAC address answered for.
struct Answer {
  MacAddress mac{};
  neighbors::NetworkOrder network{};
  IpAddress address;
  Timestamp time{};
  std::uint64_t frame = 0;
  bool is_own = false;
  bool is_proven = false;  // to be another's
};

// Packets from that address come through it with a TTL that a router has lowered.
[[nodiscard]] bool forwards(const Claim& claim) {
  return claim.max_ttl != 0 && !neighbors::is_initial_ttl(claim.max_ttl);
}

// The address itself is heard with another MAC address, and always the same one: several would be
// servers that share it, as would be one that gets its packets from who answers.
[[nodiscard]] bool is_heard_elsewhere(const Binding& binding) {
  if (!binding.foreign || binding.claims.size() != 1) return false;
  const neighbors::Foreign& foreign = *binding.foreign;
  return !foreign.several && !foreign.is_fed && foreign.packets >= kFewPackets &&
         neighbors::is_initial_ttl(foreign.max_ttl) && !neighbors::is_virtual(foreign.mac);
}

// Another says that it has the address and sends from it as hosts do, and nobody has an answer of
// both of them: that would be a conflict.
[[nodiscard]] bool is_said_elsewhere(const Binding& binding, const Claim& claim) {
  return std::any_of(binding.claims.begin(), binding.claims.end(), [&](const Claim& other) {
    return other.mac != claim.mac && neighbors::is_initial_ttl(other.max_ttl) &&
           !neighbors::both_answer(claim, other);
  });
}

// A lower TTL alone proves nothing: a host's own containers and guests send so, too.
[[nodiscard]] bool is_anothers(const Binding& binding, const Claim& claim) {
  if (forwards(claim) && is_said_elsewhere(binding, claim)) return true;
  return (forwards(claim) || claim.max_ttl == 0) && is_heard_elsewhere(binding);
}

// Its packets take another way here, over a router: direct routing of a load balancer, at the real
// server. That they do not come from who answers says nothing then.
[[nodiscard]] bool comes_routed(const Binding& binding, const Claim& claim) {
  return claim.max_ttl == 0 && binding.claims.size() == 1 && binding.foreign &&
         !neighbors::is_initial_ttl(binding.foreign->max_ttl);
}

[[nodiscard]] std::vector<Answer> answers_in(const Inquiry& inquiry) {
  std::vector<Answer> answers;
  for (const Binding& binding : inquiry.model().layer2.neighbors->bindings()) {
    if (inquiry.is_explained(binding.address)) continue;
    for (const Claim& claim : binding.claims) {
      const bool is_own = claim.is_own || (claim.max_ttl != 0 && !forwards(claim));
      if (!claim.replied || neighbors::is_virtual(claim.mac)) continue;
      if (comes_routed(binding, claim)) continue;
      if (!inquiry.is_in_period(claim.replied_at)) continue;
      answers.push_back({claim.mac, order_of(binding.network), binding.address, claim.first,
                         claim.first_frame, is_own, !is_own && is_anothers(binding, claim)});
    }
  }
  return answers;
}

// Who has many addresses of his own has some that were not heard otherwise, too.
[[nodiscard]] bool is_proxy(std::span<const Answer> answers) {
  const auto proven =
      std::count_if(answers.begin(), answers.end(), [](const Answer& a) { return a.is_proven; });
  const auto own =
      std::count_if(answers.begin(), answers.end(), [](const Answer& a) { return a.is_own; });
  const std::size_t others = answers.size() - static_cast<std::size_t>(own);
  return proven > 0 ||
         (others >= kManyAddresses && own < static_cast<std::ptrdiff_t>(kManyAddresses));
}

void tell(Inquiry& inquiry, std::span<const Answer> answers) {
  if (!is_proxy(answers)) return;
  Finding& f = inquiry.about(FindingKind::arp_proxy, answers.front().mac);
  for (const Answer& a : answers) {
    if (a.is_own) continue;
    ++f.figures.count;
    if (a.is_proven) ++f.figures.of;
    if (f.neighbors.addresses.size() < kMostAddresses) f.neighbors.addresses.push_back(a.address);
    add_evidence(f,
                 {std::max(a.time, inquiry.begin()), inquiry.is_in_period(a.time) ? a.frame : 0});
  }
}

}  // namespace

void find_proxies(Inquiry& inquiry) {
  if (inquiry.model().layer2.neighbors == nullptr) return;
  std::vector<Answer> answers = answers_in(inquiry);
  const auto host = [](const Answer& a) { return std::tie(a.mac, a.network); };
  std::stable_sort(answers.begin(), answers.end(),
                   [&](const Answer& a, const Answer& b) { return host(a) < host(b); });
  for_each_group(std::span<const Answer>(answers), host,
                 [&](std::span<const Answer> group) { tell(inquiry, group); });
}

}  // namespace tapstat::analysis
