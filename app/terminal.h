// What the terminal that the user looks at can show.
#pragma once

#include <cstddef>

namespace tapstat::app {

// Of standard output where it is a terminal, else by the environment variable COLUMNS, else 80.
[[nodiscard]] std::size_t columns_to_print();

// By the locale of the environment (LC_ALL, LC_CTYPE, LANG).
[[nodiscard]] bool locale_is_utf8();

}  // namespace tapstat::app
