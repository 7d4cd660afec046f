#include "app/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace tapstat::app {

tl::expected<std::string, std::string> content_of(const std::string& path) {
  // A director may have as many lines as it has real servers; a device has no end.
  constexpr std::size_t kMost = 16u << 20;
  const auto wrong = [&](const char* what) {
    return tl::unexpected{fmt::format("{}: {}", path, what)};
  };
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return wrong(std::strerror(errno));
  std::string text(kMost + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.gcount() == 0 && errno != 0)) return wrong(std::strerror(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMost) return wrong("too long for a configuration");
  return text;
}

}  // namespace tapstat::app
