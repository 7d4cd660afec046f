#include "analysis/lvs/rewritten.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analysis/forwarding/leg_table.h"
#include "analysis/lvs/ipvs_state.h"
#include "analysis/lvs/sync_table.h"

namespace tapstat::analysis::lvs {
namespace {

using forwarding::Carried;
using forwarding::Clients;
using forwarding::Handover;
using forwarding::kNoLeg;
using forwarding::Leg;
using forwarding::LegTable;
using forwarding::socket_of;

using Asker = std::tuple<std::uint8_t, Socket>;

// Legs whose client is one of those that others carry along, by that client.
[[nodiscard]] std::map<Asker, std::vector<std::uint32_t>> legs_of_carried(const LegTable& table,
                                                                          const Clients& clients) {
  std::map<Asker, std::vector<std::uint32_t>> legs;
  for (const Carried& c : table.carried()) legs[{table.legs()[c.leg].protocol, c.client}];
  if (legs.empty()) return legs;
  for (std::uint32_t id = 0; id < table.legs().size(); ++id) {
    const Leg& leg = table.legs()[id];
    const auto at = legs.find({leg.protocol, socket_of(leg, clients.of(leg).end)});
    if (at != legs.end()) at->second.push_back(id);
  }
  return legs;
}

// The leg that the client itself has: at the time, to the service where that is named.
[[nodiscard]] std::uint32_t near_leg(const LegTable& table, const Clients& clients,
                                     const Carried& carried,
                                     const std::vector<std::uint32_t>& candidates) {
  const Leg& far = table.legs()[carried.leg];
  std::uint32_t found = kNoLeg;
  for (const std::uint32_t id : candidates) {
    const Leg& near = table.legs()[id];
    const int client = clients.of(near).end;
    const bool is_at_the_time = near.first <= far.last && far.first <= near.last;
    const bool is_asked = !carried.service || socket_of(near, 1 - client) == *carried.service;
    if (id == carried.leg || !is_at_the_time || !is_asked) continue;
    if (found != kNoLeg) return kNoLeg;  // which of them, it does not say
    found = id;
  }
  return found;
}

// Adds to each handover what its far leg carries along, and those that nothing else tells of.
void add_carried(const LegTable& table, std::vector<Handover>& all) {
  const Clients clients(table);
  const auto by_client = legs_of_carried(table, clients);
  if (by_client.empty()) return;
  std::multimap<std::uint32_t, std::size_t> by_far;  // into `all`
  for (std::size_t i = 0; i < all.size(); ++i) by_far.emplace(all[i].far, i);
  for (const Carried& carried : table.carried()) {
    const Leg& far = table.legs()[carried.leg];
    const auto is_its = [&](const auto& entry) {
      const Handover& h = all[entry.second];
      return socket_of(table.legs()[h.near], h.near_client) == carried.client;
    };
    const auto [first, last] = by_far.equal_range(carried.leg);
    const auto known = std::find_if(first, last, is_its);
    if (known != last) {
      all[known->second].join.add(carried.clue);
      continue;
    }
    const std::uint32_t near =
        near_leg(table, clients, carried, by_client.at({far.protocol, carried.client}));
    if (near == kNoLeg) continue;
    Handover h{.near = near,
               .far = carried.leg,
               .near_client = clients.of(table.legs()[near]).end,
               .far_client = carried.end,
               .is_seen = true,
               .join = {}};
    h.join.leg = carried.leg;
    h.join.first = h.join.last = carried.time;
    h.join.frame = carried.frame;
    h.join.add(carried.clue);
    by_far.emplace(h.far, all.size());
    all.push_back(h);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Handover& a, const Handover& b) { return a.near < b.near; });
}

// What is known of an address and port behind which connections go on elsewhere.
struct Behind {
  std::set<Socket> servers;
  bool is_carried = false;  // clients' addresses are carried along to them
  bool is_told = false;     // a director tells another one of it

  [[nodiscard]] bool is_service() const { return servers.size() > 1 || is_carried || is_told; }
};

}  // namespace

Rewritten split_rewritten(const Model& model) {
  const LegTable& table = *model.legs;
  std::vector<Handover> all = forwarding::find_handovers(table);
  add_carried(table, all);
  using Service = std::tuple<std::uint8_t, Socket>;
  std::map<Service, Behind> behind;
  const auto service_of = [&](const Handover& h) {
    const Leg& near = table.legs()[h.near];
    return Service{near.protocol, socket_of(near, 1 - h.near_client)};
  };
  for (const Handover& h : all) {
    if (!is_served(table.legs()[h.near].protocol) || !h.has_destination_changed(table)) continue;
    Behind& b = behind[service_of(h)];
    b.servers.insert(socket_of(table.legs()[h.far], 1 - h.far_client));
    b.is_carried =
        b.is_carried || h.join.has(forwarding::Clue::toa) || h.join.has(forwarding::Clue::uoa);
  }
  if (model.sync != nullptr) {
    const auto& told = model.sync->connections();
    for (std::uint32_t i = 0; i < told.size(); ++i) {
      const auto at = behind.find({told[i].protocol, told[i].vip});
      if (at != behind.end()) at->second.is_told = true;
    }
  }
  Rewritten split;
  for (const Handover& h : all) {
    const bool is_service = is_served(table.legs()[h.near].protocol) &&
                            h.has_destination_changed(table) && behind[service_of(h)].is_service();
    (is_service ? split.services : split.others).push_back(h);
  }
  return split;
}

}  // namespace tapstat::analysis::lvs
