#include "analysis/lvs/path_finder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analysis/forwarding/record_ids.h"
#include "analysis/lvs/vrrp_table.h"
#include "decode/ip_protocol.h"

namespace tapstat::analysis::lvs {
namespace {

using forwarding::Clue;
using forwarding::Entry;
using forwarding::Handover;
using forwarding::Leg;
using forwarding::socket_of;

void set(EvidenceSet& evidence, Evidence what) { evidence.set(static_cast<std::size_t>(what)); }

[[nodiscard]] bool is_tcp(std::uint8_t protocol) { return protocol == decode::ip_protocol::kTcp; }

void add_clues(const forwarding::Join& join, EvidenceSet& evidence) {
  constexpr std::array<std::pair<Clue, Evidence>, 7> kMeanings = {{
      {Clue::numbers, Evidence::numbers},
      {Clue::isn, Evidence::isn},
      {Clue::server_isn, Evidence::server_isn},
      {Clue::payload, Evidence::payload},
      {Clue::toa, Evidence::toa},
      {Clue::proxy, Evidence::proxy},
      {Clue::uoa, Evidence::uoa},
  }};
  for (const auto& [clue, meaning] : kMeanings) {
    if (join.has(clue)) set(evidence, meaning);
  }
}

// How the server took it, as far as the leg before it tells. Answers that went another way show in
// what the client does next.
[[nodiscard]] Reception reception_of(const Leg& leg, int client) {
  if (!is_tcp(leg.protocol)) {
    return leg.courses[1 - client].packets > 0 ? Reception::accepted : Reception::unknown;
  }
  if (leg.syns == 0) return Reception::unknown;
  const auto& answers = leg.courses[1 - client];
  if (answers.packets > 0) {
    const bool is_refusal =
        leg.reset_by == 1 - client && !leg.has_isn[1 - client] && !leg.acknowledged;
    return is_refusal ? Reception::refused : Reception::accepted;
  }
  if (leg.acknowledged) return Reception::accepted;
  constexpr int kInVain = 2;  // SYNs
  return leg.syns >= kInVain ? Reception::unanswered : Reception::unknown;
}

[[nodiscard]] std::optional<Mode> mode_of(decode::IpvsMethod method) {
  switch (method) {
    case decode::IpvsMethod::masquerade:
      return Mode::nat;
    case decode::IpvsMethod::tunnel:
      return Mode::tun;
    case decode::IpvsMethod::direct:
      return Mode::dr;
    default:
      return std::nullopt;  // the director itself, or nobody: no real server
  }
}

}  // namespace

PathFinder::PathFinder(const Model& model, std::span<const forwarding::Handover> handovers,
                       Timestamp now)
    : model_(model),
      handovers_(handovers),
      now_(now),
      legs_(model.legs->legs()),
      clients_(*model.legs),
      boxes_(model),
      owners_(model) {
  find_routers();
  if (!model.legs->clocks().differ()) return;
  // Times of legs are by the first capture point's clock, and another's may be far ahead.
  Timestamp last = Timestamp::min();
  for (std::uint32_t id = 0; id < legs_.size(); ++id) last = std::max(last, legs_[id].last);
  now_ = std::min(now_, last);
}

std::vector<Path> PathFinder::find() {
  add_rewritten();
  add_forwarded();
  add_told();
  enter_records();
  std::stable_sort(paths_.begin(), paths_.end(),
                   [](const Path& a, const Path& b) { return a.first < b.first; });
  end_reused_entries();
  return std::move(paths_);
}

void PathFinder::note_entry(Path& path, const Leg& leg, int client) const {
  const Entry& entry = leg.entries[client][static_cast<std::size_t>(view_of(path.mode))];
  const Duration timeout = timeout_of(leg.protocol, entry.state);
  const Timestamp end = entry.last + timeout;
  if (end <= now_) return;
  path.expires = end - now_;
  if (!is_tcp(leg.protocol)) return;
  path.state = entry.state;
  path.is_active = is_active(entry.state);
}

Path PathFinder::path_of(std::uint32_t id, int client, Mode mode) const {
  const Leg& leg = legs_[id];
  Path path;
  path.protocol = leg.protocol;
  path.client = socket_of(leg, client);
  path.vip = socket_of(leg, 1 - client);
  path.mode = mode;
  path.first = leg.first;
  path.last = leg.last;
  path.frame = leg.first_frame;
  path.leg = id;
  path.began_before = is_tcp(leg.protocol) && leg.syns == 0;
  note_entry(path, leg, client);
  return path;
}

Target PathFinder::target_of(const Handover& h) const {
  const Socket socket = socket_of(legs_[h.far], 1 - h.far_client);
  return {.socket = socket,
          .mac = owners_.mac_of(socket.address),
          .leg = h.far,
          .first = legs_[h.far].first,
          .frame = legs_[h.far].first_frame};
}

void PathFinder::add_handed_over(std::span<const Handover> handovers, Mode mode) {
  const Handover& first = handovers.front();
  Path path = path_of(first.near, first.near_client, mode);
  path.target = target_of(first);
  for (const Handover& h : handovers.subspan(1)) path.others.push_back(target_of(h));
  if (mode == Mode::fullnat) path.local = socket_of(legs_[first.far], first.far_client);
  add_clues(first.join, path.evidence);
  path.reception = reception_of(legs_[first.far], first.far_client);
  const bool near_answered = legs_[first.near].courses[1 - first.near_client].packets > 0;
  const bool far_answered = legs_[first.far].courses[1 - first.far_client].packets > 0;
  if (near_answered && far_answered) {
    path.return_path = ReturnPath::director;
  } else if (far_answered) {
    path.return_path = ReturnPath::direct;
  }
  path.sure = first.is_seen || first.join.fits > 1;
  path.director_macs = forwarding::box_macs(*model_.legs, first);
  auto& all = legs_of_[first.near];
  all.push_back(first.near);
  for (const Handover& h : handovers) {
    all.push_back(h.far);
    path.last = std::max(path.last, legs_[h.far].last);
  }
  paths_.push_back(std::move(path));
}

void PathFinder::add_rewritten() {
  // A director that takes addresses of its own does so for every connection of a service.
  std::map<std::tuple<std::uint8_t, Socket>, int> balance;
  const auto service_of = [&](const Handover& h) {
    return std::tuple(legs_[h.near].protocol, socket_of(legs_[h.near], 1 - h.near_client));
  };
  for (const Handover& h : handovers_) {
    balance[service_of(h)] += h.has_source_changed(*model_.legs) ? 1 : -1;
  }
  for (std::size_t begin = 0; begin < handovers_.size();) {
    std::size_t end = begin + 1;
    while (end < handovers_.size() && handovers_[end].near == handovers_[begin].near) {
      ++end;
    }
    const auto slice = handovers_.subspan(begin, end - begin);
    add_handed_over(slice, balance[service_of(slice.front())] > 0 ? Mode::fullnat : Mode::nat);
    begin = end;
  }
}

void PathFinder::add_forwarded() {
  const auto forwarded = of_directors(model_, find_forwarded(model_, clients_, boxes_, owners_));
  for (const Forwarded& f : forwarded) vips_.insert(socket_of(legs_[f.leg], 1 - f.client).address);
  // Of two directors the one that is not, at the moment, sends on as any router does.
  std::set<std::pair<std::uint8_t, Socket>> rewritten;
  for (const Path& path : paths_) rewritten.emplace(path.protocol, path.vip);
  for (const Forwarded& f : forwarded) {
    const Leg& leg = legs_[f.leg];
    if (rewritten.contains({leg.protocol, socket_of(leg, 1 - f.client)})) continue;
    Path path = path_of(f.leg, f.client, f.mode);
    add_targets(f, path);
    const bool is_passed_on = !f.target_macs.empty() && !path.target.mac && f.mode == Mode::dr;
    if (is_passed_on) {  // by a director that has given up the address, and keeps no entry
      path.state.reset();
      path.expires.reset();
      path.is_active = false;
    }
    if (f.has_fewer_hops) set(path.evidence, Evidence::ttl);
    path.reception = reception_of(legs_[f.leg], f.client);
    if (f.answers_seen) {
      path.return_path = f.answers_pass ? ReturnPath::director : ReturnPath::direct;
    }
    path.sure = path.target.socket.has_value();
    if (f.box) path.director_macs = boxes_.macs(*f.box);
    path.director_ip = f.outer_source;
    legs_of_[f.leg].push_back(f.leg);
    paths_.push_back(std::move(path));
  }
}

// Whether who has that MAC address speaks for the virtual router that the address belongs to:
// packets sent on to it have met the director that was, and not a real server.
bool PathFinder::is_director(const MacAddress& mac, const IpAddress& vip) const {
  const auto [first, last] = routers_.equal_range(vip);
  return std::any_of(first, last, [&](const auto& entry) {
    const auto& speakers = entry.second->speakers();
    return std::any_of(speakers.begin(), speakers.end(),
                       [&](const VrrpSpeaker& s) { return s.mac == mac; });
  });
}

void PathFinder::find_routers() {
  if (model_.vrrp == nullptr) return;
  for (const auto& [key, router] : model_.vrrp->routers()) {
    std::set<IpAddress> addresses;
    for (const VrrpSpeaker& s : router.speakers()) {
      addresses.insert(s.addresses.begin(), s.addresses.end());
    }
    for (const IpAddress& address : addresses) routers_.emplace(address, &router);
  }
}

void PathFinder::add_targets(const Forwarded& f, Path& path) const {
  std::vector<Target> targets;
  for (const IpAddress& ip : f.target_ips) {
    targets.push_back({.socket = Socket{ip, path.vip.port}, .mac = owners_.mac_of(ip)});
    set(path.evidence, *f.carrier);
  }
  for (const MacAddress& mac : f.target_macs) {
    if (f.mode == Mode::tun || is_director(mac, path.vip.address)) continue;
    set(path.evidence, Evidence::mac);
    Target target{.socket = std::nullopt, .mac = mac};
    if (const auto ip = owners_.address_of(mac, path.vip.address.is_v4(), vips_)) {
      target.socket = Socket{*ip, path.vip.port};
      set(path.evidence, Evidence::arp);
    }
    targets.push_back(target);
  }
  if (targets.empty()) return;
  path.target = targets.front();
  path.others.assign(targets.begin() + 1, targets.end());
}

// What directors tell one another confirms paths, completes those whose real server packets leave
// open, and stands for connections of which only one side was captured, or none.
void PathFinder::add_told() {
  if (model_.sync == nullptr || model_.sync->connections().size() == 0) return;
  using Key = std::tuple<std::uint8_t, Socket, Socket>;
  std::map<Key, std::vector<std::uint32_t>> told;  // legs, by what they would be in a listing
  const auto& entries = model_.sync->connections();
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    told[{entries[i].protocol, entries[i].client, entries[i].vip}];
  }
  // Behind a director that rewrites the service's address only, the client is still the client.
  std::map<Key, std::vector<std::uint32_t>> behind;
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    behind[{entries[i].protocol, entries[i].client, entries[i].rip}];
  }
  std::vector<Key> confirmed;
  for (Path& path : paths_) {
    const auto at = told.find({path.protocol, path.client, path.vip});
    if (at == told.end()) continue;
    confirm_by_sync(path);
    confirmed.push_back(at->first);
  }
  for (const Key& key : confirmed) told.erase(key);
  for (std::uint32_t id = 0; id < legs_.size(); ++id) {
    const Leg& leg = legs_[id];
    const int client = clients_.of(leg).end;
    const Key key{leg.protocol, socket_of(leg, client), socket_of(leg, 1 - client)};
    for (auto* legs : {&told, &behind}) {
      const auto at = legs->find(key);
      if (at != legs->end()) at->second.push_back(id);
    }
  }
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    const auto at = told.find({entries[i].protocol, entries[i].client, entries[i].vip});
    if (at == told.end()) continue;
    add_told(entries[i], at->second,
             behind[{entries[i].protocol, entries[i].client, entries[i].rip}]);
  }
}

void PathFinder::confirm_by_sync(Path& path) const {
  const SyncEntry* entry = model_.sync->find(path.protocol, path.client, path.vip, path.first);
  if (entry == nullptr || !entry->method || mode_of(*entry->method) != path.mode) return;
  if (path.target.socket && path.target.socket != entry->rip) return;
  path.target.socket = entry->rip;
  if (!path.target.mac) path.target.mac = owners_.mac_of(entry->rip.address);
  set(path.evidence, Evidence::sync);
  path.sure = true;
}

// `near` and `far` are the client's and the real server's legs, as far as they were captured: of
// several the one of that time.
void PathFinder::add_told(const SyncEntry& entry, const std::vector<std::uint32_t>& near,
                          const std::vector<std::uint32_t>& far) {
  const auto mode = entry.method ? mode_of(*entry.method) : std::nullopt;
  if (!mode) return;
  const auto is_its = [&](std::uint32_t id) {
    return model_.sync->find(entry.protocol, entry.client, entry.vip, legs_[id].first) == &entry;
  };
  const bool is_near = std::any_of(near.begin(), near.end(), is_its);
  const auto& legs = is_near ? near : far;
  const auto leg = std::find_if(legs.begin(), legs.end(), is_its);
  Path path;
  if (leg != legs.end()) {
    const int client = clients_.of(legs_[*leg]).end;
    path = path_of(*leg, client, *mode);
    path.vip = entry.vip;
    path.reception = reception_of(legs_[*leg], client);
    legs_of_[*leg].push_back(*leg);
  } else {
    path.protocol = entry.protocol;
    path.client = entry.client;
    path.vip = entry.vip;
    path.mode = *mode;
    path.first = entry.first;
    path.last = entry.last;
    path.frame = entry.first_frame;
    path.began_before = true;
    note_told_entry(path, entry);
  }
  path.target = {.socket = entry.rip, .mac = owners_.mac_of(entry.rip.address)};
  if (path.leg != forwarding::kNoLeg && !is_near) path.target.leg = path.leg;
  set(path.evidence, Evidence::sync);
  path.sure = true;
  paths_.push_back(std::move(path));
}

// As the director said last: an entry that is not told of again ends with its timeout.
void PathFinder::note_told_entry(Path& path, const SyncEntry& entry) const {
  const bool has_state = is_tcp(entry.protocol) && entry.state < kIpvsStates;
  const auto state = static_cast<IpvsState>(has_state ? entry.state : 0);
  Duration timeout = timeout_of(entry.protocol, state);
  if (entry.timeout_s) timeout = std::chrono::seconds{*entry.timeout_s};
  if (entry.last + timeout <= now_) return;
  path.expires = entry.last + timeout - now_;
  if (!has_state) return;
  path.state = state;
  path.is_active = is_active(state);
}

// IPVS keeps one entry for a client's address and port: the next connection takes it over, or has
// it replaced (ip_vs_in_hook, conn_reuse_mode).
void PathFinder::end_reused_entries() {
  std::map<std::tuple<Socket, Socket, std::uint8_t>, Path*> latest;
  for (Path& path : paths_) {
    Path*& before = latest[{path.client, path.vip, path.protocol}];
    if (before != nullptr) {
      before->state.reset();
      before->expires.reset();
      before->is_active = false;
      before->replaced_at = path.first;
    }
    before = &path;
  }
}

void PathFinder::enter_records() {
  std::vector<std::uint32_t> involved;
  for (const auto& [near, legs] : legs_of_)
    involved.insert(involved.end(), legs.begin(), legs.end());
  const forwarding::RecordIds ids(model_, std::move(involved));
  for (Path& path : paths_) {
    if (path.leg == forwarding::kNoLeg) continue;
    for (const std::uint32_t leg : legs_of_[path.leg]) {
      const auto of_leg = ids.of(leg);
      if (!of_leg.empty() && leg == path.leg) path.record = of_leg.front();
      if (!of_leg.empty() && leg == path.target.leg) path.target.record = of_leg.front();
      for (Target& other : path.others) {
        if (!of_leg.empty() && leg == other.leg) other.record = of_leg.front();
      }
      path.connections.insert(path.connections.end(), of_leg.begin(), of_leg.end());
    }
    std::sort(path.connections.begin(), path.connections.end());
  }
}

}  // namespace tapstat::analysis::lvs
