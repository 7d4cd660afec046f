// A capture that is played: what is ordered, and where it stands then.
#include "app/player.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

#include "app/inputs.h"
#include "app/options.h"

namespace tapstat::app {
namespace {

using Kind = tui::Order::Kind;

[[nodiscard]] std::string sample(const std::string& name) {
  return std::string{TAPSTAT_SAMPLES} + "/" + name;
}

// Gives orders, one or several at a time, each time when what those before asked for is done, and
// notes how things stand then. It leaves when there are none left.
class Script final : public Audience {
 public:
  using Orders = std::vector<tui::Order>;
  struct Stand {
    tui::Playback playback;
    std::uint64_t packets = 0;  // the world's
    std::uint32_t connections = 0;
    capture::Timestamp time{};
  };

  explicit Script(std::deque<Orders> orders) : orders_(std::move(orders)) {}

  void look(const analysis::Engine& engine, capture::Timestamp now, std::chrono::nanoseconds,
            bool) override {
    if (is_new_ || playback_.is_seeking) return;
    stands_.push_back(
        {playback_, engine.model().totals.packets, engine.model().tcp.connections().size(), now});
    is_new_ = true;
  }
  [[nodiscard]] bool is_leaving() const override { return is_new_ && orders_.empty(); }
  void tell(const std::string&) override {}
  void keep(std::span<const capture::Frame>) override {}
  [[nodiscard]] std::optional<std::uint32_t> opened() const override {
    return stands_.size() >= opens_after_ ? opened_ : std::nullopt;
  }
  [[nodiscard]] Orders take_orders() override {
    if (!is_new_ || orders_.empty()) return {};
    is_new_ = false;
    Orders orders = std::move(orders_.front());
    orders_.pop_front();
    return orders;
  }
  void show(const tui::Playback& playback) override { playback_ = playback; }

  [[nodiscard]] const std::vector<Stand>& stands() const { return stands_; }
  [[nodiscard]] std::vector<std::uint64_t> packets() const {
    std::vector<std::uint64_t> packets;
    for (const Stand& stand : stands_) packets.push_back(stand.packets);
    return packets;
  }
  // Once so many orders have been done.
  void open(std::uint32_t id, std::size_t after) {
    opened_ = id;
    opens_after_ = after;
  }

 private:
  std::deque<Orders> orders_;
  bool is_new_ = true;  // orders may be given
  tui::Playback playback_;
  std::optional<std::uint32_t> opened_;
  std::size_t opens_after_ = 0;
  std::vector<Stand> stands_;
};

[[nodiscard]] Options options_for(const std::string& path) {
  Options options;
  options.is_dashboard = true;
  options.inputs = {path};
  options.zone = report::Zone::utc;
  return options;
}

// Returns how many segments of the opened connection were logged in the end.
std::uint32_t play(const std::string& path, Script& script) {
  const Options options = options_for(path);
  auto inputs = reopen_captures(options, std::nullopt);
  if (!inputs) {
    ADD_FAILURE() << path;
    return 0;
  }
  World world(options, std::move(*inputs));
  Player(options, world, script).play();
  return world.log().size();
}

// One after the other.
[[nodiscard]] std::deque<Script::Orders> orders(std::initializer_list<Kind> kinds) {
  std::deque<Script::Orders> orders = {{{Kind::toggle}}};  // it begins by playing
  for (const Kind kind : kinds) orders.push_back({{kind}});
  return orders;
}

[[nodiscard]] Script::Orders go_to(std::string time) { return {{Kind::seek, 1, std::move(time)}}; }

TEST(Player, GoesToBothEnds) {
  Script script(orders({Kind::end, Kind::start, Kind::end}));
  play(sample("web.pcap"), script);
  ASSERT_EQ(script.stands().size(), 4u);
  EXPECT_EQ(script.packets()[1], 224u);
  EXPECT_TRUE(script.stands()[1].playback.is_at_end);
  EXPECT_EQ(script.packets()[2], 1u);
  EXPECT_FALSE(script.stands()[2].playback.is_at_end);
  EXPECT_EQ(script.packets()[3], 224u);
  EXPECT_EQ(script.stands()[3].connections, script.stands()[1].connections);
}

TEST(Player, StepsPacketByPacket) {
  Script script(orders({Kind::start, Kind::next_packet, Kind::next_packet, Kind::previous_packet,
                        Kind::previous_packet, Kind::previous_packet}));
  play(sample("web.pcap"), script);
  const auto packets = script.packets();
  ASSERT_EQ(packets.size(), 7u);
  EXPECT_EQ((std::vector(packets.begin() + 1, packets.end())),
            (std::vector<std::uint64_t>{1, 2, 3, 2, 1, 1}));
}

TEST(Player, GoesFromChangeToChangeAndBack) {
  Script script(orders({Kind::start, Kind::next_change, Kind::next_change, Kind::next_change,
                        Kind::previous_change, Kind::previous_change, Kind::next_change}));
  play(sample("close.pcap"), script);
  const auto p = script.packets();
  ASSERT_EQ(p.size(), 8u);
  EXPECT_LT(p[1], p[2]);
  EXPECT_LT(p[2], p[3]);
  EXPECT_LT(p[3], p[4]);
  EXPECT_EQ(p[5], p[3]);
  EXPECT_EQ(p[6], p[2]);
  EXPECT_EQ(p[7], p[3]);
}

TEST(Player, SaysThatNoChangeIsBefore) {
  Script script(orders({Kind::start, Kind::previous_event}));
  play(sample("web.pcap"), script);
  EXPECT_EQ(script.stands().back().playback.problem, "there is none before");
}

// tapstat events: frames 4, 5 and 8 are sent again after a second.
TEST(Player, GoesFromEventToEvent) {
  Script script(orders({Kind::start, Kind::next_event}));
  play(sample("handshake-loss.pcap"), script);
  ASSERT_EQ(script.stands().size(), 3u);
  EXPECT_GT(script.packets()[2], 1u);
  EXPECT_FALSE(script.stands()[2].playback.is_at_end);
}

TEST(Player, GoesToATime) {
  Script script({{{Kind::toggle}}, go_to("+1.5"), go_to("+0.2"), go_to("soon")});
  play(sample("web.pcap"), script);
  const auto& stands = script.stands();
  ASSERT_EQ(stands.size(), 4u);
  EXPECT_EQ(stands[1].time - stands[2].time, std::chrono::milliseconds{1300});
  EXPECT_GT(stands[1].packets, stands[2].packets);
  EXPECT_EQ(stands[2].playback.elapsed, "200.0ms");
  EXPECT_NE(stands[3].playback.problem.find("goto"), std::string::npos);
}

// Its first packet came at 02:06:55.463457.
TEST(Player, ATimeOfDayIsOneOfTheFirstDay) {
  Script script({{{Kind::toggle}}, go_to("02:06:57")});
  play(sample("web.pcap"), script);
  EXPECT_EQ(script.stands().back().playback.elapsed.substr(0, 3), "1.5");
}

TEST(Player, StepsAreCountedFromWhereItIsGoing) {
  const Script::Orders back(10, {Kind::previous_packet}), forth(5, {Kind::next_packet});
  Script script({{{Kind::toggle}}, {{Kind::end}}, back, forth});
  play(sample("web.pcap"), script);
  ASSERT_EQ(script.stands().size(), 4u);
  EXPECT_EQ(script.packets()[2], 214u);
  EXPECT_EQ(script.packets()[3], 219u);
}

TEST(Player, BeforeTheFirstPacketThereIsNothing) {
  Script script({{{Kind::toggle}}, {{Kind::end}}, go_to("00:00:01")});
  play(sample("web.pcap"), script);
  EXPECT_EQ(script.stands().back().playback.elapsed, "0us");
  EXPECT_LE(script.packets().back(), 1u);
}

TEST(Player, FollowsAConnectionFromItsBeginning) {
  Script script({{{Kind::toggle}}, go_to("+1.5"), {{Kind::slower}}});
  script.open(2, 2);
  EXPECT_EQ(play(sample("web.pcap"), script), 2u) << "SYNs in that time";
  const auto& stands = script.stands();
  ASSERT_EQ(stands.size(), 3u);
  EXPECT_EQ(stands[2].packets, stands[1].packets);
  EXPECT_EQ(stands[2].time, stands[1].time) << "not that of the last packet";
}

TEST(Player, PlaysAsFastAsItIsAsked) {
  Script script({{{Kind::speed, 1024}}, {{Kind::faster}}, {{Kind::slower}}});
  play(sample("web.pcap"), script);
  ASSERT_EQ(script.stands().size(), 3u);
  EXPECT_EQ(script.stands()[0].playback.speed, 1024);
  EXPECT_EQ(script.stands()[1].playback.speed, 2048);
  EXPECT_EQ(script.stands()[2].playback.speed, 1024);
  EXPECT_TRUE(script.stands()[2].playback.is_playing);
}

TEST(Player, ACaptureWithoutPacketsIsAtItsEnd) {
  const std::string path = testing::TempDir() + "no-packets.pcap";
  std::ifstream from(sample("web.pcap"), std::ios::binary);
  std::array<char, 24> header{};
  from.read(header.data(), header.size());
  std::ofstream(path, std::ios::binary).write(header.data(), header.size());
  Script script(orders({Kind::next_packet, Kind::previous_packet, Kind::next_change, Kind::end}));
  play(path, script);
  std::remove(path.c_str());
  EXPECT_EQ(script.packets(), std::vector<std::uint64_t>(5));
  EXPECT_TRUE(script.stands().back().playback.is_at_end);
}

}  // namespace
}  // namespace tapstat::app
