// Instants as --at, --from and --to take them, and durations.
#pragma once

#include <optional>
#include <string_view>

#include "capture/frame.h"

namespace tapstat::report {

// Either a time of its own or one counted from the first packet.
class TimeArgument {
 public:
  // Epoch seconds ("1795215175.5"), ISO 8601 ("2026-11-21T01:26:18Z", "...+01:00"), the same
  // without a zone (local time; a space may stand for the T, fractions are allowed), or "+12.5"
  // from the first packet. nullopt for anything else.
  [[nodiscard]] static std::optional<TimeArgument> parse(std::string_view text);

  [[nodiscard]] capture::Timestamp resolve(capture::Timestamp first_packet) const {
    return relative_ ? first_packet + value_ : capture::Timestamp{value_};
  }

 private:
  TimeArgument(bool relative, std::chrono::nanoseconds value)
      : relative_(relative), value_(value) {}

  bool relative_;
  std::chrono::nanoseconds value_;
};

// "500ms", "1s", "2m", "1.5h", "20us", "1h30m", or plain seconds; nullopt for anything else.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace tapstat::report
