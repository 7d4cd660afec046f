#include "tui/commands.h"

#include <gtest/gtest.h>

namespace tapstat::tui {
namespace {

template <typename T>
[[nodiscard]] T parsed(std::string_view text) {
  const auto command = parse_command(text);
  EXPECT_TRUE(command.has_value()) << text << ": " << command.error();
  const T* found = command ? std::get_if<T>(&*command) : nullptr;
  EXPECT_NE(found, nullptr) << text;
  return found == nullptr ? T{} : *found;
}

[[nodiscard]] std::string refused(std::string_view text) {
  const auto command = parse_command(text);
  return command ? "" : command.error();
}

TEST(Commands, AreNamedByTheirBeginnings) {
  (void)parsed<QuitCommand>("quit");
  (void)parsed<QuitCommand>(" q ");
  EXPECT_EQ(parsed<ViewCommand>("view stp").view, View::trees);
  EXPECT_EQ(parsed<ViewCommand>("v lvs").view, View::lvs);
  EXPECT_EQ(parsed<Order>("g +12.5"), (Order{Order::Kind::seek, 1, "+12.5"}));
}

TEST(Commands, TakeArguments) {
  EXPECT_EQ(parsed<FilterCommand>("filter server.port == 443").text, "server.port == 443");
  EXPECT_EQ(parsed<FilterCommand>("filter").text, "");
  EXPECT_EQ(parsed<SortCommand>("sort idle").column, "idle");
  EXPECT_EQ(parsed<OpenCommand>("open 17").id, 17u);
  EXPECT_FALSE(parsed<MouseCommand>("mouse off").is_on);
  EXPECT_EQ(parsed<Order>("speed 0.5").speed, 0.5);
  EXPECT_EQ(parsed<Order>("speed 10x").speed, 10);
  EXPECT_EQ(parsed<Order>("start").kind, Order::Kind::start);
  EXPECT_EQ(parsed<Order>("end").kind, Order::Kind::end);
}

TEST(Commands, SayWhatIsWrong) {
  EXPECT_EQ(refused(""), "no such command; ? lists them");
  EXPECT_EQ(refused("fly"), "no such command; ? lists them");
  EXPECT_EQ(refused("view"), "view: connections, states, arp, stp, lvs, findings, talkers or help");
  EXPECT_EQ(refused("speed"), "speed: a number, such as 0.5 or 10");
  EXPECT_EQ(refused("speed 0"), "speed: a number, such as 0.5 or 10");
  EXPECT_EQ(refused("speed nan"), "speed: a number, such as 0.5 or 10");
  EXPECT_EQ(refused("open 4294967296"), "open: the id of a connection");
  EXPECT_EQ(refused("open one"), "open: the id of a connection");
  EXPECT_EQ(refused("mouse"), "mouse: on or off");
  EXPECT_NE(refused("goto").find("14:05:00"), std::string::npos);
}

TEST(Commands, EachIsInTheHelp) {
  for (const CommandHelp& help : command_help()) {
    const auto name = help.usage.substr(0, help.usage.find(' '));
    EXPECT_NE(refused(name), "no such command; ? lists them") << name;
  }
}

}  // namespace
}  // namespace tapstat::tui
