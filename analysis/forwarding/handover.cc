#include "analysis/forwarding/handover.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "decode/ip_protocol.h"

namespace tapstat::analysis::forwarding {
namespace {

// What is said in many connections joins two only where nearly all that they say fits.
[[nodiscard]] bool is_proven(const LegTable& table, const Leg& leg, const Join& join) {
  if (!join.holds()) return false;
  const bool by_more = join.has(Clue::numbers) || join.has(Clue::isn) || join.has(Clue::server_isn);
  if (by_more) return true;
  if (leg.protocol != decode::ip_protocol::kTcp) return join.fits_way[0] && join.fits_way[1];
  constexpr std::uint32_t kLeastFits = 6;
  const Leg& other = table.legs()[join.leg];
  const auto data = [](const Leg& l) {
    return l.courses[0].data_packets + l.courses[1].data_packets;
  };
  return join.fits >= kLeastFits && 20 * join.fits >= 19 * std::max(data(leg), data(other));
}

// Of datagrams, which no numbers tell apart, the leg with most in common is the one.
[[nodiscard]] bool is_outdone(const LegTable& table, const Leg& leg, int towards,
                              const Join& join) {
  if (leg.protocol == decode::ip_protocol::kTcp) return false;
  const auto all = table.joins(leg, towards);
  return std::any_of(all.begin(), all.end(),
                     [&](const Join& other) { return other.fits > join.fits; });
}

// The end of `far` towards which `near` lies; nullopt: it knows nothing of that one.
[[nodiscard]] std::optional<int> end_towards(const LegTable& table, const Leg& far,
                                             std::uint32_t near) {
  for (int end = 0; end < 2; ++end) {
    for (const Join& join : table.joins(far, end)) {
      if (join.leg == near) return end;
    }
  }
  return std::nullopt;
}

// Where nothing but ports tells who asks: whether the end towards which `other` lies has the lowest
// of the four. The same for the two legs, whichever is looked at first.
[[nodiscard]] bool is_asked_there(const Leg& leg, int towards, const Leg& other, int back) {
  if (leg.protocol != decode::ip_protocol::kTcp) return leg.first_sender == 1 - towards;
  return std::min(leg.key.port[towards], other.key.port[1 - back]) <
         std::min(leg.key.port[1 - towards], other.key.port[back]);
}

void add_handovers(const LegTable& table, const Clients& clients, std::uint32_t id,
                   std::vector<Handover>& all) {
  const Leg& leg = table.legs()[id];
  for (int towards = 0; towards < 2; ++towards) {
    for (const Join& join : table.joins(leg, towards)) {
      if (!is_proven(table, leg, join) || is_outdone(table, leg, towards, join)) continue;
      const Leg& other = table.legs()[join.leg];
      const auto back = end_towards(table, other, id);
      if (!back) continue;
      const ClientEnd here = clients.of(leg), there = clients.of(other);
      // Where they disagree, the one that is better known decides.
      const bool by_other =
          std::tuple(there.is_seen, there.is_known) > std::tuple(here.is_seen, here.is_known);
      const bool is_open = !here.is_seen && !here.is_known && !there.is_seen && !there.is_known;
      const bool is_near = is_open    ? is_asked_there(leg, towards, other, *back)
                           : by_other ? there.end == *back
                                      : here.end == 1 - towards;
      if (!is_near) continue;
      all.push_back({.near = id,
                     .far = join.leg,
                     .near_client = 1 - towards,
                     .far_client = *back,
                     .is_seen = here.is_seen || there.is_seen,
                     .join = join});
    }
  }
}

// Of two boxes in a row, seen in another order: what leads past the leg between them is none.
void drop_leaps(std::vector<Handover>& all) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> steps;
  std::multimap<std::uint32_t, std::uint32_t> next;
  for (const Handover& h : all) {
    steps.emplace(h.near, h.far);
    next.emplace(h.near, h.far);
  }
  const auto is_leap = [&](const Handover& h) {
    const auto [begin, end] = next.equal_range(h.near);
    return std::any_of(begin, end, [&](const auto& step) {
      return step.second != h.far && steps.contains({step.second, h.far});
    });
  };
  all.erase(std::remove_if(all.begin(), all.end(), is_leap), all.end());
}

}  // namespace

ClientEnd client_end(const Leg& leg) {
  if (leg.opener >= 0) return {.end = leg.opener, .is_seen = true};
  // As a translator's table has it.
  if (leg.protocol != decode::ip_protocol::kTcp) return {.end = leg.first_sender};
  // RFC 6056: clients' ports are drawn from above the services'.
  return {.end = leg.key.port[0] < leg.key.port[1] ? 1 : 0};
}

Clients::Clients(const LegTable& table) {
  constexpr std::size_t kMost = 1u << 16;  // a scan asks for any
  for (std::uint32_t id = 0; id < table.legs().size() && servers_.size() < kMost; ++id) {
    const Leg& leg = table.legs()[id];
    if (leg.opener >= 0) servers_.emplace(leg.protocol, socket_of(leg, leg.server()));
  }
}

ClientEnd Clients::of(const Leg& leg) const {
  ClientEnd client = client_end(leg);
  if (client.is_seen) return client;
  const bool first = servers_.contains({leg.protocol, socket_of(leg, 0)});
  const bool second = servers_.contains({leg.protocol, socket_of(leg, 1)});
  if (first != second) client = {.end = first ? 1 : 0, .is_seen = false, .is_known = true};
  return client;
}

std::vector<MacAddress> box_macs(const LegTable& table, const Handover& h) {
  std::vector<MacAddress> macs;
  // The box is at the end of what comes to it, where fewest hops are left, and at the start of what
  // goes from it.
  const auto add = [&](const Leg& leg, int sender, bool comes) {
    const auto seen = leg.courses[sender].seen();
    const auto order = [](const Crossing& a, const Crossing& b) { return a.ttl < b.ttl; };
    if (seen.empty()) return;
    const Crossing& nearest = comes ? *std::min_element(seen.begin(), seen.end(), order)
                                    : *std::max_element(seen.begin(), seen.end(), order);
    const Link& link = table.links()[nearest.link];
    const MacAddress& mac = comes ? link.to : link.from;
    const bool is_known = !decode::is_zero(mac) && !decode::is_group(mac);
    if (is_known && std::find(macs.begin(), macs.end(), mac) == macs.end()) macs.push_back(mac);
  };
  const Leg& near = table.legs()[h.near];
  const Leg& far = table.legs()[h.far];
  add(near, h.near_client, true);
  add(near, 1 - h.near_client, false);
  add(far, h.far_client, false);  // answers may go past it
  return macs;
}

std::vector<Handover> find_handovers(const LegTable& table) {
  std::vector<Handover> all;
  const Clients clients(table);
  for (std::uint32_t id = 0; id < table.legs().size(); ++id) {
    if (table.legs()[id].joins != kNoJoins) add_handovers(table, clients, id, all);
  }
  drop_leaps(all);
  return all;
}

}  // namespace tapstat::analysis::forwarding
