#include "tui/sparkline.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tapstat::tui {
namespace {

// From nothing to all of it.
constexpr std::array<std::string_view, 9> kBlocks = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 9> kAsciiBlocks = {" ", "_", ".", "-", "=",
                                                          "+", "*", "#", "@"};
constexpr std::array<std::string_view, 9> kLying = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

// In eighths, rounded up.
[[nodiscard]] std::uint64_t eighths_of(std::uint64_t value, std::uint64_t most,
                                       std::uint64_t columns) {
  if (most == 0) return 0;
  const double share = static_cast<double>(value) / static_cast<double>(most);
  const auto eighths = static_cast<std::uint64_t>(share * 8 * static_cast<double>(columns));
  return std::max<std::uint64_t>(eighths, value > 0 ? 1 : 0);
}

}  // namespace

std::string sparkline(std::span<const std::uint64_t> values, int width, bool ascii) {
  const auto shown =
      std::min<std::size_t>(values.size(), static_cast<std::size_t>(std::max(width, 0)));
  values = values.last(shown);
  if (values.empty()) return {};
  const std::uint64_t most = *std::max_element(values.begin(), values.end());
  std::string line;
  for (const std::uint64_t value : values) {
    line += (ascii ? kAsciiBlocks : kBlocks)[eighths_of(value, most, 1)];
  }
  return line;
}

std::string bar(std::uint64_t value, std::uint64_t most, int width, bool ascii) {
  const auto columns = static_cast<std::uint64_t>(std::max(width, 0));
  std::uint64_t eighths = eighths_of(std::min(value, most), most, columns);
  std::string line;
  if (ascii) return std::string(static_cast<std::size_t>((eighths + 7) / 8), '#');
  for (; eighths >= 8; eighths -= 8) line += kLying[8];
  if (eighths > 0) line += kLying[eighths];
  return line;
}

}  // namespace tapstat::tui
