#include <algorithm>
#include <array>

#include "analysis/findings/finding.h"
#include "analysis/tcp/segment_notes.h"
#include "analysis/tcp/state.h"
#include "analysis/tcp/verdict.h"
#include "report/query/fields.h"
#include "report/query/forwarding_field_tables.h"
#include "report/query/layer2_field_tables.h"

namespace tapstat::report::query {
namespace {

using enum FieldType;

constexpr std::span<const std::string_view> kStates = analysis::tcp::kStateNames;
// All but the first, "open": the field is absent then.
constexpr auto kClosers = std::span{analysis::tcp::kClosedByNames}.subspan(1);
constexpr std::array<std::string_view, 2> kEnds = {"client", "server"};
constexpr std::array<std::string_view, 2> kRoles = {"handshake", "guessed"};
constexpr std::array<std::string_view, 3> kSeverities = {"error", "warning", "note"};
constexpr std::array<std::string_view, 2> kFlowStates = {"open", "timeout"};
constexpr std::array<std::string_view, 5> kChanges = {"active", "changed", "opened", "closed",
                                                      "opened-and-closed"};

[[nodiscard]] constexpr Field event_count(std::string_view path) {
  return {.path = path, .type = number, .zero_where_absent = true};
}

template <std::size_t N, std::size_t M>
[[nodiscard]] constexpr std::array<Field, N + M> joined(const std::array<Field, N>& some,
                                                        const std::array<Field, M>& others) {
  std::array<Field, N + M> all{};
  std::copy(some.begin(), some.end(), all.begin());
  std::copy(others.begin(), others.end(), all.begin() + N);
  return all;
}

// Of a connection, and of each of its ends.
constexpr std::array kMeasured = {
    Field{"rtt.min", duration},
    Field{"rtt.avg", duration},
    Field{"rtt.max", duration},
    Field{"rtt.last", duration},
    Field{"rtt.samples", number},
    event_count("events.retransmission"),
    event_count("events.fast_retransmission"),
    event_count("events.spurious_retransmission"),
    event_count("events.out_of_order"),
    event_count("events.duplicate_ack"),
    event_count("events.lost_segment"),
    event_count("events.ack_lost_segment"),
    event_count("events.window_full"),
    event_count("events.zero_window"),
    event_count("events.zero_window_probe"),
    event_count("events.zero_window_probe_ack"),
    event_count("events.window_update"),
    event_count("events.keep_alive"),
    event_count("events.keep_alive_ack"),
    event_count("events.reused_ports"),
};

constexpr std::array kOwnTcpFields = {
    Field{"id", number},
    Field{"community_id", text},
    Field{"change", name, kChanges},
    Field{"roles", name, kRoles},
    Field{"first", time},
    Field{"last", time},
    Field{"handshake.complete", boolean},
    Field{"handshake.client_rtt", duration},
    Field{"handshake.server_rtt", duration},
    Field{"handshake.initial_rtt", duration},
    Field{"verdict", name, analysis::tcp::kVerdictNames},
    Field{"closed_by", name, kClosers},
    Field{"vlan", number},
    Field{"tunnel.kind", text},
    Field{"tunnel.outer_src", address},
    Field{"tunnel.outer_dst", address},
    Field{"tunnel.id", number},
    Field{"interfaces", text},
    Field{"completeness", number},
    Field{"conn_state", text},
    Field{"history", text},
    Field{"legs", number},
    Field{"leg_of", number},
    Field{"owner.uid", number},
    Field{"owner.pid", number},
    Field{"owner.process", text},
};

constexpr std::array kOwnTcpEndFields = {
    Field{"ip", address},
    Field{"port", number},
    Field{"mac", mac},
    Field{"state_from", name, kStates},
    Field{"state", name, kStates},
    Field{"kernel_state", name, kStates},
    Field{"since", time},
    Field{"sure", boolean},
    Field{"packets", number},
    Field{"duplicates", number},
    Field{"bytes", number},
    Field{"wire_bytes", number},
    Field{"isn", number},
    Field{"mss", number},
    Field{"wscale", number},
    Field{"sack", boolean},
    Field{"timestamps", boolean},
    Field{"window", number},
    Field{"send_q", number},
    Field{"recv_q.min", number},
    Field{"recv_q.max", number},
    Field{"name", text},
    Field{"vendor", text},
    Field{"retransmitted", number},
    Field{"retransmitted_bytes", number},
    Field{"spurious_bytes", number},
    Field{"missed_bytes", number},
    Field{"duplicate_sacks", number},
    Field{"zero_window_time", duration},
    Field{"bytes_in_flight", number},
    Field{"goodput", number},
    Field{"rtt_unambiguous.min", duration},
    Field{"rtt_unambiguous.avg", duration},
    Field{"rtt_unambiguous.max", duration},
    Field{"rtt_unambiguous.last", duration},
    Field{"rtt_unambiguous.samples", number},
    Field{"rtt_timestamps.min", duration},
    Field{"rtt_timestamps.avg", duration},
    Field{"rtt_timestamps.max", duration},
    Field{"rtt_timestamps.last", duration},
    Field{"rtt_timestamps.samples", number},
    Field{"rtt_distribution.p50", duration},
    Field{"rtt_distribution.p90", duration},
    Field{"rtt_distribution.p99", duration},
    Field{"rtt_distribution.counts.up_to", duration},
    Field{"rtt_distribution.counts.count", number},
};

constexpr std::array kStateCountFields = {
    Field{"t", time},
    Field{"state", name, kStates},
    Field{"client", number},
    Field{"server", number},
    Field{"total", number},
    Field{"client_from", number},
    Field{"server_from", number},
    Field{"total_from", number},
};

constexpr std::array kTransitionFields = {
    Field{"t", time},           Field{"connection", number},  Field{"end", name, kEnds},
    Field{"ip", address},       Field{"port", number},        Field{"peer_ip", address},
    Field{"peer_port", number}, Field{"from", name, kStates}, Field{"to", name, kStates},
    Field{"cause", text},       Field{"frame", number},       Field{"sure", boolean},
    Field{"held", duration},
};

constexpr std::array kEventFields = {
    Field{"t", time},
    Field{"frame", number},
    Field{"connection", number},
    Field{"end", name, kEnds},
    Field{"ip", address},
    Field{"port", number},
    Field{"peer_ip", address},
    Field{"peer_port", number},
    Field{"kind", name, analysis::tcp::kNoteNames},
    Field{"number", number},
};

constexpr std::array kFlowFields = {
    Field{"id", number},
    Field{"protocol", text},
    Field{"ip_protocol", number},
    Field{"community_id", text},
    Field{"icmp.type", number},
    Field{"icmp.code", number},
    Field{"icmp.id", number},
    Field{"requests", number},
    Field{"responses", number},
    Field{"unanswered", number},
    Field{"rtt.min", duration},
    Field{"rtt.avg", duration},
    Field{"rtt.max", duration},
    Field{"rtt.samples", number},
    Field{"first", time},
    Field{"last", time},
    Field{"state", name, kFlowStates},
    Field{"vlan", number},
    Field{"tunnel.kind", text},
    Field{"tunnel.outer_src", address},
    Field{"tunnel.outer_dst", address},
    Field{"tunnel.id", number},
    Field{"interfaces", text},
};

constexpr std::array kFlowEndFields = {
    Field{"ip", address},   Field{"port", number},       Field{"packets", number},
    Field{"bytes", number}, Field{"wire_bytes", number}, Field{"name", text},
};

constexpr std::array kStepFields = {
    Field{"t", time},           Field{"connection", number},
    Field{"frame", number},     Field{"end", name, kEnds},
    Field{"flags", text},       Field{"seq", number},
    Field{"ack", number},       Field{"len", number},
    Field{"window", number},    Field{"notes", name, analysis::tcp::kNoteNames},
    Field{"arrived", boolean},  Field{"cause", text},
    Field{"ack_rtt", duration}, Field{"bytes_in_flight", number},
};

constexpr std::array kStepEndFields = {
    Field{"state", name, kStates},
    Field{"sure", boolean},
};

constexpr std::array kFindingFields = {
    Field{"t", time},
    Field{"kind", name, analysis::kFindingNames},
    Field{"severity", name, kSeverities},
    Field{"subject", text},
    Field{"text", text},
    Field{"advice", text},
    Field{"frames", number},
    Field{"connections", number},
};

constexpr auto kTcpFields = joined(kOwnTcpFields, kMeasured);
constexpr auto kTcpEndFields = joined(kOwnTcpEndFields, kMeasured);

constexpr RecordFields kTcp{"tcp", kTcpFields, kTcpEndFields};
constexpr RecordFields kStateCount{"state_count", kStateCountFields, {}};
constexpr RecordFields kTransition{"transition", kTransitionFields, {}};
constexpr RecordFields kStep{"step", kStepFields, kStepEndFields};
constexpr RecordFields kEvent{"event", kEventFields, {}};
constexpr RecordFields kFlow{"flow", kFlowFields, kFlowEndFields};
constexpr RecordFields kFinding{"finding", kFindingFields, {}};

}  // namespace

const RecordFields& fields_of(RecordType type) {
  switch (type) {
    case RecordType::state_count:
      return kStateCount;
    case RecordType::transition:
      return kTransition;
    case RecordType::event:
      return kEvent;
    case RecordType::flow:
      return kFlow;
    case RecordType::step:
      return kStep;
    case RecordType::finding:
      return kFinding;
    case RecordType::arp:
      return kArp;
    case RecordType::mac:
      return kMac;
    case RecordType::stp:
      return kStp;
    case RecordType::bpdu:
      return kBpdu;
    case RecordType::lvs_service:
      return kLvsService;
    case RecordType::lvs_path:
      return kLvsPath;
    case RecordType::nat:
      return kNat;
    case RecordType::tcp:
      break;
  }
  return kTcp;
}

}  // namespace tapstat::report::query
