// Connections as rows of the dashboard's table.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/tcp/connection.h"
#include "analysis/tcp/plain_states.h"
#include "report/report.h"
#include "tui/table.h"

namespace tapstat::app {

[[nodiscard]] std::vector<tui::Column> connection_columns(const report::Report& report);

// What rows are sorted by, as a number: of the column with that index.
[[nodiscard]] std::uint64_t key_of(const report::Report& report, const analysis::tcp::Connection& c,
                                   std::size_t column);

// The same of one that was last heard of at `last`; nullopt where that takes a Connection.
[[nodiscard]] std::optional<std::uint64_t> key_of(std::uint32_t id,
                                                  const analysis::tcp::PlainStates& states,
                                                  capture::Timestamp last, std::size_t column);

// `now`: the packets' time, which idle times are counted to.
[[nodiscard]] tui::Row row_of(const report::Report& report, const analysis::tcp::Connection& c,
                              capture::Timestamp now);

// Nothing was left of it at either end ten seconds ago: it has lingered long enough.
[[nodiscard]] bool is_long_gone(const report::Report& report, const analysis::tcp::Connection& c,
                                capture::Timestamp now);
// The same of one that was last heard of at `last`; nullopt where that takes a Connection.
[[nodiscard]] std::optional<bool> is_long_gone(const analysis::tcp::PlainStates& states,
                                               capture::Timestamp last, capture::Timestamp now);

}  // namespace tapstat::app
