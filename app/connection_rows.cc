#include "app/connection_rows.h"

#include <algorithm>
#include <string>
#include <utility>

#include "app/page_output.h"
#include "report/cells.h"
#include "report/kernel_truth.h"
#include "report/time_text.h"

namespace tapstat::app {
namespace {

using analysis::tcp::Connection;

constexpr std::size_t kSeconds = 8;  // of "12:34:56.789012"

// The columns, in their order.
enum class Sorted : std::uint8_t {
  id,
  client,
  client_state,
  server,
  server_state,
  packets,
  sent,
  received,
  start,
  idle,
  closed_by,
  process,
  kernel
};

}  // namespace

std::vector<tui::Column> connection_columns(const report::Report& report) {
  using tui::Align;
  // Ids are never cut: they are what a user asks for.
  const std::string last_id = std::to_string(report.model.tcp.connections().size());
  const int id_width = std::max(5, static_cast<int>(last_id.size()));
  std::vector<tui::Column> columns = {
      {"Id", Align::right, id_width, 4}, {"Client", Align::left, 19, 0},
      {"State", Align::left, 12, 0},     {"Server", Align::left, 19, 1},
      {"State", Align::left, 12, 0},     {"Packets", Align::right, 8, 5},
      {"Sent", Align::right, 8, 7},      {"Received", Align::right, 9, 8},
      {"Start", Align::left, 8, 9},      {"Idle", Align::right, 7, 2},
      {"Closed by", Align::left, 9, 10}};
  if (report.kernel != nullptr) {
    columns.push_back({"Process", Align::left, 14, 3});
    columns.push_back({"Kernel", Align::left, 17, 6});
  }
  return columns;
}

namespace {

// IPv4 before IPv6, whose first half has to do.
[[nodiscard]] std::uint64_t order_of(const analysis::IpAddress& address) {
  const auto bytes = address.bytes();
  const std::size_t first = address.is_v4() ? 8 : 0;
  std::uint64_t order = 0;
  for (std::size_t i = first; i < first + 8; ++i) order = order << 8 | bytes[i];
  return address.is_v4() ? order & 0xffffffffu : order | std::uint64_t{1} << 63;
}

[[nodiscard]] std::uint64_t since_epoch(capture::Timestamp t) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(t.time_since_epoch().count(), 0));
}

// By process, the ones that are not known last.
[[nodiscard]] std::uint64_t process_of(const report::Report& report, const Connection& c) {
  constexpr std::uint64_t kUnknown = std::uint64_t{1} << 40, kUser = std::uint64_t{1} << 32;
  for (const int i : {c.client(), c.server()}) {
    const auto end = report.kernel == nullptr ? std::nullopt : report.kernel->find(c, i);
    if (end && end->owner) return static_cast<std::uint64_t>(end->owner->pid);
    if (end && end->uid) return kUser | *end->uid;
  }
  return kUnknown;
}

[[nodiscard]] std::uint64_t contradictions_of(const report::Report& report, const Connection& c) {
  std::uint64_t count = 0;
  for (int i = 0; i < 2 && report.kernel != nullptr; ++i) {
    count += report.kernel->contradiction(c, i, report.standing(c, i)).has_value();
  }
  return count;
}

}  // namespace

std::uint64_t key_of(const report::Report& report, const Connection& c, std::size_t column) {
  const int client = c.client(), server = c.server();
  switch (static_cast<Sorted>(column)) {
    case Sorted::client:
      return order_of(c.key().address[client]);
    case Sorted::client_state:
      return static_cast<std::uint64_t>(c.end(client).state());
    case Sorted::server:
      return order_of(c.key().address[server]);
    case Sorted::server_state:
      return static_cast<std::uint64_t>(c.end(server).state());
    case Sorted::packets:
      return c.traffic(0).packets + c.traffic(1).packets;
    case Sorted::sent:
      return c.end(client).bytes();
    case Sorted::received:
      return c.end(server).bytes();
    case Sorted::start:
      return since_epoch(c.first());
    case Sorted::idle:
      return ~since_epoch(c.last());
    case Sorted::closed_by:
      return static_cast<std::uint64_t>(c.closed_by());
    case Sorted::process:
      return process_of(report, c);
    case Sorted::kernel:
      return contradictions_of(report, c);
    case Sorted::id:
      break;
  }
  return c.id();
}

std::optional<std::uint64_t> key_of(std::uint32_t id, const analysis::tcp::PlainStates& states,
                                    capture::Timestamp last, std::size_t column) {
  const auto client = static_cast<std::size_t>(states.client);
  switch (static_cast<Sorted>(column)) {
    case Sorted::id:
      return id;
    case Sorted::client_state:
      return static_cast<std::uint64_t>(states.states[client]);
    case Sorted::server_state:
      return static_cast<std::uint64_t>(states.states[1 - client]);
    case Sorted::idle:
      return ~since_epoch(last);
    default:
      return std::nullopt;
  }
}

namespace {

constexpr std::chrono::seconds kLingers{10};

[[nodiscard]] tui::Text text_of(report::Cell cell) {
  return {std::move(cell.text), look_of(cell.role)};
}

// Since when nothing of it is left at either end; nullopt where something is.
[[nodiscard]] std::optional<capture::Timestamp> gone_since(const report::Report& report,
                                                           const Connection& c) {
  auto since = c.last();
  for (int i = 0; i < 2; ++i) {
    const auto standing = report.standing(c, i);
    if (!analysis::tcp::has_no_socket(standing.state)) return std::nullopt;
    since = std::max(since, standing.since.value_or(since));
  }
  return since;
}

}  // namespace

bool is_long_gone(const report::Report& report, const Connection& c, capture::Timestamp now) {
  const auto since = gone_since(report, c);
  return since && *since + kLingers < now;
}

std::optional<bool> is_long_gone(const analysis::tcp::PlainStates& states, capture::Timestamp last,
                                 capture::Timestamp now) {
  // Since when the last state holds is not known here: no timer leads there after so long.
  constexpr std::chrono::minutes kLongestTimer{10};
  const auto is_gone = [](analysis::tcp::State s) { return analysis::tcp::has_no_socket(s); };
  if (!std::all_of(states.states.begin(), states.states.end(), is_gone)) return false;
  if (now < last + kLingers) return false;
  return last + kLongestTimer + kLingers < now ? std::optional{true} : std::nullopt;
}

tui::Row row_of(const report::Report& report, const Connection& c, capture::Timestamp now) {
  using analysis::tcp::ClosedBy;
  const int client = c.client(), server = c.server();
  const ClosedBy by = c.closed_by();
  tui::Row row{.id = c.id(), .cells = {}, .is_over = gone_since(report, c).has_value()};
  const auto idle = std::max(now - c.last(), std::chrono::nanoseconds{0});
  row.cells = {{std::to_string(c.id())},
               {end_text(report, c, client)},
               text_of(report::state_cell(report.standing(c, client))),
               {end_text(report, c, server)},
               text_of(report::state_cell(report.standing(c, server))),
               {std::to_string(c.traffic(client).packets + c.traffic(server).packets)},
               {report::bytes_text(c.end(client).bytes())},
               {report::bytes_text(c.end(server).bytes())},
               {report::time_of_day(c.first(), report.zone).substr(0, kSeconds)},
               {report::duration_text(idle)},
               {by == ClosedBy::open
                    ? ""
                    : std::string{analysis::tcp::kClosedByNames[static_cast<std::size_t>(by)]}}};
  if (report.kernel != nullptr) {
    row.cells.push_back({process_text(report, c)});
    row.cells.push_back(text_of(kernel_cell(report, c)));
  }
  return row;
}

}  // namespace tapstat::app
