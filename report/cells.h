// Table cells that several views share.
#pragma once

#include <cstdint>
#include <string>

#include "analysis/tcp/connection.h"
#include "report/report.h"
#include "report/table.h"

namespace tapstat::report {

[[nodiscard]] Role role_of(analysis::tcp::State state);

// With a question mark where the state rests on a packet whose arrival nothing confirmed, or on a
// timer.
[[nodiscard]] std::string state_text(const Standing& standing);
[[nodiscard]] Cell state_cell(const Standing& standing);

[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

// Address and port of one end, or their names.
[[nodiscard]] std::string end_text(const Report& report, const analysis::tcp::Connection& c, int i);

// What this host's kernel says otherwise of the ends that are here ("server CLOSE_WAIT"), and whose
// sockets they are. Empty without Report::kernel.
[[nodiscard]] Cell kernel_cell(const Report& report, const analysis::tcp::Connection& c);
[[nodiscard]] std::string process_text(const Report& report, const analysis::tcp::Connection& c);

// "→", or "->".
[[nodiscard]] std::string arrow_text(const Report& report);

// "a → b", or `to` alone where both are the same.
[[nodiscard]] std::string change_text(const Report& report, const std::string& from,
                                      const std::string& to);

}  // namespace tapstat::report
