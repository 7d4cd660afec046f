#include "app/terminal.h"

#include <langinfo.h>
#include <locale.h>  // newlocale is POSIX's
#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace tapstat::app {
namespace {

constexpr std::size_t kUsualColumns = 80;
constexpr std::size_t kMostColumns = 1000;  // of COLUMNS, which anyone may set to anything

}  // namespace

std::size_t columns_to_print() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0) {
    return size.ws_col;
  }
  const char* variable = std::getenv("COLUMNS");
  const std::string_view text = variable != nullptr ? variable : "";
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
  const bool good = error == std::errc{} && end == text.data() + text.size() && columns > 0;
  return good && columns <= kMostColumns ? columns : kUsualColumns;
}

bool locale_is_utf8() {
  const locale_t locale = newlocale(LC_CTYPE_MASK, "", locale_t{});
  if (locale == locale_t{}) return false;  // it names one that is not installed
  const std::string_view codeset = nl_langinfo_l(CODESET, locale);
  const bool utf8 = codeset == "UTF-8";
  freelocale(locale);
  return utf8;
}

}  // namespace tapstat::app
