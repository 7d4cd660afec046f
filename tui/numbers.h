// Numbers as a dashboard has room for them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tapstat::tui {

// "999", "12.3k", "4.5M": three digits at least, six columns at most.
[[nodiscard]] std::string short_number(double n);

// "1,234,567".
[[nodiscard]] std::string whole_number(std::uint64_t n);

// "812K", "1.2G": of memory, by 1024.
[[nodiscard]] std::string short_bytes(std::uint64_t bytes);

// "999 ns", "12.3 us", "4.5 ms", "1.2 s", "2.0 min", "3.4 h": eight columns at most, up to a year.
[[nodiscard]] std::string short_duration(std::chrono::nanoseconds d);

}  // namespace tapstat::tui
