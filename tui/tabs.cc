#include "tui/tabs.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace tapstat::tui {
namespace {

constexpr int kGap = 2;

// What is written of each.
[[nodiscard]] std::vector<std::string> texts_of(const Tabs& tabs, int width) {
  std::vector<std::string> texts;
  int all = -kGap;
  for (std::size_t i = 0; i < tabs.names.size(); ++i) {
    texts.push_back(fmt::format("{} {}", i + 1, tabs.names[i]));
    all += width_of(texts.back()) + kGap;
  }
  if (all <= width) return texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i != tabs.shown) texts[i] = fmt::format("{}", i + 1);
  }
  return texts;
}

}  // namespace

int draw(const Tabs& tabs, int row, Screen& screen) {
  const auto texts = texts_of(tabs, screen.size().columns);
  int at = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    at = screen.put(row, at, texts[i], i == tabs.shown ? Look::selected : Look::quiet) + kGap;
  }
  return at;
}

std::optional<std::size_t> tab_at(const Tabs& tabs, int column, int width) {
  const auto texts = texts_of(tabs, width);
  int at = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const int end = at + width_of(texts[i]);
    if (at <= column && column < end) return i;
    at = end + kGap;
  }
  return std::nullopt;
}

}  // namespace tapstat::tui
