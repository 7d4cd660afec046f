#include "report/records.h"

#include "analysis/forwarding/leg_table.h"
#include "analysis/neighbors/neighbor_table.h"
#include "analysis/spanning_tree/bpdu_log.h"
#include "analysis/stations/station_table.h"
#include "analysis/tcp/verdict.h"
#include "report/community_id.h"
#include "report/forwarded.h"
#include "report/kernel_truth.h"
#include "report/link_names.h"
#include "report/printable.h"
#include "report/quality_records.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Connection;
using analysis::tcp::Endpoint;
using analysis::tcp::Offer;
using analysis::tcp::State;

constexpr std::uint8_t kProtocolTcp = 6;

// Nothing of an input whose frames are in order.
void write_order(const capture::TimeOrder& order, RecordWriter& json) {
  if (order.out_of_order > 0) {
    json.field("out_of_order", order.out_of_order).field("furthest_back", order.furthest_back);
  }
  if (!order.first_step) return;
  json.field("clock_steps", order.steps)
      .begin_object("clock_step")
      .field("frame", order.first_step->frame)
      .field("from", order.first_step->from)
      .field("to", order.first_step->to)
      .end_object();
}

void write_input(const Report& report, std::size_t i, RecordWriter& json) {
  const capture::InputInfo& input = *report.inputs[i];
  json.begin_object()
      .field(input.is_live ? "interface" : "path", input.path)
      .field("format", input.format);
  if (!input.compression.empty()) json.field("compression", input.compression);
  json.begin_array("link_types");
  for (const capture::LinkType link : input.link_types) json.element(link_type_name(link));
  json.end_array();
  if (input.snaplen != 0) json.field("snaplen", input.snaplen);
  if (report.is_underway) return (void)json.end_object();
  json.field("packets", input.packets)
      .field("bytes", input.bytes)
      .field("snapped", input.snapped)
      .field("first", input.first)
      .field("last", input.last)
      .field("truncated", input.damage.has_value());
  if (input.damage) json.field("damage", input.damage->message);
  json.field("kernel_dropped", input.kernel_dropped)
      .field("interface_dropped", input.interface_dropped);
  write_order(input.order, json);
  json.field("clock_offset", clock_offset(report, i));
  if (!input.comments.empty()) {
    json.begin_array("comments");
    for (const std::string& comment : input.comments) json.element(comment);
    json.end_array();
  }
  json.end_object();
}

void write_offer(const Offer& offer, RecordWriter& json) {
  json.field("mss", offer.mss)
      .field("wscale", offer.window_shift)
      .field("sack", offer.sack)
      .field("timestamps", offer.timestamps);
}

void write_names(const Names& names, const Connection& c, int i, RecordWriter& json) {
  write_name(names, c.key().address[i], json);
  if (!c.link_source(i).known || !json.wants("vendor")) return;
  const auto vendor = names.vendor(c.link_source(i).mac);
  if (!vendor.empty()) json.field("vendor", vendor);
}

void write_end(const Report& report, const Connection& c, int i, std::string_view key,
               RecordWriter& json) {
  if (!json.wants(key)) return;
  const Endpoint& end = c.end(i);
  const auto& traffic = c.traffic(i);
  json.begin_object(key).field("ip", c.key().address[i]).field("port", c.key().port[i]);
  if (c.link_source(i).known) json.field("mac", c.link_source(i).mac);
  if (report.names != nullptr) write_names(*report.names, c, i, json);
  const Standing standing = report.standing(c, i);
  if (report.from) {
    if (const auto before = report.standing_before(c, i)) {
      json.field("state_from", name(before->state));
    }
  }
  json.field("state", name(standing.state));
  if (standing.state != State::unknown) json.field("since", standing.since);
  if (report.kernel != nullptr) {
    const auto other = report.kernel->contradiction(c, i, standing);
    if (other) json.field("kernel_state", name(other->state));
  }
  json.field("sure", standing.sure)
      .field("packets", traffic.packets)
      .field("duplicates", c.duplicates(i))
      .field("bytes", end.bytes())
      .field("wire_bytes", traffic.wire_bytes);
  if (end.iss()) {
    json.field("isn", end.iss()->value());
    write_offer(end.offer(), json);
  }
  if (end.was_seen()) json.field("window", end.window());
  json.field("send_q", end.send_queue(standing.state));
  if (const auto unread = end.receive_queue(standing.state, c.end(1 - i))) {
    json.begin_object("recv_q").field("min", unread->min).field("max", unread->max).end_object();
  }
  write_end_quality(report, c, i, json);
  json.end_object();
}

void write_handshake(const Report& report, const Connection& c, RecordWriter& json) {
  const auto& h = c.handshake();
  const auto* analysis = report.model.tcp.analysis(c);
  const auto initial_rtt = analysis == nullptr ? std::nullopt : analysis->initial_rtt();
  if (!h.saw_syn() && !h.saw_syn_ack() && !initial_rtt) return;
  json.begin_object("handshake")
      .field("complete", h.complete())
      .field("client_rtt", h.client_rtt())
      .field("server_rtt", h.server_rtt())
      .field("initial_rtt", initial_rtt)
      .end_object();
}

// What goes on behind boxes that give it other addresses, or what this is a part of.
void write_legs(const Report& report, const Connection& c, RecordWriter& json) {
  if (report.forwarded == nullptr) return;
  const Legs& legs = report.forwarded->legs();
  if (const auto further = legs.of(c.id()); !further.empty()) {
    json.begin_array("legs");
    for (const Legs::Member& leg : further) json.element(leg.id);
    json.end_array();
  }
  if (const Legs::Member* leg = legs.find(c.id())) json.field("leg_of", leg->leg_of);
}

// Whose socket it is, of the first end that is here and has one.
void write_owner(const Report& report, const Connection& c, RecordWriter& json) {
  if (report.kernel == nullptr) return;
  for (const int i : {c.client(), c.server()}) {
    const auto end = report.kernel->find(c, i);
    if (!end || !end->uid) continue;
    json.begin_object("owner").field("uid", *end->uid);
    if (end->owner) {
      json.field("pid", end->owner->pid).field("process", printable(end->owner->process));
    }
    json.end_object();
    return;
  }
}

// As Zeek would have it; left out where nobody asked the engine.
void write_zeek(const Report& report, const Connection& c, RecordWriter& json) {
  const analysis::zeek::TcpSession* session = report.model.tcp.session(c);
  if (session == nullptr) return;
  json.field("conn_state", session->conn_state()).field("history", session->history().letters());
}

void write_counts(const StateCount& count, RecordWriter& json) {
  json.field("state", name(count.state))
      .field("client", count.client)
      .field("server", count.server)
      .field("total", count.total());
}

}  // namespace

std::optional<std::chrono::nanoseconds> clock_offset(const Report& report, std::size_t i) {
  const auto* legs = report.model.legs;
  if (legs == nullptr || i == 0) return std::nullopt;
  return legs->clocks().between(0, static_cast<std::uint16_t>(i));
}

void write_name(const Names& names, const analysis::IpAddress& a, RecordWriter& json) {
  if (const auto host = names.host(a); !host.empty()) json.field("name", host);
}

void write_path(const Report& report, decode::VlanStack vlans, decode::TunnelId tunnel,
                RecordWriter& json) {
  if (!vlans.empty()) {
    json.begin_array("vlan");
    for (int i = 0; i < vlans.size(); ++i) json.element(vlans[i]);
    json.end_array();
  }
  if (tunnel != 0) {
    json.begin_array("tunnel");
    for (const decode::TunnelHop& hop : report.model.decoder.tunnel(tunnel)) {
      json.begin_object()
          .field("kind", tunnel_kind_name(hop.kind))
          .field("outer_src", analysis::IpAddress::from_wire(hop.outer_src.data(), 6))
          .field("outer_dst", analysis::IpAddress::from_wire(hop.outer_dst.data(), 6));
      if (hop.has_id) json.field("id", hop.id);
      json.end_object();
    }
    json.end_array();
  }
}

void write_interfaces(const Report& report, std::uint64_t inputs, RecordWriter& json) {
  if (report.inputs.size() < 2) return;
  json.begin_array("interfaces");
  for (std::size_t i = 0; i < report.inputs.size() && i < 64; ++i) {
    if ((inputs >> i & 1) != 0) json.element(report.inputs[i]->path);
  }
  json.end_array();
}

void write_capture(const Report& report, RecordWriter& json) {
  const analysis::Totals& totals = report.model.totals;
  json.begin_object().field("type", "capture").begin_array("inputs");
  for (std::size_t i = 0; i < report.inputs.size(); ++i) write_input(report, i, json);
  json.end_array();
  if (report.is_underway) return (void)json.end_object();
  json.field("packets", totals.packets)
      .field("bytes", totals.bytes)
      .field("first", totals.first)
      .field("last", totals.last)
      .field("undecoded", totals.undecoded)
      .field("malformed", totals.malformed)
      .field("truncated", totals.truncated)
      .field("bad_checksums", totals.bad_checksums)
      .field("evicted", report.evicted());
  const auto* neighbors = report.model.layer2.neighbors;
  if (neighbors != nullptr && neighbors->unkept() > 0) {
    json.field("neighbors_unkept", neighbors->unkept());
  }
  const auto* stations = report.model.layer2.stations;
  if (stations != nullptr && stations->frames_not_kept() > 0) {
    json.field("mac_frames_not_kept", stations->frames_not_kept());
  }
  if (report.model.unkept_flows > 0) json.field("flows_unkept", report.model.unkept_flows);
  if (report.unkept_legs() > 0) json.field("legs_unkept", report.unkept_legs());
  json.end_object();
}

void write_tcp(const Report& report, const Connection& c, RecordWriter& json) {
  json.begin_object().field("type", "tcp").field("id", c.id());
  if (json.wants("community_id")) json.field("community_id", community_id(c.key(), kProtocolTcp));
  if (report.from) json.field("change", name(report.change(c)));
  write_end(report, c, c.client(), "client", json);
  write_end(report, c, c.server(), "server", json);
  json.field("roles", c.roles() == analysis::tcp::Roles::handshake ? "handshake" : "guessed")
      .field("first", c.first())
      .field("last", c.last());
  write_handshake(report, c, json);
  write_quality(report, c, json);
  if (!report.at) json.field("verdict", name(verdict_of(c)));
  if (const auto by = report.closed_by(c); by != analysis::tcp::ClosedBy::open) {
    json.field("closed_by", analysis::tcp::kClosedByNames[static_cast<std::size_t>(by)]);
  }
  write_zeek(report, c, json);
  write_path(report, c.path().vlans, c.path().tunnel, json);
  write_interfaces(report, c.inputs(), json);
  write_owner(report, c, json);
  write_legs(report, c, json);
  json.end_object();
}

void write_transition(const Transition& transition, RecordWriter& json) {
  const auto& step = transition.step;
  const auto& key = transition.connection.key();
  const int end = transition.end;
  json.begin_object()
      .field("type", "transition")
      .field("t", step.time)
      .field("connection", transition.connection.id())
      .field("end", transition.is_client ? "client" : "server")
      .field("ip", key.address[end])
      .field("port", key.port[end])
      .field("peer_ip", key.address[1 - end])
      .field("peer_port", key.port[1 - end])
      .field("from", name(step.from))
      .field("to", name(step.to))
      .field("cause", cause_text(transition));
  if (step.frame != 0) json.field("frame", step.frame);
  json.field("sure", step.sure).field("held", transition.held);
  json.field("corrects", transition.corrects).field("confirms", transition.confirms).end_object();
}

void write_state_count(const Report& report, const StateCount& count, RecordWriter& json) {
  json.begin_object().field("type", "state_count");
  write_counts(count, json);
  if (report.from) {
    json.field("client_from", count.client_from)
        .field("server_from", count.server_from)
        .field("total_from", count.total_from());
  }
  json.end_object();
}

void write_state_count_at(capture::Timestamp t, const StateCount& count, RecordWriter& json) {
  json.begin_object().field("type", "state_count").field("t", t);
  write_counts(count, json);
  json.end_object();
}

}  // namespace tapstat::report
