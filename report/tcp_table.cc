#include "report/tcp_table.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "report/cells.h"
#include "report/forwarded.h"
#include "report/kernel_truth.h"
#include "report/table.h"

namespace tapstat::report {
namespace {

using analysis::tcp::ClosedBy;
using analysis::tcp::Connection;

[[nodiscard]] Cell closed_cell(const Report& report, const Connection& c) {
  const ClosedBy by = report.closed_by(c);
  if (by == ClosedBy::open) return std::string{};
  const bool in_order = by == ClosedBy::client || by == ClosedBy::server || by == ClosedBy::both;
  return {std::string{analysis::tcp::kClosedByNames[static_cast<std::size_t>(by)]},
          in_order ? Role::plain : Role::failed};
}

// How an end stands; between two instants, how it stood before, too.
[[nodiscard]] Cell end_cell(const Report& report, const Connection& c, int i) {
  const Standing now = report.standing(c, i);
  if (!report.from) return state_cell(now);
  const auto before = report.standing_before(c, i);
  return {change_text(report, state_text(before.value_or(now)), state_text(now)),
          role_of(now.state)};
}

[[nodiscard]] bool shows_kernel(const Report& report) {
  return report.kernel != nullptr && report.kernel->has_sockets();
}

// Each connection with its legs: those that the view shows. A leg whose connection it does not show
// stands by itself.
class Rows {
 public:
  Rows(const Report& report, const Legs& legs)
      : report_(report), legs_(legs), shown_(report.model.tcp.connections().size()) {
    report.for_each_connection([this](const Connection& c) { shown_[c.id()] = true; });
  }

  // Calls `f` with the cells of each row.
  template <typename F>
  void for_each(F&& f) const {
    const auto connections = report_.model.tcp.connections();
    for (std::uint32_t id = 0; id < connections.size(); ++id) {
      if (!shown_[id]) continue;
      const Legs::Member* leg = legs_.find(id);
      if (leg != nullptr && shown_[leg->leg_of]) continue;
      f(tcp_row(report_, connections[id], nullptr));
      for (const Legs::Member& further : legs_.of(id)) {
        if (shown_[further.id]) f(tcp_row(report_, connections[further.id], &further));
      }
    }
  }

 private:
  const Report& report_;
  const Legs& legs_;
  std::vector<bool> shown_;
};

}  // namespace

std::vector<Cell> tcp_row(const Report& report, const Connection& c, const Legs::Member* leg) {
  const int client = c.client();
  const int server = c.server();
  std::string from = end_text(report, c, client);
  std::string to = end_text(report, c, server);
  if (leg != nullptr) {
    from.insert(0, report.ascii ? "` " : "└ ");
    to += fmt::format(" ({})", leg->box);
  }
  std::vector<Cell> row{std::to_string(c.id()),
                        std::move(from),
                        end_cell(report, c, client),
                        std::move(to),
                        end_cell(report, c, server),
                        std::to_string(c.traffic(client).packets + c.traffic(server).packets),
                        bytes_text(c.end(client).bytes()),
                        bytes_text(c.end(server).bytes()),
                        time_of_day(c.first(), report.zone),
                        duration_text(c.last() - c.first()),
                        closed_cell(report, c)};
  if (report.from) row.emplace_back(std::string{name(report.change(c))});
  if (shows_kernel(report)) {
    row.push_back(kernel_cell(report, c));
    row.emplace_back(process_text(report, c));
  }
  return row;
}

Table tcp_table(const Report& report) {
  std::vector<Column> columns{{"Id", Align::right},
                              {"Client"},
                              {"State"},
                              {"Server"},
                              {"State"},
                              {"Packets", Align::right},
                              {"Sent", Align::right},
                              {"Received", Align::right},
                              {"Start"},
                              {"Duration", Align::right},
                              {"Closed by"}};
  if (report.from) columns.push_back({"Change"});
  if (shows_kernel(report)) {
    columns.push_back({"Kernel"});
    columns.push_back({"Process"});
  }
  return Table(std::move(columns));
}

void print_tcp_text(const Report& report, Output& out) {
  Table table = tcp_table(report);
  const std::size_t most = report.model.tcp.connections().size();
  if (report.forwarded != nullptr && !report.forwarded->legs().empty()) {
    const Rows rows(report, report.forwarded->legs());
    table.print_rows(
        most, [&](const auto& f) { rows.for_each(f); }, out, report.color);
    return;
  }
  const auto for_each = [&](const auto& f) {
    report.for_each_connection([&](const Connection& c) { f(tcp_row(report, c, nullptr)); });
  };
  table.print_rows(most, for_each, out, report.color);
}

}  // namespace tapstat::report
