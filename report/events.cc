#include "report/events.h"

#include <fmt/format.h>

#include "report/address_text.h"
#include "report/cells.h"
#include "report/table.h"

namespace tapstat::report {

using analysis::tcp::Connection;
using analysis::tcp::LoggedEvent;
using analysis::tcp::Note;

namespace {

[[nodiscard]] std::string_view end_name(const Connection& c, const LoggedEvent& event) {
  return event.end == c.client() ? "client" : "server";
}

// What a healthy connection may have now and then.
[[nodiscard]] Role role_of(Note kind) {
  switch (kind) {
    case Note::window_update:
    case Note::keep_alive:
    case Note::keep_alive_ack:
    case Note::reused_ports:
    case Note::duplicate_ack:
      return Role::plain;
    default:
      return Role::notable;
  }
}

[[nodiscard]] std::vector<Cell> row(const Report& report, const LoggedEvent& event) {
  const Connection c = report.model.tcp.connections()[event.connection];
  std::string kind{analysis::tcp::name(event.kind)};
  if (event.duplicate > 0) kind += fmt::format(" #{}", event.duplicate);
  return {time_of_day(event.time, report.zone),
          std::to_string(event.frame),
          std::to_string(event.connection),
          std::string{end_name(c, event)},
          end_text(report, c, event.end),
          end_text(report, c, 1 - event.end),
          Cell{std::move(kind), role_of(event.kind)}};
}

}  // namespace

void write_event(const Report& report, const LoggedEvent& event, RecordWriter& json) {
  const Connection c = report.model.tcp.connections()[event.connection];
  json.begin_object()
      .field("type", "event")
      .field("t", event.time)
      .field("frame", event.frame)
      .field("connection", event.connection)
      .field("end", end_name(c, event))
      .field("ip", c.key().address[event.end])
      .field("port", c.key().port[event.end])
      .field("peer_ip", c.key().address[1 - event.end])
      .field("peer_port", c.key().port[1 - event.end])
      .field("kind", analysis::tcp::name(event.kind));
  if (event.duplicate > 0) json.field("number", event.duplicate);
  json.end_object();
}

void print_events_text(const Report& report, Output& out) {
  Table table({{"Time"},
               {"Frame", Align::right},
               {"Id", Align::right},
               {"End"},
               {"Sender"},
               {"Receiver"},
               {"Event"}});
  for_each_event(report, [&](const LoggedEvent& e) { table.measure(row(report, e)); });
  table.print_header(out, report.color);
  for_each_event(report,
                 [&](const LoggedEvent& e) { table.print_row(row(report, e), out, report.color); });
}

}  // namespace tapstat::report
