#include "report/query/error.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/printable.h"
#include "report/text_width.h"

namespace tapstat::report::query {

std::string error_text(const Error& error, std::string_view expression) {
  const std::size_t begin = std::min(error.place.begin, expression.size());
  const std::string_view marked = expression.substr(begin, error.place.size);
  const std::string before = printable(expression.substr(0, begin));
  const std::size_t width = std::max<std::size_t>(width_of(printable(marked)), 1);
  return fmt::format("{}\n  {}\n  {}^{}", printable(error.message), printable(expression),
                     std::string(width_of(before), ' '), std::string(width - 1, '~'));
}

}  // namespace tapstat::report::query
