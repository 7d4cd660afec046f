#include "report/lvs.h"

#include "analysis/lvs/overview.h"
#include "report/records.h"

namespace tapstat::report {
namespace {

namespace lvs = analysis::lvs;

[[nodiscard]] capture::Timestamp now_of(const Report& report) {
  if (report.at) return *report.at;
  return report.model.totals.last.value_or(capture::Timestamp{});
}

[[nodiscard]] std::string_view protocol_name(std::uint8_t protocol) {
  return protocol == 6 ? "tcp" : "udp";
}

void write_service(const lvs::Service& s, RecordWriter& json) {
  json.begin_object()
      .field("type", "lvs_service")
      .field("vip", s.vip.address)
      .field("port", s.vip.port)
      .field("protocol", protocol_name(s.protocol))
      .field("mode", lvs::kModeNames[static_cast<std::size_t>(s.mode)]);
  if (!s.scheduler.candidates.empty()) {
    json.begin_object("scheduler");
    json.field("name", in_words(s.scheduler));
    json.end_object();
  }
  json.begin_array("real_servers");
  for (const lvs::RealServer& server : s.servers) {
    json.begin_object();
    if (server.socket) json.field("ip", server.socket->address).field("port", server.socket->port);
    if (server.mac) json.field("mac", *server.mac);
    json.field("connections", server.connections)
        .field("active", server.active)
        .field("inactive", server.inactive)
        .field("refused", server.refused)
        .field("unanswered", server.unanswered)
        .end_object();
  }
  json.end_array();
  json.end_object();
}

void write_path_record(const lvs::Path& p, RecordWriter& json) {
  json.begin_object()
      .field("type", "lvs_path")
      .field("cip", p.client.address)
      .field("cport", p.client.port)
      .field("vip", p.vip.address)
      .field("vport", p.vip.port);
  if (p.local) json.field("lip", p.local->address).field("lport", p.local->port);
  if (p.target.socket) {
    json.field("rip", p.target.socket->address).field("rport", p.target.socket->port);
  }
  json.field("mode", lvs::kModeNames[static_cast<std::size_t>(p.mode)])
      .field("protocol", protocol_name(p.protocol));
  if (p.target.mac) json.field("mac", *p.target.mac);
  if (p.state) json.field("state", name(*p.state));
  json.field("return_path", lvs::kReturnPathNames[static_cast<std::size_t>(p.return_path)])
      .field("first", p.first)
      .field("last", p.last);
  json.begin_array("connections");
  for (const std::uint32_t id : p.connections) json.element(id);
  json.end_array();
  json.begin_array("evidence");
  for (std::size_t i = 0; i < p.evidence.size(); ++i) {
    if (p.evidence[i]) json.element(lvs::kEvidenceNames[i]);
  }
  json.end_array();
  json.field("sure", p.sure).end_object();
}

}  // namespace

void print_lvs_text(const Report& report, Output& out) {
  (void)report;
  (void)out;
}

void for_each_lvs_record(const Report& report,
                         const std::function<void(const WriteRecord&)>& visit) {
  const lvs::Overview overview = lvs::find_services(report.model, now_of(report));
  for (const lvs::Service& service : overview.services) {
    visit([&](RecordWriter& json) { write_service(service, json); });
  }
  for (const lvs::Path& path : overview.paths) {
    visit([&](RecordWriter& json) { write_path_record(path, json); });
  }
}

}  // namespace tapstat::report
