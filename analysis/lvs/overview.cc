#include "analysis/lvs/overview.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <variant>

#include "analysis/forwarding/handover.h"
#include "analysis/forwarding/leg_table.h"
#include "analysis/lvs/boxes.h"
#include "analysis/lvs/path_finder.h"
#include "analysis/median.h"
#include "decode/ip_protocol.h"

namespace tapstat::analysis::lvs {
namespace {

using forwarding::Complaint;
using forwarding::Entry;
using forwarding::kNoLeg;
using forwarding::Leg;

// More than that no director has.
constexpr std::size_t kMostOfDirector = 1024;

template <typename T>
void add_new(std::vector<T>& all, const T& one) {
  const bool is_known = std::find(all.begin(), all.end(), one) != all.end();
  if (!is_known && all.size() < kMostOfDirector) all.push_back(one);
}

// One service, from its paths.
class ServiceMaker {
 public:
  ServiceMaker(const Model& model, const std::vector<Path>& paths, Service& service)
      : model_(model), paths_(paths), service_(service) {}

  void make() {
    for (const std::uint32_t i : service_.paths) {
      const Path& path = paths_[i];
      enter_server(path);
      enter_director(path);
      note_fwmark(path);
    }
    guess();
    measure();
  }

 private:
  [[nodiscard]] static bool is_tcp(const Path& path) {
    return path.protocol == decode::ip_protocol::kTcp;
  }
  [[nodiscard]] RealServer* server_of(const Path& path);
  void enter_server(const Path& path);
  void enter_director(const Path& path);
  void note_fwmark(const Path& path);
  void guess();
  [[nodiscard]] Choice choice_of(const Path& path);
  void measure();
  [[nodiscard]] std::optional<tcp::Connection> connection(
      const std::optional<std::uint32_t>& id) const {
    return id ? std::optional{model_.tcp.connections()[*id]} : std::nullopt;
  }
  [[nodiscard]] std::optional<std::uint64_t> retransmissions(const tcp::Connection& c) const;

  const Model& model_;
  const std::vector<Path>& paths_;
  Service& service_;
  using ServerKey = std::variant<Socket, MacAddress>;
  std::map<ServerKey, std::size_t> index_;  // into Service::servers
};

// By its address; by its MAC address where that is all there is. Nullptr: nothing tells which.
RealServer* ServiceMaker::server_of(const Path& path) {
  if (!path.target.socket && !path.target.mac) return nullptr;
  const ServerKey key =
      path.target.socket ? ServerKey{*path.target.socket} : ServerKey{*path.target.mac};
  const auto [at, is_new] = index_.emplace(key, service_.servers.size());
  if (is_new) service_.servers.push_back({.socket = path.target.socket, .mac = path.target.mac});
  return &service_.servers[at->second];
}

void ServiceMaker::enter_server(const Path& path) {
  RealServer* server = server_of(path);
  if (server == nullptr) return;
  if (!server->mac) server->mac = path.target.mac;
  ++server->connections;
  if (path.is_active) ++server->active;
  if (!path.is_active && path.expires) ++server->inactive;
  if (path.reception == Reception::refused) ++server->refused;
  if (path.reception == Reception::unanswered) ++server->unanswered;
}

void ServiceMaker::enter_director(const Path& path) {
  Director& director = service_.director;
  for (const MacAddress& mac : path.director_macs) add_new(director.macs, mac);
  if (path.director_ip) add_new(director.dips, *path.director_ip);
  if (path.local) add_new(director.lips, path.local->address);
}

void ServiceMaker::note_fwmark(const Path& path) {
  if (model_.sync == nullptr || !path.evidence[static_cast<std::size_t>(Evidence::sync)]) return;
  const SyncEntry* entry = model_.sync->find(path.protocol, path.client, path.vip, path.first);
  if (entry != nullptr && entry->fwmark.value_or(0) != 0) service_.fwmark = entry->fwmark;
}

Choice ServiceMaker::choice_of(const Path& path) {
  Choice choice{.time = path.first, .client = path.client.address, .client_port = path.client.port};
  if (path.leg != kNoLeg) {
    const Leg& leg = model_.legs->legs()[path.leg];
    const int client = forwarding::socket_of(leg, 0) == path.client ? 0 : 1;
    const Entry& entry = leg.entries[client][static_cast<std::size_t>(view_of(path.mode))];
    choice.inactive_from = entry.inactive_from;
    if (!path.expires) {
      choice.gone_at = entry.last + timeout_of(path.protocol, entry.state);
    }
  }
  if (path.replaced_at) choice.gone_at = *path.replaced_at;
  if (const RealServer* server = server_of(path)) {
    const auto index = static_cast<std::size_t>(server - service_.servers.data());
    if (index < kUnknownServer) choice.server = static_cast<std::uint16_t>(index);
  }
  return choice;
}

void ServiceMaker::guess() {
  std::vector<Choice> choices, before;
  for (const std::uint32_t i : service_.paths) {
    (paths_[i].began_before ? before : choices).push_back(choice_of(paths_[i]));
  }
  std::vector<ServerAddress> addresses;
  for (const RealServer& server : service_.servers) {
    if (server.socket) addresses.push_back({server.socket->address, server.socket->port});
  }
  if (addresses.size() != service_.servers.size()) addresses.clear();
  service_.scheduler = guess_scheduler({.choices = choices,
                                        .before = before,
                                        .servers = service_.servers.size(),
                                        .is_udp = service_.protocol == decode::ip_protocol::kUdp,
                                        .addresses = addresses});
  const auto& weights = service_.scheduler.weights;
  for (std::size_t i = 0; i < weights.size(); ++i) service_.servers[i].weight = weights[i];
}

std::optional<std::uint64_t> ServiceMaker::retransmissions(const tcp::Connection& c) const {
  if (model_.tcp.analysis(c) == nullptr) return std::nullopt;
  std::uint64_t sum = 0;
  for (int end = 0; end < 2; ++end) {
    const tcp::Quality* quality = model_.tcp.quality(c, end);
    if (quality != nullptr) sum += quality->count(tcp::Note::retransmission);
  }
  return sum;
}

// What only the legs of TCP tell: how far the client and the real servers are, and what is sent
// again on which side.
void ServiceMaker::measure() {
  std::vector<Duration> to_clients, to_servers;
  const auto add = [](std::optional<std::uint64_t>& sum, std::optional<std::uint64_t> n) {
    if (n) sum = sum.value_or(0) + *n;
  };
  for (const std::uint32_t i : service_.paths) {
    const Path& path = paths_[i];
    if (!is_tcp(path)) continue;
    if (const auto near = connection(path.record)) {
      if (const auto rtt = near->handshake().client_rtt()) to_clients.push_back(*rtt);
      add(service_.client_retransmissions, retransmissions(*near));
    }
    if (const auto far = connection(path.target.record)) {
      if (const auto rtt = far->handshake().server_rtt()) to_servers.push_back(*rtt);
      if (RealServer* server = server_of(path)) {
        add(server->retransmissions, retransmissions(*far));
      }
    }
  }
  if (!to_clients.empty()) service_.client_rtt = median_of(std::move(to_clients));
  if (!to_servers.empty()) service_.server_rtt = median_of(std::move(to_servers));
}

// Services are in the order of their sockets and protocols.
//
// What the director says to a client when there is no server: ICMP port unreachable, and not a
// reset (ip_vs_leave of ip_vs_core.c).
void count_rejected(const Model& model, Overview& overview) {
  std::vector<bool> is_rejected(model.legs->legs().size());
  for (const Complaint& complaint : model.legs->complaints()) {
    const Leg& leg = model.legs->legs()[complaint.leg];
    if (is_rejected[complaint.leg] || leg.opener != complaint.end) continue;
    const Socket asked = forwarding::socket_of(leg, 1 - complaint.end);
    if (!complaint.says_port_unreachable()) continue;
    const auto before = [](const Service& service, const auto& other) {
      return std::tie(service.vip, service.protocol) < other;
    };
    const std::tuple wanted{asked, leg.protocol};
    auto service =
        std::lower_bound(overview.services.begin(), overview.services.end(), wanted, before);
    for (; service != overview.services.end() && service->vip == asked &&
           service->protocol == leg.protocol;
         ++service) {
      is_rejected[complaint.leg] = true;
      ++service->rejected;
    }
  }
}

// What a card claims and is no service's.
[[nodiscard]] std::vector<IpAddress> own_addresses(const MacAddress& mac, const Owners& owners,
                                                   const std::set<IpAddress>& vips) {
  std::vector<IpAddress> own;
  for (const IpAddress& ip : owners.addresses_of(mac)) {
    if (own.size() == kMostOfDirector) break;
    if (!vips.contains(ip)) own.push_back(ip);
  }
  return own;
}

// Its own addresses.
void name_directors(const Owners& owners, Overview& overview) {
  std::set<IpAddress> vips;
  for (const Service& service : overview.services) vips.insert(service.vip.address);
  std::map<MacAddress, std::vector<IpAddress>> own;  // one director has many services
  for (Service& service : overview.services) {
    Director& director = service.director;
    for (const MacAddress& mac : director.macs) {
      const auto [known, is_new] = own.try_emplace(mac);
      if (is_new) known->second = own_addresses(mac, owners, vips);
      for (const IpAddress& ip : known->second) {
        const bool is_local =
            std::find(director.lips.begin(), director.lips.end(), ip) != director.lips.end();
        if (!is_local) add_new(director.dips, ip);
      }
    }
  }
}

}  // namespace

Overview find_services(const Model& model, std::span<const forwarding::Handover> handovers,
                       Timestamp now) {
  Overview overview;
  PathFinder finder(model, handovers, now);
  overview.paths = finder.find();
  std::map<std::tuple<Socket, std::uint8_t, Mode>, std::vector<std::uint32_t>> by_service;
  for (std::uint32_t i = 0; i < overview.paths.size(); ++i) {
    const Path& path = overview.paths[i];
    by_service[{path.vip, path.protocol, path.mode}].push_back(i);
  }
  for (auto& [key, paths] : by_service) {
    Service service;
    std::tie(service.vip, service.protocol, service.mode) = key;
    service.paths = std::move(paths);
    for (const std::uint32_t i : service.paths) {
      overview.paths[i].service = static_cast<std::uint32_t>(overview.services.size());
    }
    ServiceMaker(model, overview.paths, service).make();
    overview.services.push_back(std::move(service));
  }
  count_rejected(model, overview);
  name_directors(finder.owners(), overview);
  return overview;
}

}  // namespace tapstat::analysis::lvs
