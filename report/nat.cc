#include "report/nat.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/nat/translation.h"
#include "decode/ip_protocol.h"
#include "report/address_text.h"
#include "report/cells.h"
#include "report/forwarded.h"
#include "report/ip_protocol_name.h"
#include "report/table.h"

namespace tapstat::report {
namespace {

using analysis::nat::Translation;
using analysis::nat::Tuple;
using analysis::tcp::Connection;

constexpr std::size_t kShownInReport = 10;

[[nodiscard]] bool is_icmp(const Translation& t) {
  return t.protocol == decode::ip_protocol::kIcmp || t.protocol == decode::ip_protocol::kIcmpv6;
}

[[nodiscard]] std::string_view kind_name(const Translation& t) {
  return analysis::nat::kKindNames[static_cast<std::size_t>(t.kind)];
}

[[nodiscard]] bool is_between(const analysis::FlowKey& key, const Tuple& tuple) {
  const analysis::Socket a{key.address[0], key.port[0]}, b{key.address[1], key.port[1]};
  return (a == tuple.source && b == tuple.destination) ||
         (b == tuple.source && a == tuple.destination);
}

// The client's leg; nullopt: no TCP, or not in the tables.
[[nodiscard]] std::optional<Connection> original_of(const Report& report, const Translation& t) {
  if (t.protocol != decode::ip_protocol::kTcp) return std::nullopt;
  const auto connections = report.model.tcp.connections();
  for (const std::uint32_t id : t.connections) {
    if (!connections.has(id)) continue;
    const Connection c = connections[id];
    if (is_between(c.key(), t.original)) return c;
  }
  return std::nullopt;
}

void write_tuple(const Translation& t, const Tuple& tuple, std::string_view key,
                 RecordWriter& json) {
  json.begin_object(key).field("src", tuple.source.address);
  if (!is_icmp(t)) json.field("sport", tuple.source.port);
  json.field("dst", tuple.destination.address);
  if (is_icmp(t)) {
    json.field("id", tuple.source.port);
  } else {
    json.field("dport", tuple.destination.port);
  }
  json.end_object();
}

void write_states(const Report& report, const Translation& t, RecordWriter& json) {
  const auto c = original_of(report, t);
  if (!c) return;
  json.field("client_state", name(report.standing(*c, c->client()).state))
      .field("server_state", name(report.standing(*c, c->server()).state));
}

void write_translation(const Report& report, const Translation& t, RecordWriter& json) {
  json.begin_object().field("type", "nat").field("protocol", ip_protocol_name(t.protocol));
  write_tuple(t, t.original, "original", json);
  write_tuple(t, t.translated, "translated", json);
  json.field("kind", kind_name(t));
  if (!t.macs.empty()) json.field("mac", t.macs.front());
  if (t.macs.size() > 1) {
    json.begin_array("macs");
    for (const MacAddress& mac : t.macs) json.element(mac);
    json.end_array();
  }
  write_states(report, t, json);
  json.field("first", t.first).field("last", t.last);
  if (t.frame != 0) json.field("frame", t.frame);
  json.field("packets", t.packets).field("replies", t.replies).begin_array("connections");
  for (const std::uint32_t id : t.connections) json.element(id);
  json.end_array().field("sure", t.sure).end_object();
}

// Those that Report::from and where leave, in order of time.
[[nodiscard]] std::vector<const Translation*> shown_of(const Report& report) {
  std::vector<const Translation*> shown;
  if (report.forwarded == nullptr) return shown;
  for (const Translation& t : report.forwarded->translations()) {
    if (report.from && t.last < *report.from) continue;
    const auto write = [&](RecordWriter& json) { write_translation(report, t, json); };
    if (report.keeps(RecordType::nat, write)) shown.push_back(&t);
  }
  return shown;
}

[[nodiscard]] std::string end_text(const Report& report, const Translation& t,
                                   const analysis::Socket& socket) {
  if (is_icmp(t)) return host_text(report.names, socket.address);
  return socket_text(report.names, socket.address, socket.port, t.protocol);
}

// "a → b", with the identifier of an echo.
[[nodiscard]] std::string tuple_text(const Report& report, const Translation& t,
                                     const analysis::Socket& from, const analysis::Socket& to) {
  std::string text = fmt::format("{} {} {}", end_text(report, t, from), arrow_text(report),
                                 end_text(report, t, to));
  return is_icmp(t) ? fmt::format("{} id {}", text, from.port) : text;
}

// As conntrack has it where nothing came back; else both ends', or the one of both.
[[nodiscard]] Cell state_cell(const Report& report, const Translation& t) {
  if (t.replies == 0) return {"[UNREPLIED]", Role::notable};
  const auto c = original_of(report, t);
  if (!c) return std::string{};
  const auto client = report.standing(*c, c->client());
  const auto server = report.standing(*c, c->server());
  if (client.state == server.state) return {std::string{name(client.state)}, role_of(client.state)};
  return {fmt::format("{}/{}", name(client.state), name(server.state)), role_of(client.state)};
}

[[nodiscard]] std::string box_text(const Translation& t) {
  std::string text;
  for (const MacAddress& mac : t.macs) text += (text.empty() ? "" : ", ") + mac_text(mac);
  return text;
}

void print_table(const Report& report, std::span<const Translation* const> shown,
                 std::string_view indent, Output& out) {
  Table table({{"Proto"},
               {"State"},
               {"Original"},
               {"Reply"},
               {"Kind"},
               {"Packets", Align::right},
               {"Replies", Align::right},
               {"Start"},
               {"Last"},
               {"Ids"},
               {"Box"}});
  for (const Translation* t : shown) {
    // The reply as it comes to the box: the translated tuple the other way round.
    table.add({ip_protocol_name(t->protocol), state_cell(report, *t),
               tuple_text(report, *t, t->original.source, t->original.destination),
               tuple_text(report, *t, t->translated.destination, t->translated.source) +
                   (t->sure ? "" : "?"),
               std::string{kind_name(*t)}, std::to_string(t->packets), std::to_string(t->replies),
               time_of_day(t->first, report.zone), time_of_day(t->last, report.zone),
               fmt::format("{}", fmt::join(t->connections, ",")), box_text(*t)});
  }
  table.print(out, report.color, indent);
}

}  // namespace

void print_nat_text(const Report& report, Output& out) {
  const auto shown = shown_of(report);
  if (shown.empty()) {
    out.write(
        "No translation: no packet was seen both before and behind a box that gives it other "
        "addresses or ports.\n");
    return;
  }
  print_table(report, shown, "", out);
}

void print_nat_section(const Report& report, Output& out) {
  const auto shown = shown_of(report);
  if (shown.empty()) return;
  out.write(fmt::format("\nTranslated connections (NAT): {}\n", shown.size()));
  const std::span all{shown};
  print_table(report, all.first(std::min(all.size(), kShownInReport)), "  ", out);
  if (all.size() > kShownInReport) {
    out.write(fmt::format("  ... and {} more: tapstat nat\n", all.size() - kShownInReport));
  }
}

void for_each_nat_record(const Report& report,
                         const std::function<void(const WriteRecord&)>& visit) {
  for (const Translation* t : shown_of(report)) {
    visit([&](RecordWriter& json) { write_translation(report, *t, json); });
  }
}

}  // namespace tapstat::report
