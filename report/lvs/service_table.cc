#include "report/lvs/service_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "report/address_text.h"
#include "report/lvs/words.h"
#include "report/table.h"
#include "report/text_width.h"

namespace tapstat::report {
namespace {

namespace lvs = analysis::lvs;

// print_title() and print_service_entry() of ipvsadm.c: columns as wide as there, the first one
// wider where an address needs it.
constexpr std::size_t kAddressWidth = 28;

struct Row {
  std::string address;
  const lvs::Service* service;
  const lvs::RealServer* server;
};

[[nodiscard]] std::string known(const auto& number) {
  return number ? std::to_string(*number) : std::string{"-"};
}

[[nodiscard]] std::string flags_text(const lvs::Service& service) {
  std::string text;
  if (service.scheduler.is_persistent) {
    text += " persistent";
    if (const auto& timeout = service.scheduler.persistence) {
      text += fmt::format(" {}", timeout->count());
    }
  }
  if (service.fwmark) text += fmt::format(" fwmark {}", *service.fwmark);
  return text;
}

// "rr", or "undetermined".
[[nodiscard]] std::string_view scheduler_text(const lvs::SchedulerGuess& guess) {
  const bool is_told = guess.determined && !guess.candidates.empty();
  return is_told ? name_of(guess.candidates.front().name) : "undetermined";
}

[[nodiscard]] std::vector<Row> rows_of(const Report& report, const lvs::Service& service) {
  std::vector<Row> rows;
  for (const lvs::RealServer& server : service.servers) {
    rows.push_back(
        {target_text(report, server.socket, server.mac, service.protocol, "?"), &service, &server});
  }
  return rows;
}

[[nodiscard]] Role role_of(const lvs::RealServer& server) {
  if (server.connections > 0 && server.refused + server.unanswered == server.connections) {
    return Role::failed;
  }
  return server.refused + server.unanswered > 0 ? Role::notable : Role::plain;
}

void print_row(const Report& report, const Row& row, std::size_t width, Output& out) {
  const lvs::RealServer& server = *row.server;
  const std::string mac = server.socket && server.mac ? mac_text(*server.mac) : "";
  const std::string line =
      fmt::format("  -> {:<{}} {:<7} {:<6} {:<10} {:<10} {:>5} {:>7} {:>10} {:>6}{}{}", row.address,
                  width, forward_name(row.service->mode), known(server.weight), server.active,
                  server.inactive, server.connections, server.refused, server.unanswered,
                  known(server.retransmissions), mac.empty() ? "" : "  ", mac);
  fmt::memory_buffer text;
  append_cell(text, line, role_of(server), report.color);
  text.push_back('\n');
  out.write({text.data(), text.size()});
}

}  // namespace

void print_service_table(const Report& report, std::span<const lvs::Service* const> services,
                         Output& out) {
  std::size_t width = kAddressWidth;
  std::vector<std::vector<Row>> rows;
  for (const lvs::Service* service : services) {
    rows.push_back(rows_of(report, *service));
    for (const Row& row : rows.back()) width = std::max(width, width_of(row.address));
  }
  out.write(
      fmt::format("Prot LocalAddress:Port Scheduler Flags\n"
                  "  -> {:<{}} Forward Weight ActiveConn InActConn  Conns Refused Unanswered Resent"
                  "  MAC address\n",
                  "RemoteAddress:Port", width));
  for (std::size_t i = 0; i < services.size(); ++i) {
    const lvs::Service& service = *services[i];
    out.write(fmt::format("{:<4} {} {}{}\n", protocol_text(service.protocol),
                          socket_text(report, service.vip, service.protocol),
                          scheduler_text(service.scheduler), flags_text(service)));
    for (const Row& row : rows[i]) print_row(report, row, width, out);
  }
}

}  // namespace tapstat::report
