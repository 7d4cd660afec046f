#include "analysis/tcp/vantage.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "tests/support/packet_builder.h"

namespace tapstat::analysis::tcp {
namespace {

using namespace std::chrono_literals;
using Duration = Vantage::Duration;

IpAddress host(std::string_view text) {
  const test::Buffer bytes = test::ip_bytes(text);
  return IpAddress::from_wire(bytes.data(), bytes.size() == 4 ? 4 : 6);
}

const IpAddress kClient = host("10.0.0.1"), kServer = host("192.0.2.80");

// One handshake between them.
Vantage after(Duration client_response, Duration server_response) {
  Vantage vantage(1);
  vantage.note({kClient, client_response, kServer, server_response});
  return vantage;
}

TEST(Vantage, IsAtTheHostThatAnswersAtOnceWhereTheOtherIsFar) {
  const Vantage at_client = after(50us, 20ms), at_server = after(20ms, 50us);
  EXPECT_TRUE(at_client.is_at(kClient));
  EXPECT_FALSE(at_client.is_at(kServer));
  EXPECT_FALSE(at_server.is_at(kClient));
  EXPECT_TRUE(at_server.is_at(kServer));
}

TEST(Vantage, BetweenTheTwoIsAtNeither) {
  const Vantage between = after(10ms, 12ms);
  EXPECT_FALSE(between.is_at(kClient));
  EXPECT_FALSE(between.is_at(kServer));
}

// In one rack both answer at once, wherever the tap is.
TEST(Vantage, WithinAMillisecondNothingIsTold) {
  EXPECT_FALSE(after(0us, 999us).is_at(kClient));
  EXPECT_TRUE(after(0us, 1ms).is_at(kClient));
  EXPECT_FALSE(after(999us, 0us).is_at(kServer));
}

TEST(Vantage, TheOtherHostIsMoreThanEightTimesAsFar) {
  EXPECT_FALSE(after(1ms, 8ms).is_at(kClient));
  EXPECT_TRUE(after(1ms, 8001us).is_at(kClient));
  EXPECT_FALSE(after(8ms, 1ms).is_at(kServer));
  EXPECT_TRUE(after(8001us, 1ms).is_at(kServer));
}

TEST(Vantage, KnowsNothingOfAHostItHasNotMet) {
  EXPECT_FALSE(Vantage(1).is_at(kClient));
  EXPECT_FALSE(after(50us, 20ms).is_at(host("10.0.0.2")));
  EXPECT_FALSE(after(50us, 20ms).is_at(host("::ffff:0:a00:1")));
}

TEST(Vantage, IsAtAHostOfEitherIpVersion) {
  Vantage vantage(1);
  vantage.note({host("fd00::1"), 30us, host("fd00::2"), 30ms});
  EXPECT_TRUE(vantage.is_at(host("fd00::1")));
  EXPECT_FALSE(vantage.is_at(host("fd00::2")));
}

TEST(Vantage, AHostIsNearAsWhicheverEndItWas) {
  Vantage vantage(1);
  vantage.note({host("10.0.0.7"), 30ms, kServer, 10us});
  vantage.note({kServer, 10us, host("10.0.0.8"), 30ms});
  EXPECT_TRUE(vantage.is_at(kServer));
}

// Of five handshakes more than four must say so for each that does not.
TEST(Vantage, ABusyHostMayAnswerLateNowAndThen) {
  Vantage vantage(1);
  vantage.note({kClient, 19ms, kServer, 20ms});
  for (int i = 0; i < 4; ++i) {
    vantage.note({kClient, 50us, kServer, 20ms});
    EXPECT_FALSE(vantage.is_at(kClient)) << i;
  }
  vantage.note({kClient, 50us, kServer, 20ms});
  EXPECT_TRUE(vantage.is_at(kClient));
  vantage.note({kClient, 19ms, kServer, 20ms});
  EXPECT_FALSE(vantage.is_at(kClient));
}

TEST(Vantage, AHostMetAtAnotherInputTooIsNotTakenForNear) {
  Vantage vantage(1);
  for (int i = 0; i < 100; ++i) {
    vantage.note({kClient, 50us, kServer, 20ms});
    vantage.note({kClient, 12ms, kServer, 8ms});
  }
  EXPECT_FALSE(vantage.is_at(kClient));
}

IpAddress numbered(std::uint32_t i) {
  const std::array<std::uint8_t, 4> bytes = {
      static_cast<std::uint8_t>(i >> 24), static_cast<std::uint8_t>(i >> 16),
      static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
  return IpAddress::from_wire(bytes.data(), 4);
}

// A scan of spoofed addresses must not fill the memory.
TEST(Vantage, HostsMetPastTheBoundAreTakenForFarAndTheOthersKept) {
  constexpr std::uint32_t kMostHosts = 65'536;
  Vantage vantage(1);
  for (std::uint32_t i = 1; i < kMostHosts; ++i) {
    vantage.note({numbered(i), 50us, kServer, 20ms});
  }
  EXPECT_TRUE(vantage.is_at(numbered(1)));
  EXPECT_TRUE(vantage.is_at(numbered(kMostHosts - 1)));
  vantage.note({numbered(kMostHosts), 50us, kServer, 20ms});
  EXPECT_FALSE(vantage.is_at(numbered(kMostHosts)));
  vantage.note({numbered(1), 20ms, kServer, 20ms});
  EXPECT_FALSE(vantage.is_at(numbered(1))) << "those that are kept are still counted";
}

TEST(Vantage, MindsTheOrderOfHandshakesWhileTheyMayBeTheLastHostsKept) {
  constexpr std::uint32_t kMostHosts = 65'536;
  Vantage vantage(1);
  EXPECT_FALSE(vantage.minds_order_of(kMostHosts / 2));
  EXPECT_TRUE(vantage.minds_order_of(kMostHosts / 2 + 1));
  for (std::uint32_t i = 1; i < kMostHosts - 1; ++i) {
    vantage.note({numbered(i), 50us, kServer, 20ms});
  }
  EXPECT_TRUE(vantage.minds_order_of(1));
  vantage.note({numbered(kMostHosts - 1), 50us, kServer, 20ms});
  EXPECT_FALSE(vantage.minds_order_of(1)) << "no others are kept, whichever comes first";
}

// Captures date packets as they like.
TEST(Vantage, ResponsesOfAnyLengthAreCompared) {
  const Duration longest = capture::kLatest - capture::kEarliest;
  EXPECT_FALSE(after(longest, longest).is_at(kClient));
  EXPECT_TRUE(after(0us, longest).is_at(kClient));
  EXPECT_TRUE(after(longest, 0us).is_at(kServer));
  EXPECT_FALSE(after(longest, 1ms).is_at(kClient));
}

}  // namespace
}  // namespace tapstat::analysis::tcp
