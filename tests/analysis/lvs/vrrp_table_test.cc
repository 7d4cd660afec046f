// Masters, failovers and split brains of virtual routers, in the packets' time.
#include "analysis/lvs/vrrp_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "decode/decoder.h"
#include "tests/support/vrrp_message.h"

namespace tapstat::analysis::lvs {
namespace {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using test::Buffer;
using test::VrrpSpec;

constexpr std::string_view kA = "10.0.0.1", kB = "10.0.0.2", kC = "10.0.0.3";

[[nodiscard]] IpAddress ip(std::string_view address) {
  const Buffer bytes = test::ip_bytes(address);
  return IpAddress::from_wire(bytes.data(), bytes.size() == 4 ? 4 : 6);
}

class Routers : public testing::Test {
 protected:
  void see(double time, const VrrpSpec& spec, std::uint16_t input = 0) {
    const Buffer bytes = test::vrrp(spec);
    capture::Frame frame =
        test::frame_of(bytes, duration_cast<nanoseconds>(duration<double>(1000 + time)), ++frames_);
    frame.input = input;
    decode::Packet packet;
    decoder_.decode(frame, packet);
    table.see(frame, packet, decoder_);
  }
  // As keepalived, which numbers its packets.
  void speak(double time, std::string_view who, std::uint8_t priority) {
    see(time, {.priority = priority, .src = who, .ip_id = ++ip_id_});
  }
  void speak_each_second(double from, double to, std::string_view who, std::uint8_t priority) {
    for (int n = 0; from + n <= to; ++n) speak(from + n, who, priority);
  }
  void both_each_second(double from, double to, std::uint8_t a, std::uint8_t b) {
    for (int n = 0; from + n <= to; ++n) {
      speak(from + n, kA, a);
      speak(from + n + 0.3, kB, b);
    }
  }
  [[nodiscard]] const VrrpRouter& router() const { return table.routers().begin()->second; }
  void expect_failover(std::size_t i, double time, std::string_view from, std::string_view to,
                       VrrpReason reason) const {
    ASSERT_LT(i, router().failovers().size());
    const VrrpFailover& f = router().failovers()[i];
    EXPECT_NEAR(duration<double>(f.at.time.time_since_epoch()).count() - 1000, time, 0.001);
    EXPECT_EQ(f.from, ip(from));
    EXPECT_EQ(f.to, ip(to));
    EXPECT_EQ(f.reason, reason);
  }

  VrrpTable table{1};

 private:
  decode::Decoder decoder_;
  std::uint64_t frames_ = 0;
  std::uint16_t ip_id_ = 0;
};

TEST_F(Routers, TheOneThatSpeaksIsMaster) {
  speak_each_second(0, 10, kA, 150);
  ASSERT_EQ(table.routers().size(), 1u);
  EXPECT_EQ(table.routers().begin()->first.vrid, 51);
  ASSERT_EQ(router().speakers().size(), 1u);
  const VrrpSpeaker& s = router().speakers()[0];
  EXPECT_EQ(s.adverts, 11u);
  EXPECT_EQ(s.priority, 150);
  EXPECT_EQ(s.interval, std::chrono::seconds{1});
  EXPECT_EQ(s.mac, (decode::MacAddress{2, 0, 0, 0, 0, 1}));
  EXPECT_EQ(s.addresses, std::vector{ip("10.0.0.100")});
  ASSERT_EQ(router().masterships().size(), 1u);
  EXPECT_EQ(router().masterships()[0].until.time - router().masterships()[0].from.time,
            std::chrono::seconds{10});
  EXPECT_TRUE(router().failovers().empty());
}

TEST_F(Routers, AMasterThatStopsSaysSo) {
  speak_each_second(0, 5, kA, 150);
  speak(5.5, kA, 0);
  speak_each_second(6.1, 10, kB, 100);
  ASSERT_EQ(router().failovers().size(), 1u);
  expect_failover(0, 6.1, kA, kB, VrrpReason::priority_zero);
  EXPECT_EQ(router().master()->address, ip(kB));
}

TEST_F(Routers, AMasterThatFallsSilentIsReplaced) {
  speak_each_second(0, 5, kA, 150);
  speak_each_second(8.61, 15, kB, 100);
  ASSERT_EQ(router().failovers().size(), 1u);
  expect_failover(0, 8.61, kA, kB, VrrpReason::silence);
}

TEST_F(Routers, AHigherPriorityTakesOver) {
  speak_each_second(0, 5, kB, 100);
  speak_each_second(5.5, 10, kA, 150);
  ASSERT_EQ(router().failovers().size(), 1u);
  expect_failover(0, 5.5, kB, kA, VrrpReason::higher_priority);
}

TEST_F(Routers, OfEqualsTheHigherAddressTakesOver) {
  speak_each_second(0, 5, kA, 100);
  speak_each_second(5.5, 10, kB, 100);
  expect_failover(0, 5.5, kA, kB, VrrpReason::higher_priority);
}

// The old master's advert was on its way.
TEST_F(Routers, OneAdvertTooManyIsNoSplitBrain) {
  speak_each_second(0, 5, kB, 100);
  speak(5.95, kA, 150);
  speak(6, kB, 100);
  speak_each_second(6.95, 12, kA, 150);
  EXPECT_EQ(router().failovers().size(), 1u);
  EXPECT_TRUE(router().split_brains().empty());
}

// Priority 0 and the end of the silence look alike but for the time.
TEST_F(Routers, ALowerOneThatComesTooSoonHasNoReason) {
  speak_each_second(0, 5, kA, 150);
  speak_each_second(6.2, 15, kB, 100);
  ASSERT_EQ(router().failovers().size(), 1u);
  expect_failover(0, 6.2, kA, kB, VrrpReason::unknown);
}

TEST_F(Routers, ThereAndBack) {
  speak_each_second(0, 5, kA, 150);
  speak(5.5, kA, 0);
  speak_each_second(6.1, 10, kB, 100);
  speak_each_second(10.5, 15, kA, 150);
  ASSERT_EQ(router().failovers().size(), 2u);
  expect_failover(1, 10.5, kB, kA, VrrpReason::higher_priority);
  EXPECT_EQ(router().masterships().size(), 3u);
}

TEST_F(Routers, WhoComesForwardForAMomentIsNoMaster) {
  speak_each_second(0, 5, kA, 200);
  speak(8.5, kB, 100);
  speak_each_second(8.6, 15, kC, 150);
  ASSERT_EQ(router().failovers().size(), 1u);
  expect_failover(0, 8.6, kA, kC, VrrpReason::silence);
}

TEST_F(Routers, AMasterThatComesBackItselfIsNoFailover) {
  speak_each_second(0, 5, kA, 150);
  speak(5.5, kA, 0);
  speak_each_second(20, 25, kA, 150);
  EXPECT_TRUE(router().failovers().empty());
  EXPECT_EQ(router().masterships().size(), 2u);
}

TEST_F(Routers, TwoThatBothGoOnAreASplitBrain) {
  speak_each_second(0, 9, kA, 150);
  both_each_second(10, 30, 150, 100);
  ASSERT_EQ(router().split_brains().size(), 1u);
  const VrrpSplitBrain& split = router().split_brains()[0];
  EXPECT_EQ(split.first, ip(kA));
  EXPECT_EQ(split.second, ip(kB));
  EXPECT_NEAR(duration<double>(split.from.time.time_since_epoch()).count(), 1010.3, 0.001);
  EXPECT_NEAR(duration<double>(split.until.time.time_since_epoch()).count(), 1030, 0.001);
  EXPECT_TRUE(router().failovers().empty());
}

TEST_F(Routers, WhoIsNotHeardDoesNotTakeOver) {
  speak_each_second(0, 9, kA, 100);
  both_each_second(10, 30, 100, 150);
  EXPECT_EQ(router().split_brains().size(), 1u);
  EXPECT_TRUE(router().failovers().empty());
}

TEST_F(Routers, ASplitBrainThatHealsAndComesBackIsTwo) {
  both_each_second(0, 10, 150, 100);
  speak_each_second(11, 30, kA, 150);
  both_each_second(31, 45, 150, 100);
  EXPECT_EQ(router().split_brains().size(), 2u);
}

TEST_F(Routers, Version3KeepsTimeInHundredths) {
  for (int i = 0; i < 20; ++i) {
    see(0.1 * i, {.version = 3, .priority = 150, .interval = 10, .src = kA});
  }
  for (int i = 0; i < 20; ++i) {
    see(2.27 + 0.1 * i, {.version = 3, .priority = 100, .interval = 10, .src = kB});
  }
  ASSERT_EQ(router().failovers().size(), 1u);
  expect_failover(0, 2.27, kA, kB, VrrpReason::silence);
}

TEST_F(Routers, VlansFamiliesAndNumbersAreRoutersOfTheirOwn) {
  see(0, {.src = kA});
  see(0.1, {.vrid = 52, .src = kB});
  see(0.2, {.src = kC, .vlan = {7}});
  see(0.3, {.src = kA, .vlan = {0}});
  see(0.4, {.version = 3, .interval = 100, .addresses = {"fe80::100"}, .src = "fe80::1"});
  EXPECT_EQ(table.routers().size(), 4u);
}

// Whatever the clocks of the points, and whether the sender numbers its packets or not.
TEST_F(Routers, OneAdvertAtSeveralPointsIsOne) {
  for (const double offset : {0.002, 2.5}) {
    for (const bool is_numbered : {true, false}) {
      table = VrrpTable{1};
      for (std::uint16_t i = 0; i < 20; ++i) {
        const auto id = static_cast<std::uint16_t>(is_numbered ? i : 0);
        see(i, {.src = kA, .ip_id = id}, 0);
        if (i >= offset) {
          const auto other = static_cast<std::uint16_t>(is_numbered ? i - std::ceil(offset) : 0);
          see(i + 0.01, {.src = kA, .ip_id = other}, 1);
        }
      }
      EXPECT_EQ(router().speakers()[0].adverts, 20u) << offset << is_numbered;
    }
  }
}

TEST_F(Routers, SpeakersAreBounded) {
  for (int i = 0; i < 40; ++i) {
    const std::string who = "10.0.1." + std::to_string(i + 1);
    see(i, {.src = who});
  }
  EXPECT_EQ(router().speakers().size(), VrrpRouter::kMostSpeakers);
  EXPECT_EQ(table.left_out(), 40 - VrrpRouter::kMostSpeakers);
}

TEST_F(Routers, ACopyLivesOnByItself) {
  speak_each_second(0, 5, kA, 150);
  const VrrpTable then = table;
  speak_each_second(9, 12, kB, 100);
  EXPECT_TRUE(then.routers().begin()->second.failovers().empty());
  EXPECT_EQ(router().failovers().size(), 1u);
}

}  // namespace
}  // namespace tapstat::analysis::lvs
