#include "report/records.h"

#include "analysis/tcp/verdict.h"
#include "report/address_text.h"
#include "report/community_id.h"
#include "report/link_names.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Connection;
using analysis::tcp::Endpoint;
using analysis::tcp::Offer;
using analysis::tcp::State;

using analysis::tcp::Note;
using analysis::tcp::Quality;
using analysis::tcp::RoundTrips;

constexpr std::uint8_t kProtocolTcp = 6;

void write_input(const capture::InputInfo& input, JsonWriter& json) {
  json.begin_object().field("path", input.path).field("format", input.format);
  if (!input.compression.empty()) json.field("compression", input.compression);
  json.begin_array("link_types");
  for (const capture::LinkType link : input.link_types) json.element(link_type_name(link));
  json.end_array();
  if (input.snaplen != 0) json.field("snaplen", input.snaplen);
  json.field("packets", input.packets)
      .field("bytes", input.bytes)
      .field("snapped", input.snapped)
      .field("first", input.first)
      .field("last", input.last)
      .field("truncated", input.damage.has_value());
  if (input.damage) json.field("damage", input.damage->message);
  json.field("kernel_dropped", input.kernel_dropped)
      .field("interface_dropped", input.interface_dropped);
  if (!input.comments.empty()) {
    json.begin_array("comments");
    for (const std::string& comment : input.comments) json.element(comment);
    json.end_array();
  }
  json.end_object();
}

void write_offer(const Offer& offer, JsonWriter& json) {
  json.field("mss", offer.mss)
      .field("wscale", offer.window_shift)
      .field("sack", offer.sack)
      .field("timestamps", offer.timestamps);
}

void write_rtt(std::string_view key, const RoundTrips& rtt, JsonWriter& json) {
  if (rtt.samples() == 0) return;
  json.begin_object(key)
      .field("min", rtt.min())
      .field("avg", rtt.average())
      .field("max", rtt.max())
      .field("last", rtt.last())
      .field("samples", rtt.samples())
      .end_object();
}

// How long round trips took that ended in this and in shorter ranges.
void write_distribution(const analysis::tcp::Distribution& distribution, JsonWriter& json) {
  if (!distribution.quantile(0)) return;
  json.begin_object("rtt_distribution")
      .field("p50", distribution.quantile(0.5))
      .field("p90", distribution.quantile(0.9))
      .field("p99", distribution.quantile(0.99))
      .begin_array("counts");
  distribution.for_each([&](std::chrono::nanoseconds up_to, std::uint16_t count) {
    json.begin_object();
    if (up_to != std::chrono::nanoseconds::max()) json.field("up_to", up_to);
    json.field("count", count).end_object();
  });
  json.end_array().end_object();
}

// Unique payload a second, from its first data to its last.
[[nodiscard]] std::optional<std::uint64_t> goodput(const Endpoint& end, const Quality& quality) {
  if (!quality.first_data || quality.last_data <= *quality.first_data) return std::nullopt;
  const std::chrono::duration<double> time = quality.last_data - *quality.first_data;
  return static_cast<std::uint64_t>(static_cast<double>(end.bytes()) / time.count());
}

void write_events(const std::array<std::uint32_t, analysis::tcp::kNoteCount>& counts,
                  JsonWriter& json) {
  json.begin_object("events");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) json.field(analysis::tcp::kNoteNames[i], counts[i]);
  }
  json.end_object();
}

// What is measured of what it sent.
void write_quality(const Report& report, const Connection& c, int i, JsonWriter& json) {
  const Endpoint& end = c.end(i);
  const analysis::TcpTables& tcp = report.model.tcp;
  if (tcp.analysis(c) == nullptr || !end.was_seen()) return;
  static const Quality kNothing;
  const Quality& quality = tcp.quality(c, i) == nullptr ? kNothing : *tcp.quality(c, i);
  json.field("retransmitted", quality.count(Note::retransmission))
      .field("retransmitted_bytes", quality.retransmitted_bytes)
      .field("spurious_bytes", quality.spurious_bytes)
      .field("missed_bytes", end.missed())
      .field("duplicate_sacks", quality.duplicate_sacks)
      .field("zero_window_time", quality.zero_window_by(c.last()));
  if (quality.most_in_flight > 0) json.field("bytes_in_flight", quality.most_in_flight);
  json.field("goodput", goodput(end, quality));
  write_events(quality.notes, json);
  write_rtt("rtt", quality.rtt, json);
  write_rtt("rtt_unambiguous", quality.unambiguous_rtt, json);
  write_rtt("rtt_timestamps", quality.timestamp_rtt, json);
  write_distribution(quality.distribution, json);
}

void write_end(const Report& report, const Connection& c, int i, std::string_view key,
               JsonWriter& json) {
  const Endpoint& end = c.end(i);
  const auto& traffic = c.traffic(i);
  json.begin_object(key)
      .field("ip", address_text(c.key().address[i]))
      .field("port", c.key().port[i]);
  if (c.link_source(i).known) json.field("mac", mac_text(c.link_source(i).mac));
  const Standing standing = report.standing(c, i);
  if (report.from) {
    if (const auto before = report.standing_before(c, i)) {
      json.field("state_from", name(before->state));
    }
  }
  json.field("state", name(standing.state));
  if (standing.state != State::unknown) json.field("since", standing.since);
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
  write_quality(report, c, i, json);
  json.end_object();
}

void write_handshake(const Report& report, const Connection& c, JsonWriter& json) {
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

// Of both directions.
void write_analysis(const Report& report, const Connection& c, JsonWriter& json) {
  const analysis::TcpTables& tcp = report.model.tcp;
  const auto* analysis = tcp.analysis(c);
  if (analysis == nullptr) return;
  write_rtt("rtt", tcp.rtt(c), json);
  std::array<std::uint32_t, analysis::tcp::kNoteCount> counts{};
  for (const int end : {0, 1}) {
    const Quality* quality = tcp.quality(c, end);
    for (std::size_t i = 0; quality != nullptr && i < counts.size(); ++i) {
      counts[i] += quality->notes[i];
    }
  }
  write_events(counts, json);
  json.field("completeness", analysis->completeness());
}

// As Zeek would have it; left out where nobody asked the engine.
void write_zeek(const Report& report, const Connection& c, JsonWriter& json) {
  const auto& sessions = report.model.tcp_sessions;
  if (c.id() >= sessions.size()) return;
  json.field("conn_state", sessions[c.id()].conn_state())
      .field("history", sessions[c.id()].history().letters());
}

void write_counts(const StateCount& count, JsonWriter& json) {
  json.field("state", name(count.state))
      .field("client", count.client)
      .field("server", count.server)
      .field("total", count.total());
}

}  // namespace

void write_path(const Report& report, decode::VlanStack vlans, decode::TunnelId tunnel,
                JsonWriter& json) {
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
          .field("outer_src", address_text(analysis::IpAddress::from_wire(hop.outer_src.data(), 6)))
          .field("outer_dst",
                 address_text(analysis::IpAddress::from_wire(hop.outer_dst.data(), 6)));
      if (hop.has_id) json.field("id", hop.id);
      json.end_object();
    }
    json.end_array();
  }
}

void write_interfaces(const Report& report, std::uint64_t inputs, JsonWriter& json) {
  if (report.inputs.size() < 2) return;
  json.begin_array("interfaces");
  for (std::size_t i = 0; i < report.inputs.size() && i < 64; ++i) {
    if ((inputs >> i & 1) != 0) json.element(report.inputs[i]->path);
  }
  json.end_array();
}

void write_capture(const Report& report, JsonWriter& json) {
  const analysis::Totals& totals = report.model.totals;
  json.begin_object().field("type", "capture").begin_array("inputs");
  for (const capture::InputInfo* input : report.inputs) write_input(*input, json);
  json.end_array()
      .field("packets", totals.packets)
      .field("bytes", totals.bytes)
      .field("first", totals.first)
      .field("last", totals.last)
      .field("undecoded", totals.undecoded)
      .field("malformed", totals.malformed)
      .field("truncated", totals.truncated)
      .field("bad_checksums", totals.bad_checksums)
      .field("evicted", std::uint64_t{0})
      .end_object();
}

void write_tcp(const Report& report, const Connection& c, JsonWriter& json) {
  json.begin_object()
      .field("type", "tcp")
      .field("id", c.id())
      .field("community_id", community_id(c.key(), kProtocolTcp));
  if (report.from) json.field("change", name(report.change(c)));
  write_end(report, c, c.client(), "client", json);
  write_end(report, c, c.server(), "server", json);
  json.field("roles", c.roles() == analysis::tcp::Roles::handshake ? "handshake" : "guessed")
      .field("first", c.first())
      .field("last", c.last());
  write_handshake(report, c, json);
  write_analysis(report, c, json);
  if (!report.at) json.field("verdict", name(verdict_of(c)));
  if (const auto by = report.closed_by(c); by != analysis::tcp::ClosedBy::open) {
    json.field("closed_by", analysis::tcp::kClosedByNames[static_cast<std::size_t>(by)]);
  }
  write_zeek(report, c, json);
  write_path(report, c.path().vlans, c.path().tunnel, json);
  write_interfaces(report, c.inputs(), json);
  json.end_object();
}

void write_transition(const Transition& transition, JsonWriter& json) {
  const auto& step = transition.step;
  const auto& key = transition.connection.key();
  const int end = transition.end;
  json.begin_object()
      .field("type", "transition")
      .field("t", step.time)
      .field("connection", transition.connection.id())
      .field("end", end == transition.connection.client() ? "client" : "server")
      .field("ip", address_text(key.address[end]))
      .field("port", key.port[end])
      .field("peer_ip", address_text(key.address[1 - end]))
      .field("peer_port", key.port[1 - end])
      .field("from", name(step.from))
      .field("to", name(step.to))
      .field("cause", cause_text(step));
  if (step.frame != 0) json.field("frame", step.frame);
  json.field("sure", step.sure).field("held", transition.held).end_object();
}

void write_state_count(const Report& report, const StateCount& count, JsonWriter& json) {
  json.begin_object().field("type", "state_count");
  write_counts(count, json);
  if (report.from) {
    json.field("client_from", count.client_from)
        .field("server_from", count.server_from)
        .field("total_from", count.total_from());
  }
  json.end_object();
}

void write_state_count_at(capture::Timestamp t, const StateCount& count, JsonWriter& json) {
  json.begin_object().field("type", "state_count").field("t", t);
  write_counts(count, json);
  json.end_object();
}

}  // namespace tapstat::report
