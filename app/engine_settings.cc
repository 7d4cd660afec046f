#include "app/engine_settings.h"

#include <unistd.h>

#include <algorithm>

namespace tapstat::app {
namespace {

using report::Format;
using report::View;

[[nodiscard]] bool tells_findings(const Options& options) {
  return options.view == View::findings || options.view == View::report;  // a dashboard's, too
}

// Changes of state are dated.
[[nodiscard]] bool needs_journal(const Options& options) {
  return options.view == View::transitions || tells_findings(options) ||
         options.view == View::ladder || options.at || options.from || options.to || options.every;
}

// Connections are shown with their legs, or the boxes between these.
[[nodiscard]] bool joins_legs(const Options& options) {
  return options.view == View::lvs || options.view == View::nat || tells_findings(options);
}

// The connections of the view are told from their further legs. Which these are the whole input
// tells.
[[nodiscard]] bool shows_legs(const Options& options) {
  return options.view == View::tcp && options.format != Format::zeek && !options.stream;
}

// A field of the tcp records may be printed, or asked for.
[[nodiscard]] bool needs_tcp_records(const Options& options) {
  const bool has_them = options.view == View::tcp || options.view == View::report;
  const bool is_queried = !options.query.is_empty() && (has_them || options.view == View::states);
  const bool has_all = options.format == Format::json || options.format == Format::csv;
  return is_queried || (has_them && has_all);
}

[[nodiscard]] bool needs_analysis(const Options& options) {
  return options.view == View::events || options.view == View::ladder ||
         options.view == View::lvs || tells_findings(options) || needs_tcp_records(options);
}

[[nodiscard]] std::size_t most_memory(const Options& options) {
  const auto pages = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES));
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return std::max(options.memory.value_or(pages / 4 * page), kLeastMemory);
}

// What tables that grow with the traffic may take. The rest is for the program, for what is read
// ahead of them, for tables that have a fixed bound, and for what their own leave empty: pages that
// are not full, and indices that have just doubled.
[[nodiscard]] std::size_t memory_of_tables(const Options& options) {
  constexpr std::size_t kRest = std::size_t{24} << 20;
  static_assert(kRest < kLeastMemory);
  const std::size_t past = memory_of_the_past(options);
  const std::size_t played = past == 0 ? 0 : most_memory(options) / 4;
  return (most_memory(options) - kRest - past - played) / 3 * 2;
}

[[nodiscard]] std::size_t count_other_tables(const Options& options) {
  const analysis::Wanted wanted = what_is_wanted(options);
  return std::size_t{wanted.flows} + std::size_t{wanted.conns} + std::size_t{wanted.legs} +
         std::size_t{needs_event_log(options)};
}

// Half of it, or all where there is no other table.
[[nodiscard]] std::size_t memory_of_connections(const Options& options) {
  return memory_of_tables(options) / (count_other_tables(options) == 0 ? 1 : 2);
}

}  // namespace

analysis::tcp::Settings tcp_settings(const Options& options) {
  return {.timers = options.timers,
          .journal = needs_journal(options),
          .analysis = needs_analysis(options),
          .memory = memory_of_connections(options),
          .jobs = options.jobs};
}

std::size_t memory_of_the_past(const Options& options) {
  constexpr std::size_t kShare = 8, kMost = std::size_t{256} << 20;
  if (!options.is_dashboard || !options.is_live()) return 0;
  return std::min(most_memory(options) / kShare, kMost);
}

std::size_t memory_of_the_played_past(const Options& options) {
  return std::max(most_memory(options) / 4, kLeastMemory);
}

bool needs_segment_log(const Options& options) {
  return options.view == View::ladder || options.is_dashboard;
}

// Nobody goes from one event to the next live, and the log grows as long as that lasts.
bool needs_event_log(const Options& options) {
  if (options.is_dashboard && options.is_live()) return false;
  return options.view == View::events || tells_findings(options);
}

// What falls into a topology change is told with it.
std::optional<analysis::tcp::Note> logged_events(const Options& options) {
  if (options.view == View::events || options.is_dashboard) return std::nullopt;
  return analysis::tcp::Note::retransmission;
}

std::size_t memory_of_each_table(const Options& options) {
  return memory_of_tables(options) / 2 / std::max<std::size_t>(1, count_other_tables(options));
}

analysis::Wanted what_is_wanted(const Options& options) {
  return {
      .flows = options.view == View::flows || joins_legs(options),
      .conns = options.format == Format::zeek,
      .tcp_sessions = needs_tcp_records(options),
      .packets = tells_findings(options),
      .neighbors = options.view == View::arp || options.view == View::mac || joins_legs(options),
      .stations = options.view == View::mac || joins_legs(options),
      .trees = options.view == View::stp || tells_findings(options),
      .bpdus = options.view == View::bpdus,
      .vrrp = tells_findings(options) || options.view == View::lvs,
      .sync = joins_legs(options),
      .legs = joins_legs(options) || shows_legs(options),
      .toa_kinds = options.toa_kinds,
      .checksums = options.checksums ? decode::Checksums::verified : decode::Checksums::ignored};
}

}  // namespace tapstat::app
