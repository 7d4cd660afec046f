#include "report/flows.h"

#include <string_view>

#include "decode/ip_protocol.h"
#include "report/cells.h"
#include "report/community_id.h"
#include "report/ip_protocol_name.h"
#include "report/records.h"
#include "report/table.h"

namespace tapstat::report {
namespace {

using analysis::flows::Flow;
namespace ip_protocol = decode::ip_protocol;

[[nodiscard]] bool is_icmp(const Flow& flow) {
  return flow.ip_protocol() == ip_protocol::kIcmp || flow.ip_protocol() == ip_protocol::kIcmpv6;
}

[[nodiscard]] bool has_ports(const Flow& flow) {
  return flow.ip_protocol() == ip_protocol::kUdp || flow.ip_protocol() == ip_protocol::kSctp;
}

// By the instant that is shown, or by the last packet of the capture.
[[nodiscard]] bool has_ended(const Report& report, const Flow& flow) {
  const auto now = report.at ? report.at : report.model.totals.last;
  return now && flow.has_ended_at(*now);
}

[[nodiscard]] std::string end_text(const Report& report, const Flow& flow, int i) {
  const auto& address = flow.key().address[i];
  if (!has_ports(flow)) return host_text(report.names, address);
  return socket_text(report.names, address, flow.key().port[i], flow.ip_protocol());
}

// "udp", or "icmp 3/1": type and code.
[[nodiscard]] std::string protocol_text(const Flow& flow) {
  std::string text = ip_protocol_name(flow.ip_protocol());
  if (!is_icmp(flow)) return text;
  text += ' ' + std::to_string(flow.icmp_type());
  if (const auto code = flow.icmp_code()) text += '/' + std::to_string(*code);
  return text;
}

[[nodiscard]] std::string average_text(const Flow& flow) {
  return flow.responses() == 0 ? std::string{} : duration_text(flow.response_times().average());
}

void write_end(const Report& report, const Flow& flow, int i, std::string_view key,
               RecordWriter& json) {
  json.begin_object(key).field("ip", flow.key().address[i]);
  if (has_ports(flow)) json.field("port", flow.key().port[i]);
  if (report.names != nullptr) write_name(*report.names, flow.key().address[i], json);
  json.field("packets", flow.traffic(i).packets)
      .field("bytes", flow.traffic(i).bytes)
      .field("wire_bytes", flow.traffic(i).wire_bytes)
      .end_object();
}

void write_icmp(const Flow& flow, RecordWriter& json) {
  if (!is_icmp(flow)) return;
  json.begin_object("icmp")
      .field("type", flow.icmp_type())
      .field("code", flow.icmp_code())
      .field("id", flow.echo())
      .end_object();
}

void write_turns(const Flow& flow, RecordWriter& json) {
  json.field("requests", flow.requests())
      .field("responses", flow.responses())
      .field("unanswered", flow.unanswered());
  if (flow.responses() == 0) return;
  const auto& times = flow.response_times();
  json.begin_object("rtt")
      .field("min", times.min())
      .field("avg", times.average())
      .field("max", times.max())
      .field("samples", times.samples())
      .end_object();
}

[[nodiscard]] std::vector<Cell> flow_row(const Report& report, const Flow& flow) {
  const auto& sent = flow.traffic(flow.client());
  const auto& received = flow.traffic(flow.server());
  const bool ended = has_ended(report, flow);
  return {std::to_string(flow.id()),
          protocol_text(flow),
          end_text(report, flow, flow.client()),
          end_text(report, flow, flow.server()),
          std::to_string(sent.packets + received.packets),
          bytes_text(sent.bytes),
          bytes_text(received.bytes),
          std::to_string(flow.requests()),
          std::to_string(flow.unanswered()),
          average_text(flow),
          time_of_day(flow.first(), report.zone),
          duration_text(flow.last() - flow.first()),
          {ended ? "timeout" : "open", ended ? Role::quiet : Role::plain}};
}

}  // namespace

void print_flows_text(const Report& report, Output& out) {
  Table table({{"Id", Align::right},
               {"Protocol"},
               {"Client"},
               {"Server"},
               {"Packets", Align::right},
               {"Sent", Align::right},
               {"Received", Align::right},
               {"Requests", Align::right},
               {"Unanswered", Align::right},
               {"Response", Align::right},
               {"Start"},
               {"Duration", Align::right},
               {"State"}});
  const auto for_each_row = [&](const auto& f) {
    for_each_flow(report, [&](const Flow& flow) { f(flow_row(report, flow)); });
  };
  table.print_rows(report.model.flows.size(), for_each_row, out, report.color);
}

void write_flow(const Report& report, const Flow& flow, RecordWriter& json) {
  json.begin_object()
      .field("type", "flow")
      .field("id", flow.id())
      .field("protocol", ip_protocol_name(flow.ip_protocol()))
      .field("ip_protocol", flow.ip_protocol())
      .field("community_id", community_id(flow.key(), flow.ip_protocol()));
  write_icmp(flow, json);
  write_end(report, flow, flow.client(), "client", json);
  write_end(report, flow, flow.server(), "server", json);
  write_turns(flow, json);
  json.field("first", flow.first())
      .field("last", flow.last())
      .field("state", has_ended(report, flow) ? "timeout" : "open");
  write_path(report, flow.path().vlans, flow.path().tunnel, json);
  write_interfaces(report, flow.inputs(), json);
  json.end_object();
}

}  // namespace tapstat::report
