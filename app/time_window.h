// Which frames a run looks at, by their times.
#pragma once

#include <optional>
#include <span>

#include "app/options.h"
#include "capture/frame.h"

namespace tapstat::app {

// The instants of --at, --from and --to, once the first packet's time is known.
struct TimeWindow {
  std::optional<capture::Timestamp> from;  // what changed since is asked for
  std::optional<capture::Timestamp> end;   // frames after it only tell how things stood then

  [[nodiscard]] bool is_backwards() const { return from && end && *end < *from; }

  [[nodiscard]] static TimeWindow of(const Options& options, capture::Timestamp first_packet) {
    const auto resolve = [&](const std::optional<report::TimeArgument>& t) {
      return t ? std::optional{t->resolve(first_packet)} : std::nullopt;
    };
    return {resolve(options.from), resolve(options.at ? options.at : options.to)};
  }
};

}  // namespace tapstat::app
