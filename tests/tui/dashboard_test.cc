// What keys do, and how the dashboard looks at 80x24, 40x10 and 200x60.
#include "tui/dashboard.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/tui/typing.h"

namespace tapstat::tui {
namespace {

TEST(Dashboard, At80By24) {
  const Typing typing;
  EXPECT_EQ(typing.line(0),
            "tapstat eth0  100 conn  0 dropped  12.3k pkt/s  98.7Mbit/s  12:34:56  13.0M");
  EXPECT_EQ(typing.line(1),
            std::string("1 Connections  2 States  3 ARP/MAC  4 STP  5 LVS  6 Findings  7 Talkers") +
                std::string(6, ' ') + "100");
  EXPECT_EQ(typing.line(2),
            "  Id▲ Client              State        Server              State         Packets");
  EXPECT_EQ(typing.line(3),
            "    0 10.0.0.0:40000      ESTABLISHED  192.0.2.80:443      CLOSE_WAIT         17");
  EXPECT_EQ(typing.line(22).substr(0, 20), "   19 10.0.0.19:4000");
  EXPECT_EQ(typing.line(23),
            "? help  Enter open  / filter  s sort  Space pause  t closed  : command  q quit");
}

TEST(Dashboard, At40By10) {
  const Typing typing({10, 40});
  EXPECT_EQ(typing.screen().text(),
            "tapstat eth0  100 conn  0 dropped  13.0M\n"
            "1 Connections  2  3  4  5  6  7      100\n"
            "Client         State        State\n"
            "10.0.0.0:40000 ESTABLISHED  CLOSE_WAIT\n"
            "10.0.0.1:40000 ESTABLISHED  CLOSE_WAIT\n"
            "10.0.0.2:40000 ESTABLISHED  CLOSE_WAIT\n"
            "10.0.0.3:40000 ESTABLISHED  CLOSE_WAIT\n"
            "10.0.0.4:40000 ESTABLISHED  CLOSE_WAIT\n"
            "10.0.0.5:40000 ESTABLISHED  CLOSE_WAIT\n"
            "? help  Enter open  / filter  s sort\n");
}

TEST(Dashboard, At200By60) {
  const Typing typing({60, 200});
  EXPECT_NE(typing.line(0).find("1,234,567 pkt  13.0M  ESTABLISHED ▁▄█"), std::string::npos);
  EXPECT_EQ(typing.request().rows, 112) << "and a screen below";
  EXPECT_EQ(typing.line(58).substr(0, 5), "   55");
}

TEST(Dashboard, NoSizeIsTooSmall) {
  for (const Size size : {Size{0, 0}, Size{1, 1}, Size{2, 80}, Size{24, 1}}) {
    const Typing typing(size);
    EXPECT_EQ(typing.screen().size(), size);
  }
}

TEST(Dashboard, DrawsWithoutAFirstPacket) {
  const Dashboard dashboard(true);
  const Screen screen = dashboard.draw({}, kUsual);
  EXPECT_EQ(screen.text().substr(0, 15), "tapstat   0 con");
}

TEST(Dashboard, ARowIsSelectedByItsIdentity) {
  Typing typing;
  EXPECT_EQ(typing.selected(), "");
  typing.press(Special::down);
  EXPECT_EQ(typing.selected().substr(0, 7), "    0 1");
  typing.type("jj");
  EXPECT_EQ(typing.selected().substr(0, 7), "    2 1");
  typing.type("k");
  EXPECT_EQ(typing.selected().substr(0, 7), "    1 1");
}

TEST(Dashboard, TheTableFollowsTheSelection) {
  Typing typing;
  typing.press(Special::down);
  for (int i = 0; i < 20; ++i) typing.press(Special::down);
  EXPECT_EQ(typing.line(3).substr(0, 7), "    1 1");
  EXPECT_EQ(typing.line(22), typing.selected());
  EXPECT_EQ(typing.selected().substr(0, 7), "   20 1");
  typing.press(Special::page_down);
  EXPECT_EQ(typing.selected().substr(0, 7), "   40 1");
  EXPECT_EQ(typing.line(3).substr(0, 7), "   21 1");
  typing.press(Special::page_up);
  EXPECT_EQ(typing.selected().substr(0, 7), "   20 1");
  typing.press(Special::end);
  EXPECT_EQ(typing.line(22).substr(0, 7), "   99 1");
  typing.press(Special::home);
  EXPECT_EQ(typing.line(3).substr(0, 7), "    0 1");
}

TEST(Dashboard, SortsByTheNextColumn) {
  Typing typing;
  typing.type("s");
  EXPECT_EQ(typing.request().sorted, 1u);
  EXPECT_FALSE(typing.request().is_descending);
  typing.type("SS");
  EXPECT_EQ(typing.request().sorted, 5u);
  EXPECT_TRUE(typing.request().is_descending) << "of packets the most are looked for";
  typing.type("r");
  EXPECT_FALSE(typing.request().is_descending);
}

TEST(Dashboard, FiltersAsItIsTyped) {
  Typing typing;
  typing.type("/state == X");
  EXPECT_EQ(typing.request().filter, "state == X");
  EXPECT_EQ(typing.line(23), "filter: state == X_");
  typing.press(Special::backspace);
  EXPECT_EQ(typing.request().filter, "state == ");
  typing.press(Special::enter);
  typing.type("s");
  EXPECT_EQ(typing.request().filter, "state == ");
  EXPECT_EQ(typing.request().sorted, 1u);
  EXPECT_EQ(typing.line(23), "filter: state ==");
  typing.press(Special::escape);
  EXPECT_EQ(typing.request().filter, "");
}

TEST(Dashboard, EscapeGivesUpAFilter) {
  Typing typing;
  typing.type("/q");
  EXPECT_FALSE(typing.dashboard().is_leaving());
  typing.press(Special::escape);
  EXPECT_EQ(typing.request().filter, "");
}

TEST(Dashboard, TheStatesHaveBarsAndAHistory) {
  Typing typing;
  typing.press(Special::tab);
  EXPECT_EQ(typing.request().view, View::states);
  EXPECT_EQ(typing.line(2), "State            Total   Client   Server");
  EXPECT_EQ(typing.line(3), "ESTABLISHED        100       60       40  ████████████████  ▁▄█");
  EXPECT_EQ(typing.line(4), "CLOSE_WAIT          25        0       25  ████                █");
  typing.type("1");
  EXPECT_EQ(typing.request().view, View::connections);
}

TEST(Dashboard, HelpGoesBackToWhereItCameFrom) {
  Typing typing;
  typing.type("2?");
  EXPECT_NE(typing.screen().text().find("pause: what is shown stays"), std::string::npos);
  typing.type("q");
  EXPECT_FALSE(typing.dashboard().is_leaving());
  EXPECT_EQ(typing.request().view, View::states);
  typing.press(Special::help);
  typing.press(Special::escape);
  EXPECT_EQ(typing.request().view, View::states);
}

TEST(Dashboard, PausesAndLeaves) {
  Typing typing;
  typing.type(" ");
  EXPECT_TRUE(typing.dashboard().is_paused());
  EXPECT_NE(typing.line(0).find("PAUSED"), std::string::npos);
  typing.type("p");
  EXPECT_FALSE(typing.dashboard().is_paused());
  typing.type("q");
  EXPECT_TRUE(typing.dashboard().is_leaving());
}

TEST(Dashboard, FewerRowsAreSeenFromTheirFirst) {
  Typing typing;
  typing.press(Special::end);
  Picture few = typing.picture();
  few.table.total = 2;  // as of a filter that has come to match two
  few.table.rows.resize(2);
  few.table.first = 0;
  const Screen screen = typing.dashboard().draw(few, kUsual);
  EXPECT_NE(screen.at(3, 4).glyph, U' ');
}

TEST(Dashboard, KeysWithoutACharacterAreNoText) {
  Typing typing;
  typing.type("/a");
  typing.press(Special::none);
  EXPECT_EQ(typing.request().filter, "a");
}

TEST(Dashboard, DropsStandOut) {
  const Dashboard dashboard(false);
  Picture picture = picture_of(dashboard.request(kUsual));
  picture.header.dropped = 5;
  const Screen screen = dashboard.draw(picture, kUsual);
  const std::string header = screen.text().substr(0, 80);
  const auto at = header.find("5 dropped");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(screen.at(0, static_cast<int>(at)).look, Look::failed);
}

}  // namespace
}  // namespace tapstat::tui
