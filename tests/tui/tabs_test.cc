#include "tui/tabs.h"

#include <gtest/gtest.h>

#include <array>

namespace tapstat::tui {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"Connections", "States", "Findings"};

[[nodiscard]] std::string drawn(std::size_t shown, int width) {
  Screen screen({1, width});
  EXPECT_LE(draw({kNames, shown}, 0, screen), width + 2);
  return screen.text();
}

TEST(Tabs, AreNumbered) { EXPECT_EQ(drawn(0, 80), "1 Connections  2 States  3 Findings\n"); }

TEST(Tabs, AreNumbersWhereThereIsNoRoom) {
  EXPECT_EQ(drawn(1, 20), "1  2 States  3\n");
  EXPECT_EQ(drawn(9, 20), "1  2  3\n");
}

TEST(Tabs, AreFoundWhereTheyStand) {
  const Tabs tabs{kNames, 0};
  EXPECT_EQ(tab_at(tabs, 0, 80), 0u);
  EXPECT_EQ(tab_at(tabs, 12, 80), 0u);
  EXPECT_EQ(tab_at(tabs, 13, 80), std::nullopt);
  EXPECT_EQ(tab_at(tabs, 15, 80), 1u);
  EXPECT_EQ(tab_at(tabs, 70, 80), std::nullopt);
  EXPECT_EQ(tab_at({kNames, 1}, 3, 20), 1u);
}

}  // namespace
}  // namespace tapstat::tui
