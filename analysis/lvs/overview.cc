#include "analysis/lvs/overview.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analysis/forwarding/handover.h"
#include "analysis/forwarding/record_ids.h"
#include "analysis/lvs/boxes.h"
#include "analysis/lvs/forwarded_as_is.h"
#include "analysis/lvs/rewritten.h"
#include "decode/ip_protocol.h"

namespace tapstat::analysis::lvs {
namespace {

using forwarding::Clue;
using forwarding::Entry;
using forwarding::Handover;
using forwarding::Leg;
using forwarding::socket_of;

void set(EvidenceSet& evidence, Evidence what) { evidence.set(static_cast<std::size_t>(what)); }

[[nodiscard]] bool is_tcp(const Leg& leg) { return leg.protocol == decode::ip_protocol::kTcp; }

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
  if (!is_tcp(leg)) {
    return leg.courses[1 - client].packets > 0 ? Reception::accepted : Reception::unknown;
  }
  if (leg.syns == 0) return Reception::unknown;
  const auto& answers = leg.courses[1 - client];
  if (answers.packets > 0) {
    const bool is_refusal = leg.reset_by == 1 - client && !leg.has_isn[1 - client] &&
                            !leg.acknowledged;
    return is_refusal ? Reception::refused : Reception::accepted;
  }
  if (leg.acknowledged) return Reception::accepted;
  constexpr int kInVain = 2;  // SYNs
  return leg.syns >= kInVain ? Reception::unanswered : Reception::unknown;
}

class Survey {
 public:
  Survey(const Model& model, Timestamp now)
      : model_(model), now_(now), legs_(model.legs->legs()), boxes_(model), owners_(model) {}

  [[nodiscard]] Overview take() {
    add_rewritten();
    add_forwarded();
    finish_paths();
    make_services();
    return std::move(overview_);
  }

 private:
  using ServiceKey = std::tuple<Socket, std::uint8_t, Mode>;

  void add_rewritten();
  void add_path(std::span<const Handover> handovers, Mode mode);
  [[nodiscard]] Target target_of(const Handover& h) const;
  void add_forwarded();
  [[nodiscard]] Path path_of(std::uint32_t leg, int client, Mode mode) const;
  void note_entry(Path& path, const Leg& leg, int client) const;
  void finish_paths();
  void end_reused_entries();
  void make_services();
  void enter_server(Service& service, const Path& path) const;
  void guess(Service& service) const;

  const Model& model_;
  Timestamp now_;
  const Arena<Leg>& legs_;
  Boxes boxes_;
  Owners owners_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> legs_of_;  // by the client's
  std::map<std::uint32_t, Director> directors_;                  // likewise
  Overview overview_;
};

[[nodiscard]] IpvsView view_of(Mode mode) {
  return mode == Mode::nat || mode == Mode::fullnat ? IpvsView::both_ways : IpvsView::clients_way;
}

void Survey::note_entry(Path& path, const Leg& leg, int client) const {
  const Entry& entry = leg.entries[client][static_cast<std::size_t>(view_of(path.mode))];
  const Duration timeout = is_tcp(leg) ? timeout_of(entry.state) : kUdpTimeout;
  const Timestamp end = entry.last + timeout;
  if (end <= now_) return;
  path.expires = end - now_;
  if (!is_tcp(leg)) return;
  path.state = entry.state;
  path.is_active = is_active(entry.state);
}

Path Survey::path_of(std::uint32_t id, int client, Mode mode) const {
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
  path.began_before = is_tcp(leg) && leg.syns == 0;
  note_entry(path, leg, client);
  return path;
}

Target Survey::target_of(const Handover& h) const {
  const Socket socket = socket_of(legs_[h.far], 1 - h.far_client);
  return {.socket = socket,
          .mac = owners_.mac_of(socket.address),
          .leg = h.far,
          .first = legs_[h.far].first,
          .frame = legs_[h.far].first_frame};
}

void Survey::add_path(std::span<const Handover> handovers, Mode mode) {
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
  auto& all = legs_of_[first.near];
  all.push_back(first.near);
  for (const Handover& h : handovers) {
    all.push_back(h.far);
    path.last = std::max(path.last, legs_[h.far].last);
  }
  overview_.paths.push_back(std::move(path));
}

void Survey::add_rewritten() {
  const Rewritten rewritten = split_rewritten(model_);
  // A director that takes addresses of its own does so for every connection of a service.
  std::map<std::tuple<std::uint8_t, Socket>, int> balance;
  const auto service_of = [&](const Handover& h) {
    return std::tuple(legs_[h.near].protocol, socket_of(legs_[h.near], 1 - h.near_client));
  };
  for (const Handover& h : rewritten.services) {
    balance[service_of(h)] += h.has_source_changed(*model_.legs) ? 1 : -1;
  }
  for (std::size_t begin = 0; begin < rewritten.services.size();) {
    std::size_t end = begin + 1;
    while (end < rewritten.services.size() &&
           rewritten.services[end].near == rewritten.services[begin].near) {
      ++end;
    }
    const auto slice = std::span(rewritten.services).subspan(begin, end - begin);
    add_path(slice, balance[service_of(slice.front())] > 0 ? Mode::fullnat : Mode::nat);
    begin = end;
  }
}

void Survey::add_forwarded() {
  const auto forwarded = of_directors(model_, find_forwarded(model_, boxes_, owners_));
  std::set<IpAddress> vips;
  for (const Forwarded& f : forwarded) {
    vips.insert(socket_of(legs_[f.leg], 1 - f.client).address);
  }
  for (const Forwarded& f : forwarded) {
    Path path = path_of(f.leg, f.client, f.mode);
    std::vector<Target> targets;
    for (const IpAddress& ip : f.target_ips) {
      targets.push_back({.socket = Socket{ip, path.vip.port}, .mac = owners_.mac_of(ip)});
      set(path.evidence, *f.carrier);
    }
    for (const MacAddress& mac : f.target_macs) {
      if (f.mode == Mode::tun) break;
      set(path.evidence, Evidence::mac);
      Target target{.socket = std::nullopt, .mac = mac};
      if (const auto ip = owners_.address_of(mac, path.vip.address.is_v4(), vips)) {
        target.socket = Socket{*ip, path.vip.port};
        set(path.evidence, Evidence::arp);
      }
      targets.push_back(target);
    }
    if (!targets.empty()) {
      path.target = targets.front();
      path.others.assign(targets.begin() + 1, targets.end());
    }
    if (f.has_fewer_hops) set(path.evidence, Evidence::ttl);
    path.reception = reception_of(legs_[f.leg], f.client);
    if (f.answers_seen) {
      path.return_path = f.answers_pass ? ReturnPath::director : ReturnPath::direct;
    }
    path.sure = path.target.socket.has_value();
    legs_of_[f.leg].push_back(f.leg);
    overview_.paths.push_back(std::move(path));
  }
}

// IPVS keeps one entry for a client's address and port: the next connection takes it over, or has
// it replaced (ip_vs_in_hook, conn_reuse_mode).
void Survey::end_reused_entries() {
  std::map<std::tuple<Socket, Socket, std::uint8_t>, Path*> latest;
  for (Path& path : overview_.paths) {
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

void Survey::finish_paths() {
  std::vector<std::uint32_t> involved;
  for (const auto& [near, legs] : legs_of_) involved.insert(involved.end(), legs.begin(), legs.end());
  const forwarding::RecordIds ids(model_, std::move(involved));
  for (Path& path : overview_.paths) {
    for (const std::uint32_t leg : legs_of_[path.leg]) {
      const auto of_leg = ids.of(leg);
      path.connections.insert(path.connections.end(), of_leg.begin(), of_leg.end());
    }
    std::sort(path.connections.begin(), path.connections.end());
  }
  std::stable_sort(overview_.paths.begin(), overview_.paths.end(),
                   [](const Path& a, const Path& b) { return a.first < b.first; });
  end_reused_entries();
}

void Survey::enter_server(Service& service, const Path& path) const {
  const auto is_it = [&](const RealServer& server) {
    if (path.target.socket || server.socket) return server.socket == path.target.socket;
    return server.mac == path.target.mac;
  };
  auto at = std::find_if(service.servers.begin(), service.servers.end(), is_it);
  if (at == service.servers.end()) {
    service.servers.push_back({.socket = path.target.socket, .mac = path.target.mac});
    at = service.servers.end() - 1;
  }
  ++at->connections;
  if (path.is_active) ++at->active;
  if (!path.is_active && path.expires) ++at->inactive;
  if (path.reception == Reception::refused) ++at->refused;
  if (path.reception == Reception::unanswered) ++at->unanswered;
}

void Survey::guess(Service& service) const {
  std::vector<Choice> choices, before;
  for (const std::uint32_t index : service.paths) {
    const Path& path = overview_.paths[index];
    if (path.leg == forwarding::kNoLeg) continue;
    const Leg& leg = legs_[path.leg];
    const int client = forwarding::client_end(leg).end;
    const Entry& entry = leg.entries[client][static_cast<std::size_t>(view_of(path.mode))];
    Choice choice{.time = path.first,
                  .client = path.client.address,
                  .client_port = path.client.port,
                  .inactive_from = entry.inactive_from};
    if (path.replaced_at) {
      choice.gone_at = *path.replaced_at;
    } else if (!path.expires) {
      choice.gone_at = entry.last + (is_tcp(leg) ? timeout_of(entry.state) : kUdpTimeout);
    }
    for (std::size_t i = 0; i < service.servers.size(); ++i) {
      if (path.target.socket && service.servers[i].socket == path.target.socket) {
        choice.server = static_cast<std::uint16_t>(i);
      } else if (!path.target.socket && path.target.mac &&
                 service.servers[i].mac == path.target.mac) {
        choice.server = static_cast<std::uint16_t>(i);
      }
    }
    (path.began_before ? before : choices).push_back(choice);
  }
  service.scheduler = guess_scheduler({.choices = choices,
                                       .before = before,
                                       .servers = service.servers.size(),
                                       .is_udp = service.protocol == decode::ip_protocol::kUdp});
  for (std::size_t i = 0; i < service.scheduler.weights.size(); ++i) {
    service.servers[i].weight = service.scheduler.weights[i];
  }
}

void Survey::make_services() {
  std::map<ServiceKey, std::vector<std::uint32_t>> by_key;
  for (std::uint32_t i = 0; i < overview_.paths.size(); ++i) {
    const Path& path = overview_.paths[i];
    by_key[{path.vip, path.protocol, path.mode}].push_back(i);
  }
  for (auto& [key, paths] : by_key) {
    Service service;
    std::tie(service.vip, service.protocol, service.mode) = key;
    service.paths = std::move(paths);
    for (const std::uint32_t i : service.paths) {
      overview_.paths[i].service = static_cast<std::uint32_t>(overview_.services.size());
      if (overview_.paths[i].target.socket || overview_.paths[i].target.mac) {
        enter_server(service, overview_.paths[i]);
      }
    }
    guess(service);
    overview_.services.push_back(std::move(service));
  }
}

}  // namespace

Overview find_services(const Model& model, Timestamp now) {
  if (model.legs == nullptr) return {};
  return Survey(model, now).take();
}

}  // namespace tapstat::analysis::lvs
