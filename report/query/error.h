// What is wrong with an expression, and where.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace tapstat::report::query {

// A part of an expression, in bytes.
struct Place {
  std::size_t begin = 0;
  std::size_t size = 0;
};

struct Error {
  std::string message;
  Place place;
};

template <typename T>
using Result = tl::expected<T, Error>;

// The message and, in two lines below, the expression with its place marked. Without the last line
// end.
[[nodiscard]] std::string error_text(const Error& error, std::string_view expression);

}  // namespace tapstat::report::query
