// Numbers as a dashboard has room for them.
#pragma once

#include <cstdint>
#include <string>

namespace tapstat::tui {

// "999", "12.3k", "4.5M": three digits at least, six columns at most.
[[nodiscard]] std::string short_number(double n);

// "1,234,567".
[[nodiscard]] std::string whole_number(std::uint64_t n);

// "812K", "1.2G": of memory, by 1024.
[[nodiscard]] std::string short_bytes(std::uint64_t bytes);

}  // namespace tapstat::tui
