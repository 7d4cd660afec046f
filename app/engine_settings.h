// What the engine has to do for what the user asked for: some of it costs time and memory that
// other views need not pay (docs/performance.md).
#pragma once

#include "analysis/engine.h"
#include "app/options.h"

namespace tapstat::app {

// Without its logs.
[[nodiscard]] analysis::tcp::Settings tcp_settings(const Options& options);

// Of which kind, where it is one only.
[[nodiscard]] bool needs_event_log(const Options& options);
[[nodiscard]] std::optional<analysis::tcp::Note> logged_events(const Options& options);

[[nodiscard]] analysis::Wanted what_is_wanted(const Options& options);

}  // namespace tapstat::app
