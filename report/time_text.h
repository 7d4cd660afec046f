// Packet time and durations as text.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "capture/frame.h"

namespace tapstat::report {

enum class Zone : std::uint8_t { local, utc };

// Seconds with `decimals` (0 to 9) digits after the point; further digits are cut off, not rounded,
// so that a time never reads later than it was.
void append_seconds(fmt::memory_buffer& out, std::chrono::nanoseconds d, int decimals);

// "2026-11-21 01:26:18.123456" (local time, or UTC).
[[nodiscard]] std::string date_and_time(capture::Timestamp t, Zone zone);

// "01:26:18.123456".
[[nodiscard]] std::string time_of_day(capture::Timestamp t, Zone zone);

// "0.123", "12.5s"... for people: three significant places and a unit.
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds d);

}  // namespace tapstat::report
