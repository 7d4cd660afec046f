// What happens to a spanning tree, and beside it what is less than that.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/analysis/findings/watched.h"
#include "tests/analysis/spanning_tree/wire.h"

namespace tapstat::analysis::spanning_tree {
namespace {

using test::Buffer;
using test::TcpSpec;
using test::Watched;
using Kinds = std::vector<FindingKind>;
using enum FindingKind;

constexpr std::uint16_t kData = 100;  // bytes
constexpr std::uint8_t kRapid = 2;

void append(Buffer& octets, std::uint64_t value, int size) {
  while (size-- > 0) octets.push_back(static_cast<std::uint8_t>(value >> 8 * size));
}

// With the times of message_of.
[[nodiscard]] Buffer octets_of(const Said& said) {
  const Message m = message_of(said);
  Buffer octets{0, 0, said.version, said.version, said.flags};
  append(octets, m.vector.root.value(), 8);
  append(octets, said.cost, 4);
  append(octets, m.vector.bridge.value(), 8);
  append(octets, m.vector.port, 2);
  for (const auto time :
       {m.message_age, m.timers.max_age, m.timers.hello_time, m.timers.forward_delay}) {
    append(octets, time.count(), 2);
  }
  if (said.version != 0) octets.push_back(0);
  return octets;
}

[[nodiscard]] std::string source_of(unsigned bridge, unsigned port) {
  return "02:09:00:00:0" + std::to_string(bridge) + ":0" + std::to_string(port);
}

// One link, what bridges say there and a transfer that crosses it; told in any order.
class Link {
 public:
  Link& say(double t, const Said& said) {
    return see(t, test::bpdu_frame(octets_of(said), source_of(said.bridge, said.port)));
  }
  // Once a second from `t` to `until`.
  Link& keep_saying(double t, double until, const Said& said) {
    for (int n = 0; t + n <= until; ++n) say(t + n, said);
    return *this;
  }
  Link& notify(double t, unsigned bridge, unsigned port) {
    return see(t, test::bpdu_frame(test::hex("0000 00 80"), source_of(bridge, port)));
  }
  // Data, whose acknowledgment nobody sees before it is sent again.
  Link& open(double t, std::uint16_t port = 40000) {
    TcpSpec spec{.src_port = port, .flags = "S", .seq = 1};
    see(t, test::tcp(spec)).see(t + 0.001, test::tcp(Watched::answer(spec, "SA", 1, 2)));
    return send(t + 0.002, port);
  }
  // The same data again, after `open`.
  Link& send(double t, std::uint16_t port = 40000) {
    return see(
        t, test::tcp({.src_port = port, .flags = "PA", .seq = 2, .ack = 2, .payload_len = kData}));
  }

  [[nodiscard]] std::vector<Finding> findings() const {
    Watched tap;
    double before = 0;
    for (const auto& [t, frame] : frames_) {
      tap.see(frame, at(t).time_since_epoch() - at(before).time_since_epoch());
      before = t;
    }
    return tap.findings();
  }
  [[nodiscard]] Kinds kinds() const {
    Kinds kinds;
    for (const Finding& f : findings()) kinds.push_back(f.kind);
    return kinds;
  }

 private:
  Link& see(double t, Buffer frame) {
    frames_.emplace(t, std::move(frame));
    return *this;
  }

  std::multimap<double, Buffer> frames_;
};

// The first of the kind.
[[nodiscard]] Finding only(const Link& link, FindingKind kind) {
  for (const Finding& f : link.findings()) {
    if (f.kind == kind) return f;
  }
  ADD_FAILURE() << "no " << analysis::name(kind);
  return {};
}

TEST(StpRootChanged, ABetterRootIsHeard) {
  Link link;
  link.keep_saying(0, 9, {.bridge = 2, .root = 2}).keep_saying(10, 15, {.bridge = 1, .root = 1});
  ASSERT_EQ(link.kinds(), Kinds{stp_root_changed});
  const Finding f = link.findings()[0];
  EXPECT_EQ(f.subject, Subject{bridge(1)});
  EXPECT_EQ(f.other, Subject{bridge(2)});
  EXPECT_EQ(f.figures.count, 1u);
  EXPECT_EQ(f.frames, std::vector<std::uint64_t>{11});
}

TEST(StpRootChanged, BridgesThatWakeUpTogetherAgreeOnTheirFirst) {
  Link link;
  link.say(0, {.bridge = 2, .root = 2}).keep_saying(0.5, 10, {.bridge = 1, .root = 1});
  EXPECT_TRUE(link.kinds().empty());
}

// The root is bridge 2, but for `times` stretches in which bridge 1 is there, one every `period`.
[[nodiscard]] Link comes_and_goes(int times, double period) {
  constexpr double kThere = 10, kAged = 6;
  Link link;
  double t = 0;
  for (int i = 0; i < times; ++i, t += period) {
    link.keep_saying(t, t + period - kThere - kAged - 1, {.bridge = 2, .root = 2});
    link.keep_saying(t + period - kThere - kAged, t + period - kAged - 1, {.bridge = 1, .root = 1});
  }
  return link;
}

TEST(StpRootFlapping, ThreeChangesWithinTenMinutes) {
  const Link link = comes_and_goes(2, 100);  // there, gone, there
  ASSERT_EQ(link.kinds(), (Kinds{stp_root_flapping, stp_root_changed, stp_root_changed}));
  const Finding f = only(link, stp_root_flapping);
  EXPECT_EQ(f.figures.count, 3u);
  EXPECT_EQ(f.figures.most, 3u);
  EXPECT_EQ(f.subject, Subject{InstanceKey{}});
  EXPECT_EQ(f.frames.size(), 3u);
}

TEST(StpRootFlapping, ARepairIsNone) {
  Link link = comes_and_goes(1, 100);
  link.keep_saying(100, 120, {.bridge = 2, .root = 2});
  EXPECT_EQ(link.kinds(), (Kinds{stp_root_changed, stp_root_changed}));
}

TEST(StpRootFlapping, NeitherAreThreeChangesInMoreThanTenMinutes) {
  EXPECT_EQ(comes_and_goes(2, 601).kinds(), (Kinds{stp_root_changed, stp_root_changed}));
}

constexpr Said kRoot{.bridge = 1, .root = 1};
constexpr Said kFlagged{.bridge = 1, .root = 1, .flags = kTopologyChange};

// So many episodes of RSTP, each of three flags, one every `period` seconds.
[[nodiscard]] Link shaken(int episodes, double period) {
  Link link;
  const Said quiet{.root = 1, .flags = kDesignated, .version = kRapid};
  const Said changing{.root = 1, .flags = kDesignated | kTopologyChange, .version = kRapid};
  for (int i = 0; i < episodes; ++i) {
    link.keep_saying(i * period, i * period + 2, changing);
    link.keep_saying(i * period + 3, (i + 1) * period - 1, quiet);
  }
  return link;
}

TEST(StpTopologyChangeStorm, SixWithinAMinute) {
  const Link link = shaken(6, 10);
  ASSERT_EQ(link.kinds(), (Kinds{stp_topology_change_storm, stp_topology_change}));
  const Finding f = only(link, stp_topology_change_storm);
  EXPECT_EQ(f.figures.count, 6u);
  EXPECT_EQ(f.figures.most, 6u);
  EXPECT_EQ(f.subject, Subject{InstanceKey{}});
  EXPECT_EQ(f.other, Subject{bridge(1)});
  EXPECT_EQ(only(link, stp_topology_change).figures.count, 6u);
}

TEST(StpTopologyChangeStorm, FiveAreNone) {
  EXPECT_EQ(shaken(5, 10).kinds(), Kinds{stp_topology_change});
}

TEST(StpTopologyChangeStorm, SixInMoreThanAMinuteAreNone) {
  EXPECT_EQ(shaken(6, 13).kinds(), Kinds{stp_topology_change});
}

TEST(StpDefaultRoot, NobodyChoseIt) {
  Link link;
  link.keep_saying(0, 5, {.bridge = 8, .root = 8, .flags = kDesignated, .version = kRapid});
  EXPECT_TRUE(link.kinds().empty()) << "it is alone, for all that is heard";
  link.say(5.5, {.bridge = 9, .root = 8, .cost = 10, .flags = kRootPort, .version = kRapid});
  ASSERT_EQ(link.kinds(), Kinds{stp_default_root});
  const Finding f = link.findings()[0];
  EXPECT_EQ(f.subject, Subject{bridge(8)});
  EXPECT_EQ(f.figures.of, 2u);
}

TEST(StpDefaultRoot, AnyOtherPriorityWasChosen) {
  Link link;
  link.keep_saying(0, 5, {.bridge = 7, .root = 7, .flags = kDesignated, .version = kRapid});
  link.say(5.5, {.bridge = 8, .root = 7, .cost = 10, .flags = kRootPort, .version = kRapid});
  EXPECT_TRUE(link.kinds().empty());
}

// Forward delay is 4 s: a TCN at 20 s is of what a port does that began to listen at 12 s, or up to
// a second earlier where timers are late; the root's last flag is at 30 s.
class StpTopologyChange : public testing::Test {
 protected:
  Link link;

  void SetUp() override {
    link.keep_saying(0, 20, kRoot).notify(20.2, 2, 1);
    link.keep_saying(21, 30, kFlagged).keep_saying(31, 33, kRoot).open(1);
  }
  [[nodiscard]] Finding change() const { return only(link, stp_topology_change); }
};

TEST_F(StpTopologyChange, LastsFromTheNotificationToTheRootsLastFlag) {
  ASSERT_EQ(link.kinds(), Kinds{stp_topology_change});
  const Finding f = change();
  EXPECT_EQ(f.subject, (Subject{decode::MacAddress{2, 9, 0, 0, 2, 1}}));
  EXPECT_EQ(f.figures.count, 1u);
  EXPECT_EQ(f.figures.longest, std::chrono::milliseconds{9800});
  EXPECT_EQ(f.figures.retransmissions, 0u) << "data sent once is not sent again";
  EXPECT_TRUE(f.connections.empty());
}

TEST_F(StpTopologyChange, IsToldWithWhatWasSentAgainMeanwhile) {
  link.open(2, 40001).send(12, 40001).send(25).send(29, 40001);
  EXPECT_EQ(link.kinds(), Kinds{stp_topology_change});
  const Finding f = change();
  EXPECT_EQ(f.figures.retransmissions, 3u);
  EXPECT_EQ(f.connections, (std::vector<std::uint32_t>{0, 1}));
}

TEST_F(StpTopologyChange, AndWhileAPortListenedAndLearned) {
  link.send(11.3).send(15);
  EXPECT_EQ(change().figures.retransmissions, 2u);
}

TEST_F(StpTopologyChange, NotWithWhatWasLostBeforeOrAfter) {
  link.send(5).send(11).send(30.5).send(36);
  EXPECT_EQ(change().figures.retransmissions, 0u);
  EXPECT_TRUE(change().connections.empty());
}

TEST_F(StpTopologyChange, NotTwiceWhereAnotherFollowsSoon) {
  link.notify(33.5, 2, 1).keep_saying(34, 38, kFlagged).send(27).send(32);
  const Finding f = change();
  EXPECT_EQ(f.figures.count, 2u);
  EXPECT_EQ(f.figures.retransmissions, 2u);
}

// Of RSTP the port forwards when it has noticed, within three hellos.
TEST(RapidTopologyChange, ReachesThreeHellosBack) {
  Link link;
  const Said quiet{.root = 1, .flags = kDesignated, .version = kRapid};
  const Said changing{.root = 1, .flags = kDesignated | kTopologyChange, .version = kRapid};
  link.keep_saying(0, 19, quiet).keep_saying(20, 22, changing).keep_saying(23, 30, quiet);
  link.open(1).send(16).send(17.5).send(21).send(24);
  const Finding f = only(link, stp_topology_change);
  EXPECT_EQ(f.subject, Subject{bridge(1)});
  EXPECT_EQ(f.figures.retransmissions, 2u);
  EXPECT_EQ(f.connections, std::vector<std::uint32_t>{0});
}

}  // namespace
}  // namespace tapstat::analysis::spanning_tree
