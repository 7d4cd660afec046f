// Real servers that refuse or answer nothing, and services that have none left.
#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <vector>

#include "analysis/findings/virtual_servers.h"
#include "analysis/neighbors/neighbor_table.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using forwarding::Complaint;
using forwarding::Leg;
using lvs::Path;
using lvs::Reception;
using lvs::ReturnPath;
using lvs::Service;

// RFC 6298 section 2.1: a SYN goes out again after a second. Who has not sent his again after so
// long was told not to.
constexpr auto kGivenUp = 3s;

// What became of the connections that one real server got.
struct Record {
  std::vector<const Path*> refused, unanswered, given_up, waiting;
  std::uint64_t all = 0, accepted = 0;
};

[[nodiscard]] bool says(const VirtualServers& servers, const Path& path, Undelivered what) {
  const bool is_v4 = path.vip.address.is_v4();
  for (const std::uint32_t leg : {path.leg, path.target.leg}) {
    if (leg == forwarding::kNoLeg) continue;
    for (const Complaint& c : servers.complaints(leg)) {
      if (meaning_of(c, is_v4) == what) return true;
    }
  }
  return false;
}

// A single SYN, and silence: answers go past the director, and the client's next word would come
// by.
[[nodiscard]] bool has_given_up(const Inquiry& inquiry, const VirtualServers& servers,
                                const Path& path) {
  const Leg& leg = servers.leg(path.leg);
  const int client = forwarding::client_end(leg).end;
  return path.return_path == ReturnPath::unseen && leg.syns == 1 &&
         leg.courses[client].packets == 1 && inquiry.end() - leg.last > kGivenUp;
}

void note(const Inquiry& inquiry, const VirtualServers& servers, const Path& path, Record& record) {
  ++record.all;
  switch (path.reception) {
    case Reception::accepted:
      ++record.accepted;
      return;
    case Reception::refused:
      record.refused.push_back(&path);
      return;
    case Reception::unanswered:
    case Reception::unknown:
      break;
  }
  const Leg& near = servers.leg(path.leg);
  if (near.syns == 0 || near.acknowledged || path.return_path != ReturnPath::unseen) return;
  if (says(servers, path, Undelivered::refused)) {
    record.refused.push_back(&path);
  } else if (path.reception == Reception::unanswered || says(servers, path, Undelivered::no_host)) {
    record.unanswered.push_back(&path);
  } else if (has_given_up(inquiry, servers, path)) {
    record.given_up.push_back(&path);
  } else {
    record.waiting.push_back(&path);
  }
}

[[nodiscard]] Evidence refusal(const VirtualServers& servers, const Path& path) {
  const Leg& leg = servers.leg(path.target.leg == forwarding::kNoLeg ? path.leg : path.target.leg);
  if (leg.reset_by >= 0) return {leg.reset_at, leg.reset_frame};
  return {path.first, path.frame};
}

void tell(Inquiry& inquiry, FindingKind kind, const std::vector<const Path*>& paths,
          const Record& record, const VirtualServers& servers) {
  for (const Path* path : paths) {
    const Evidence evidence = kind == FindingKind::lvs_server_refused
                                  ? refusal(servers, *path)
                                  : Evidence{path->first, path->frame};
    if (!inquiry.is_in_period(evidence.time)) continue;
    Finding& f = inquiry.about(kind, subject_of(*path));
    f.other = path->vip;
    f.figures.of = record.all;
    add_path(inquiry, f, *path, evidence);
  }
}

// Somebody else's connections are taken: else the clients may be such that ask and go.
[[nodiscard]] bool is_refusing(const Record& record, std::uint64_t accepted_elsewhere,
                               const Path& path) {
  constexpr std::size_t kFew = 2, kSome = 3;
  // Where it is not known which of them: enough for no accident.
  const bool is_known = path.target.socket || path.target.mac;
  if (!is_known) return record.given_up.size() >= kSome && record.accepted >= kSome;
  return record.given_up.size() >= kFew && record.accepted < record.given_up.size() &&
         accepted_elsewhere >= kSome;
}

void judge(Inquiry& inquiry, const VirtualServers& servers, const Record& record,
           std::uint64_t accepted_elsewhere) {
  tell(inquiry, FindingKind::lvs_server_refused, record.refused, record, servers);
  if (!record.unanswered.empty()) {
    // Of a server that is silent all that stayed without an answer.
    for (const auto* paths : {&record.unanswered, &record.given_up, &record.waiting}) {
      tell(inquiry, FindingKind::lvs_server_unanswered, *paths, record, servers);
    }
    return;
  }
  if (record.given_up.empty()) return;
  const Path& path = *record.given_up.front();
  if (!is_refusing(record, accepted_elsewhere, path)) return;
  tell(inquiry, FindingKind::lvs_server_refused, record.given_up, record, servers);
  if (record.refused.empty()) {
    inquiry.about(FindingKind::lvs_server_refused, subject_of(path)).lvs.is_inferred = true;
  }
}

using ServerKey = std::tuple<Subject, Socket>;  // real, virtual

void judge_servers(Inquiry& inquiry, const VirtualServers& servers) {
  std::map<ServerKey, Record> records;
  std::map<Socket, std::uint64_t> accepted;
  for (const Path& path : servers.overview().paths) {
    if (path.leg == forwarding::kNoLeg || !VirtualServers::is_tcp(servers.leg(path.leg))) continue;
    const bool may_be_elsewhere = path.return_path == ReturnPath::unseen &&
                                  servers.was_handed_over(path.vip.address, servers.leg(path.leg));
    if (servers.leads_to_director(path.target) || may_be_elsewhere) continue;
    Record& record = records[{subject_of(path), path.vip}];
    const std::uint64_t before = record.accepted;
    note(inquiry, servers, path, record);
    accepted[path.vip] += record.accepted - before;
  }
  for (const auto& [key, record] : records) {
    const auto& [server, vip] = key;
    judge(inquiry, servers, record, accepted[vip] - record.accepted);
  }
}

// Hosts that directors look for and do not find.
[[nodiscard]] std::set<IpAddress> lost_by_directors(const Inquiry& inquiry,
                                                    const VirtualServers& servers) {
  std::set<IpAddress> lost;
  if (inquiry.model().layer2.neighbors == nullptr) return lost;
  for (const neighbors::Binding& binding : inquiry.model().layer2.neighbors->bindings()) {
    if (binding.answered_unseen) continue;
    for (const neighbors::Asker& asker : binding.askers) {
      const bool is_in_vain =
          asker.tries >= neighbors::kMostSolicits && asker.mac && servers.is_director(*asker.mac);
      if (is_in_vain) lost.insert(binding.address);
    }
  }
  return lost;
}

// A request that a director took and could not send on: it cannot reach the real server.
struct Stuck {
  std::uint32_t leg = forwarding::kNoLeg;
  const Service* service = nullptr;
};

[[nodiscard]] bool has_complaint(const VirtualServers& servers, std::uint32_t leg, Undelivered what,
                                 bool is_v4) {
  const auto all = servers.complaints(leg);
  return std::any_of(all.begin(), all.end(),
                     [&](const Complaint& c) { return meaning_of(c, is_v4) == what; });
}

// The real server's address is the one that the director asks for in vain, where that is one.
[[nodiscard]] Subject missing_server(const Service& service, const std::set<IpAddress>& lost) {
  std::vector<IpAddress> of_family;
  std::copy_if(lost.begin(), lost.end(), std::back_inserter(of_family),
               [&](const IpAddress& ip) { return ip.is_v4() == service.vip.address.is_v4(); });
  if (of_family.size() != 1) return service.vip;
  std::uint16_t port = service.vip.port;
  for (const lvs::RealServer& server : service.servers) {
    if (server.socket) port = server.socket->port;
  }
  return Socket{of_family.front(), port};
}

void tell_stuck(Inquiry& inquiry, const VirtualServers& servers, const std::vector<Stuck>& all) {
  if (all.empty()) return;
  const std::set<IpAddress> lost = lost_by_directors(inquiry, servers);
  for (const Stuck& stuck : all) {
    const Leg& leg = servers.leg(stuck.leg);
    const bool says_so =
        has_complaint(servers, stuck.leg, Undelivered::no_host, stuck.service->vip.address.is_v4());
    if ((lost.empty() && !says_so) || !inquiry.is_in_period(leg.first)) continue;
    const Subject subject = missing_server(*stuck.service, lost);
    Finding& f = inquiry.about(FindingKind::lvs_server_unanswered, subject);
    f.other = stuck.service->vip;
    f.lvs.is_down = true;
    ++f.figures.count;
    f.figures.of = std::max(f.figures.of, f.figures.count);
    add_evidence(f, {leg.first, leg.first_frame});
    add_connections(inquiry, f, servers.connections_of(stuck.leg));
    if (const auto* server = std::get_if<Socket>(&subject);
        server && !(*server == stuck.service->vip)) {
      inquiry.explain(server->address);
    }
  }
}

// IPVS answers so when a service has no real server with a weight: ip_vs_leave of ip_vs_core.c.
void tell_no_server(Inquiry& inquiry, const VirtualServers& servers, std::uint32_t id,
                    const Service& service, const Complaint& first) {
  if (!inquiry.is_in_period(first.time)) return;
  Finding& f = inquiry.about(FindingKind::lvs_no_server, service.vip);
  ++f.figures.count;
  add_evidence(f, {first.time, first.frame});
  add_connections(inquiry, f, servers.connections_of(id));
}

void judge_requests(Inquiry& inquiry, const VirtualServers& servers) {
  std::vector<Stuck> stuck;
  std::map<Socket, std::uint64_t> requests;
  servers.for_each_request([&](std::uint32_t id, int client, const Service& service) {
    ++requests[service.vip];
    const Leg& leg = servers.leg(id);
    const bool is_answered = leg.courses[1 - client].packets > 0 || leg.acknowledged;
    if (servers.path_of(id) != nullptr || is_answered || leg.syns == 0) return;
    const bool is_v4 = service.vip.address.is_v4();
    for (const Complaint& c : servers.complaints(id)) {
      if (meaning_of(c, is_v4) != Undelivered::refused) continue;
      return tell_no_server(inquiry, servers, id, service, c);
    }
    const auto seen = leg.courses[client].seen();
    const bool reached = std::any_of(seen.begin(), seen.end(), [&](const forwarding::Crossing& c) {
      const auto box = servers.receiver(c.link);
      return box && servers.is_director(*box);
    });
    constexpr int kInVain = 2;  // SYNs
    if (reached &&
        (leg.syns >= kInVain || has_complaint(servers, id, Undelivered::no_host, is_v4))) {
      stuck.push_back({id, &service});
    }
  });
  for (const Service& service : servers.overview().services) {
    Finding& f = inquiry.about(FindingKind::lvs_no_server, service.vip);
    f.figures.of = requests[service.vip];
  }
  tell_stuck(inquiry, servers, stuck);
}

}  // namespace

void find_dead_servers(Inquiry& inquiry, const VirtualServers& servers) {
  judge_servers(inquiry, servers);
  judge_requests(inquiry, servers);
}

}  // namespace tapstat::analysis
