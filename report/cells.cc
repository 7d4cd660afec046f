#include "report/cells.h"

#include <fmt/format.h>

#include <array>

#include "decode/ip_protocol.h"
#include "report/kernel_truth.h"

namespace tapstat::report {

using analysis::tcp::Connection;
using analysis::tcp::State;

Role role_of(State state) {
  switch (state) {
    case State::closed:
    case State::listen:
    case State::time_wait:
      return Role::quiet;
    case State::syn_sent:
    case State::syn_received:
    case State::close_wait:
    case State::unknown:
      return Role::notable;
    default:
      return Role::plain;
  }
}

std::string state_text(const Standing& standing) {
  const bool doubt = !standing.sure && standing.state != State::unknown;
  return fmt::format("{}{}", name(standing.state), doubt ? "?" : "");
}

Cell state_cell(const Standing& standing) {
  return {state_text(standing), role_of(standing.state)};
}

std::string bytes_text(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string end_text(const Report& report, const analysis::tcp::Connection& c, int i) {
  return socket_text(report.names, c.key().address[i], c.key().port[i], decode::ip_protocol::kTcp);
}

std::string arrow_text(const Report& report) { return report.ascii ? "->" : "→"; }

std::string change_text(const Report& report, const std::string& from, const std::string& to) {
  return from == to ? to : fmt::format("{} {} {}", from, arrow_text(report), to);
}

Cell kernel_cell(const Report& report, const Connection& c) {
  std::string text;
  for (const int i : {c.client(), c.server()}) {
    if (report.kernel == nullptr) break;
    const auto other = report.kernel->contradiction(c, i, report.standing(c, i));
    if (!other) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", i == c.client() ? "client" : "server",
                        name(other->state));
  }
  return {std::move(text), Role::failed};
}

std::string process_text(const Report& report, const Connection& c) {
  std::string text;
  for (const int i : {c.client(), c.server()}) {
    const auto end = report.kernel == nullptr ? std::nullopt : report.kernel->find(c, i);
    const std::string owner = end ? owner_text(*end) : "";
    if (!owner.empty()) text += (text.empty() ? "" : ", ") + owner;
  }
  return text;
}

}  // namespace tapstat::report
