// The views that are pages, an opened connection, a capture that is played, the mouse.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/tui/typing.h"

namespace tapstat::tui {
namespace {

using Kind = Order::Kind;

[[nodiscard]] Page lines(int count) {
  Page page;
  for (int i = 0; i < count; ++i) page.parts.emplace_back(Line{{fmt::format("line {}", i)}});
  return page;
}

[[nodiscard]] Detail some_detail(RowId id) {
  Detail detail;
  detail.id = id;
  detail.title = "10.0.0.0:40000 → 192.0.2.80:443";
  detail.is_there = true;
  detail.positions = {{"ESTABLISHED", {"SYN_SENT", "ESTABLISHED"}}, {"CLOSE_WAIT", {}}};
  detail.summary = lines(3);
  detail.ladder = lines(100);
  detail.graphs = {{"Round trip", Unit::nanoseconds, GraphStyle::line, {1e6, 2e6, 3e6}}};
  detail.record = lines(50);
  return detail;
}

[[nodiscard]] std::vector<Kind> kinds(const std::vector<Order>& orders) {
  std::vector<Kind> kinds;
  for (const Order& order : orders) kinds.push_back(order.kind);
  return kinds;
}

TEST(Pages, HaveATabEach) {
  Typing typing;
  const std::array views = {View::connections, View::states,   View::neighbors, View::trees,
                            View::lvs,         View::findings, View::talkers};
  for (std::size_t i = 0; i < views.size(); ++i) {
    typing.type(fmt::format("{}", i + 1));
    EXPECT_EQ(typing.request().view, views[i]);
  }
  typing.press(Special::tab);
  EXPECT_EQ(typing.request().view, View::connections);
  typing.press(Special::back_tab);
  EXPECT_EQ(typing.request().view, View::talkers);
}

TEST(Pages, AreScrolledLineByLine) {
  Typing typing;
  typing.shows(lines(100));
  typing.type("6");
  EXPECT_EQ(typing.line(2), "line 0");
  EXPECT_EQ(typing.line(22), "line 20");
  typing.type("jj");
  EXPECT_EQ(typing.line(2), "line 2");
  typing.press(Special::page_down);
  EXPECT_EQ(typing.line(2), "line 22");
  typing.type("G");
  EXPECT_EQ(typing.line(22), "line 99");
  typing.type("k");
  EXPECT_EQ(typing.line(22), "line 98");
  typing.press(Special::wheel_up);
  EXPECT_EQ(typing.line(22), "line 95");
  typing.type("g");
  EXPECT_EQ(typing.line(2), "line 0");
}

TEST(Pages, RememberWhereTheyWere) {
  Typing typing;
  typing.shows(lines(100));
  typing.type("6jjj7");
  EXPECT_EQ(typing.line(2), "line 0");
  typing.type("6");
  EXPECT_EQ(typing.line(2), "line 3");
}

TEST(Pages, WithoutAnythingSaySo) {
  Typing typing;
  typing.type("4");
  EXPECT_EQ(typing.line(2), "nothing so far");
}

TEST(Pages, OfAnotherViewAreNotShown) {
  Typing typing;
  typing.type("4");
  Picture old = typing.picture();
  old.page = lines(3);
  old.request.view = View::lvs;
  EXPECT_EQ(typing.dashboard().draw(old, kUsual).text().find("line"), std::string::npos);
}

TEST(Details, AreOpenedAndLeft) {
  Typing typing;
  typing.shows(some_detail(0));
  typing.press(Special::enter);
  EXPECT_EQ(typing.request().view, View::detail);
  EXPECT_EQ(typing.request().opened, 0u) << "the first that is seen";
  EXPECT_EQ(typing.line(1),
            "1 Overview  2 Ladder  3 Graphs  4 Record         10.0.0.0:40000 → 192.0.2.80:443");
  EXPECT_EQ(typing.line(2), "line 0");
  EXPECT_NE(typing.screen().text().find("CLOSE_WAIT S"), std::string::npos);
  typing.press(Special::escape);
  EXPECT_EQ(typing.request().view, View::connections);
  typing.type(":open 7");
  typing.press(Special::enter);
  EXPECT_EQ(typing.request().opened, 7u);
}

TEST(Details, HaveParts) {
  Typing typing;
  typing.shows(some_detail(0));
  typing.press(Special::enter);
  typing.press(Special::tab);
  EXPECT_EQ(typing.request().part, Part::ladder);
  typing.type("G");
  EXPECT_EQ(typing.line(22), "line 99");
  typing.type("3");
  EXPECT_EQ(typing.line(2), "Round trip  last 3.0 ms  max 3.0 ms  min 1.0 ms");
  typing.type("l");
  EXPECT_EQ(typing.request().part, Part::record);
  EXPECT_EQ(typing.line(2), "line 0");
  typing.type("q");
  EXPECT_FALSE(typing.dashboard().is_leaving());
  EXPECT_EQ(typing.request().view, View::connections);
}

TEST(Details, StandBesideTheStateMachineWhereThereIsRoom) {
  Typing typing({60, 200});
  typing.shows(some_detail(0));
  typing.press(Special::enter);
  const std::string line = typing.line(2);
  EXPECT_EQ(line.substr(0, 8), "line 0  ");
  EXPECT_NE(line.find("C client"), std::string::npos) << line;
}

TEST(Details, NoSizeIsTooSmall) {
  for (const Size size : {Size{0, 0}, Size{1, 1}, Size{3, 5}, Size{4, 200}, Size{10, 40}}) {
    Typing typing(size);
    typing.shows(some_detail(0));
    typing.press(Special::enter);
    for (const char* part : {"1", "2", "3", "4"}) {
      typing.type(part);
      EXPECT_EQ(typing.screen().size(), size);
    }
  }
}

TEST(Details, OfOneThatIsNotThere) {
  Typing typing;
  Detail detail = some_detail(0);
  detail.is_there = false;
  typing.shows(detail);
  typing.press(Special::enter);
  EXPECT_EQ(typing.line(2), "not there: it has not begun yet, or was given up");
}

TEST(Played, IsOrderedByKeys) {
  Typing typing;
  typing.is_played({});
  typing.type(" .,][}{+-^$");
  const auto orders = kinds(typing.dashboard().take_orders());
  EXPECT_EQ(orders,
            (std::vector{Kind::toggle, Kind::next_packet, Kind::previous_packet, Kind::next_change,
                         Kind::previous_change, Kind::next_event, Kind::previous_event,
                         Kind::faster, Kind::slower, Kind::start, Kind::end}));
  EXPECT_TRUE(typing.dashboard().take_orders().empty());
  EXPECT_FALSE(typing.dashboard().is_paused());
}

TEST(Played, IsOrderedByCommands) {
  Typing typing;
  typing.is_played({});
  typing.type(":goto 14:05:00");
  EXPECT_EQ(typing.line(23), ":goto 14:05:00_");
  typing.press(Special::enter);
  EXPECT_EQ(typing.dashboard().take_orders(), (std::vector{Order{Kind::seek, 1, "14:05:00"}}));
}

TEST(Played, SaysWhereItStands) {
  Typing typing;
  typing.is_played({.is_playing = true, .speed = 2, .packet = 1234, .elapsed = "5.88s"});
  EXPECT_EQ(typing.line(0),
            "tapstat eth0  PLAY 2x  12:34:56  +5.88s  packet 1,234  100 conn  12.3k pkt/s");
  typing.is_played({.is_seeking = true, .speed = 0.5});
  EXPECT_NE(typing.line(0).find("SEEKING 0.5x"), std::string::npos);
  typing.is_played({.problem = "there is none before"});
  EXPECT_EQ(typing.line(23), "there is none before");
}

TEST(Played, ALiveSessionIsNot) {
  Typing typing;
  typing.type(".]");
  EXPECT_TRUE(typing.dashboard().take_orders().empty());
  typing.type(":end");
  typing.press(Special::enter);
  EXPECT_EQ(typing.line(23), "that is for a capture that is played (top -r FILE)");
}

TEST(Played, ALiveSessionGoesBackToWhatItKept) {
  Typing typing;
  typing.has_past();
  typing.type("[. ");
  EXPECT_EQ(kinds(typing.dashboard().take_orders()), std::vector{Kind::previous_change});
  EXPECT_TRUE(typing.dashboard().is_paused()) << "of what is live there is no next packet";
  typing.type(":goto 14:05:00");
  typing.press(Special::enter);
  EXPECT_EQ(kinds(typing.dashboard().take_orders()), std::vector{Kind::seek});
  typing.is_played({.is_past = true});
  EXPECT_NE(typing.line(0).find("PAST PAUSED"), std::string::npos);
  EXPECT_EQ(typing.line(23).substr(0, 6), "L live");
  typing.type("L");
  EXPECT_EQ(kinds(typing.dashboard().take_orders()), std::vector{Kind::live});
}

// There the same ids are other connections.
TEST(Played, WhatIsOpenIsClosedOnTheWayToThePast) {
  Typing typing;
  typing.has_past();
  typing.type("j");
  typing.press(Special::enter);
  EXPECT_EQ(typing.request().opened, 0u);
  Picture past = typing.picture();
  past.playback = Playback{.is_past = true};
  typing.dashboard().notice(past);
  EXPECT_EQ(typing.request().opened, std::nullopt);
  EXPECT_EQ(typing.request().view, View::connections);
  EXPECT_EQ(typing.selected(), "");
}

TEST(Details, ThatAreClosedAreNotFollowed) {
  Typing typing;
  typing.press(Special::enter);
  typing.press(Special::help);
  EXPECT_EQ(typing.request().opened, 0u);
  typing.press(Special::escape);
  typing.press(Special::escape);
  EXPECT_EQ(typing.request().opened, std::nullopt);
}

TEST(Typed, CommandsThatAreNoneAreTold) {
  Typing typing;
  typing.type(":fly");
  typing.press(Special::enter);
  EXPECT_EQ(typing.line(23), "no such command; ? lists them");
  typing.type("j");
  EXPECT_EQ(typing.line(23).substr(0, 6), "? help");
  typing.type(":");
  typing.press(Special::backspace);
  EXPECT_EQ(typing.line(23).substr(0, 6), "? help");
}

TEST(Typed, SortsByAColumnsName) {
  Typing typing;
  typing.type(":sort pack");
  typing.press(Special::enter);
  EXPECT_EQ(typing.request().sorted, 5u);
  EXPECT_TRUE(typing.request().is_descending);
  typing.type(":sort colour");
  typing.press(Special::enter);
  EXPECT_EQ(typing.line(23), "sort: no column is called that");
}

TEST(Mouse, ShowsSortsSelectsAndOpens) {
  Typing typing;
  typing.click(2, 60);
  EXPECT_EQ(typing.request().sorted, 4u);
  typing.click(2, 60);
  EXPECT_TRUE(typing.request().is_descending);
  typing.click(5, 10);
  EXPECT_EQ(typing.selected().substr(0, 7), "    2 1");
  typing.click(5, 10);
  EXPECT_EQ(typing.request().opened, 2u);
  typing.press(Special::escape);
  typing.click(1, 16);
  EXPECT_EQ(typing.request().view, View::states);
  typing.click(1, 79);
  EXPECT_EQ(typing.request().view, View::states);
}

TEST(Mouse, IsSwitchedOff) {
  Typing typing;
  EXPECT_TRUE(typing.dashboard().hears_mouse());
  typing.type("m");
  EXPECT_FALSE(typing.dashboard().hears_mouse());
  typing.type(":mouse on");
  typing.press(Special::enter);
  EXPECT_TRUE(typing.dashboard().hears_mouse());
}

TEST(Rows, ThatAreLongGoneAreAskedFor) {
  Typing typing;
  EXPECT_FALSE(typing.request().with_gone);
  typing.type("t");
  EXPECT_TRUE(typing.request().with_gone);
}

}  // namespace
}  // namespace tapstat::tui
