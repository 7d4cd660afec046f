#include "report/lvs/records.h"

#include <algorithm>
#include <array>

#include "report/forwarded.h"
#include "report/ip_protocol_name.h"
#include "report/lvs/end_states.h"
#include "report/lvs/words.h"
#include "report/records.h"

namespace tapstat::report {
namespace {

namespace lvs = analysis::lvs;

template <typename T>
void write_list(std::string_view key, const std::vector<T>& values, RecordWriter& json) {
  if (values.empty()) return;
  json.begin_array(key);
  for (const T& value : values) json.element(value);
  json.end_array();
}

void write_host_name(const Report& report, std::string_view key, const analysis::IpAddress& address,
                     RecordWriter& json) {
  if (report.names == nullptr) return;
  if (const auto host = report.names->host(address); !host.empty()) json.field(key, host);
}

// What is not determined is not told with more, however likely it is.
constexpr double kMostUndetermined = 0.9;

void write_scheduler(const lvs::SchedulerGuess& guess, RecordWriter& json) {
  const auto& candidates = guess.candidates;
  const bool is_told = guess.determined && !candidates.empty();
  json.begin_object("scheduler").field("name", in_words(guess));
  if (!candidates.empty()) {
    const double best = candidates.front().confidence;
    json.field("confidence", is_told ? best : std::min(best, kMostUndetermined));
  }
  if (candidates.size() > 1) json.field("runner_up", name_of(candidates[1].name));
  if (!is_told && !candidates.empty()) {
    json.begin_array("candidates");
    for (const lvs::Candidate& candidate : candidates) {
      json.begin_object()
          .field("name", name_of(candidate.name))
          .field("confidence", candidate.confidence)
          .end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write_director(const lvs::Director& director, RecordWriter& json) {
  json.begin_object("director");
  write_list("dips", director.dips, json);
  write_list("lips", director.lips, json);
  write_list("macs", director.macs, json);
  json.end_object();
}

void write_real_server(const Report& report, const lvs::RealServer& server, RecordWriter& json) {
  json.begin_object();
  if (server.socket) {
    json.field("ip", server.socket->address).field("port", server.socket->port);
    write_host_name(report, "name", server.socket->address, json);
  }
  json.field("mac", server.mac)
      .field("weight", server.weight)
      .field("connections", server.connections)
      .field("active", server.active)
      .field("inactive", server.inactive)
      .field("refused", server.refused)
      .field("unanswered", server.unanswered)
      .field("retransmissions", server.retransmissions)
      .end_object();
}

// How many of its paths came back which way.
void write_return_paths(const lvs::Overview& overview, const lvs::Service& service,
                        RecordWriter& json) {
  std::array<std::uint32_t, lvs::kReturnPathNames.size()> ways{};
  for (const std::uint32_t i : service.paths) {
    ++ways[static_cast<std::size_t>(overview.paths[i].return_path)];
  }
  json.begin_object("return_paths");
  for (std::size_t i = 0; i < ways.size(); ++i) json.field(lvs::kReturnPathNames[i], ways[i]);
  json.end_object();
}

void write_other(const lvs::Target& target, RecordWriter& json) {
  json.begin_object();
  if (target.socket) {
    json.field("rip", target.socket->address).field("rport", target.socket->port);
  }
  json.field("mac", target.mac).field("t", target.first).field("frame", target.frame).end_object();
}

void write_evidence(const lvs::Path& path, RecordWriter& json) {
  json.begin_array("evidence");
  for (std::size_t i = 0; i < path.evidence.size(); ++i) {
    if (path.evidence[i]) json.element(lvs::kEvidenceNames[i]);
  }
  json.end_array();
}

// Of IPVS: the entry as ipvsadm -Lnc would print it.
void write_entry(const lvs::Path& path, RecordWriter& json) {
  json.field("state", entry_state(path))
      .field("expires", path.expires)
      .field("replaced_at", path.replaced_at)
      .field("active", path.is_active);
}

void write_reception(const lvs::Path& path, RecordWriter& json) {
  constexpr std::array<std::string_view, 4> kReceptions = {"", "accepted", "refused", "unanswered"};
  const auto reception = kReceptions[static_cast<std::size_t>(path.reception)];
  if (!reception.empty()) json.field("reception", reception);
}

}  // namespace

void write_lvs_service(const Report& report, const lvs::Service& service, RecordWriter& json) {
  json.begin_object()
      .field("type", "lvs_service")
      .field("vip", service.vip.address)
      .field("port", service.vip.port)
      .field("protocol", ip_protocol_name(service.protocol));
  write_host_name(report, "name", service.vip.address, json);
  json.field("mode", mode_name(service.mode)).field("fwmark", service.fwmark);
  write_scheduler(service.scheduler, json);
  json.field("persistent", service.scheduler.is_persistent)
      .field("persistence", service.scheduler.persistence);
  write_director(service.director, json);
  json.begin_array("real_servers");
  for (const lvs::RealServer& server : service.servers) write_real_server(report, server, json);
  json.end_array().field("connections", service.paths.size());
  write_return_paths(report.forwarded->overview(), service, json);
  json.field("client_rtt", service.client_rtt)
      .field("server_rtt", service.server_rtt)
      .field("client_retransmissions", service.client_retransmissions)
      .field("rejected", service.rejected)
      .end_object();
}

void write_lvs_path(const Report& report, const lvs::Path& path, RecordWriter& json) {
  json.begin_object()
      .field("type", "lvs_path")
      .field("cip", path.client.address)
      .field("cport", path.client.port)
      .field("vip", path.vip.address)
      .field("vport", path.vip.port);
  if (path.local) json.field("lip", path.local->address).field("lport", path.local->port);
  if (path.target.socket) {
    json.field("rip", path.target.socket->address).field("rport", path.target.socket->port);
  }
  write_host_name(report, "cip_name", path.client.address, json);
  if (path.target.socket) write_host_name(report, "rip_name", path.target.socket->address, json);
  json.field("mode", mode_name(path.mode))
      .field("protocol", ip_protocol_name(path.protocol))
      .field("mac", path.target.mac);
  write_entry(path, json);
  json.field("return_path", return_name(path.return_path));
  if (const auto ends = end_states(report, path)) {
    json.field("client_state", name(ends->client)).field("server_state", name(ends->server));
  }
  write_reception(path, json);
  json.field("first", path.first).field("last", path.last);
  if (path.frame != 0) json.field("frame", path.frame);
  if (!path.connections.empty()) {
    json.begin_array("connections");
    for (const std::uint32_t id : path.connections) json.element(id);
    json.end_array();
  }
  write_evidence(path, json);
  json.field("sure", path.sure).field("began_before", path.began_before);
  if (!path.others.empty()) {
    json.begin_array("others");
    for (const lvs::Target& target : path.others) write_other(target, json);
    json.end_array();
  }
  json.end_object();
}

}  // namespace tapstat::report
