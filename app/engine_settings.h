// What the engine has to do for what the user asked for: some of it costs time and memory that
// other views need not pay (docs/performance.md).
#pragma once

#include "analysis/engine.h"
#include "app/options.h"

namespace tapstat::app {

// Without its logs.
[[nodiscard]] analysis::tcp::Settings tcp_settings(const Options& options);

[[nodiscard]] bool needs_segment_log(const Options& options);
// Of which kind, where it is one only.
[[nodiscard]] bool needs_event_log(const Options& options);
[[nodiscard]] std::optional<analysis::tcp::Note> logged_events(const Options& options);

// Bytes for what a live dashboard keeps of the packets, of those of --memory.
[[nodiscard]] std::size_t memory_of_the_past(const Options& options);

// And for what follows them once more, as long as they are played.
[[nodiscard]] std::size_t memory_of_the_played_past(const Options& options);

// Bytes that each of the other tables may take that grow with the traffic: flows, legs,
// Zeek's connections, the log of events.
[[nodiscard]] std::size_t memory_of_each_table(const Options& options);

[[nodiscard]] analysis::Wanted what_is_wanted(const Options& options);

}  // namespace tapstat::app
