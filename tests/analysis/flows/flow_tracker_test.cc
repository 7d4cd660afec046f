#include "analysis/flows/flow_tracker.h"

#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis::flows {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class FlowTrackerTest : public testing::Test {
 protected:
  void see(const test::Buffer& bytes, std::chrono::nanoseconds later = milliseconds{0}) {
    time_ += later;
    decoder_.begin_batch();
    decode::Packet packet;
    const capture::Frame frame = test::frame_of(bytes, time_);
    decoder_.decode(frame, packet);
    tracker_.take(packet, frame);
  }
  [[nodiscard]] std::uint32_t count() const { return tracker_.flows().size(); }
  [[nodiscard]] const Flow& flow(std::uint32_t i = 0) const { return tracker_.flows()[i]; }

  const test::UdpSpec question{.payload = test::Buffer(30)};
  const test::UdpSpec answer{.src = "10.0.0.2",
                             .src_port = 53,
                             .dst = "10.0.0.1",
                             .dst_port = 40000,
                             .payload = test::Buffer(90)};

 private:
  decode::Decoder decoder_;
  FlowTracker tracker_{1};
  std::chrono::nanoseconds time_{seconds{1000}};
};

TEST_F(FlowTrackerTest, AQuestionAndItsAnswer) {
  see(test::udp(question));
  see(test::udp(answer), milliseconds{20});
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(flow().traffic(flow().client()).bytes, 30u);
  EXPECT_EQ(flow().traffic(flow().server()).bytes, 90u);
  EXPECT_EQ(flow().traffic(flow().client()).wire_bytes, 72u);
  EXPECT_EQ(flow().requests(), 1u);
  EXPECT_EQ(flow().responses(), 1u);
  EXPECT_EQ(flow().unanswered(), 0u);
  EXPECT_EQ(flow().response_times().average(), milliseconds{20});
}

TEST_F(FlowTrackerTest, ARequestIsATurnOfTheConversation) {
  see(test::udp(question));
  see(test::udp(question), milliseconds{5});  // still the same
  see(test::udp(answer), milliseconds{5});
  see(test::udp(answer), milliseconds{5});
  see(test::udp(question), milliseconds{5});
  see(test::udp(answer), milliseconds{30});
  see(test::udp(question), milliseconds{5});
  EXPECT_EQ(flow().requests(), 3u);
  EXPECT_EQ(flow().responses(), 2u);
  EXPECT_EQ(flow().unanswered(), 1u);
  EXPECT_EQ(flow().response_times().min(), milliseconds{10});
  EXPECT_EQ(flow().response_times().max(), milliseconds{30});
}

TEST_F(FlowTrackerTest, SilenceEndsAFlowByPacketTime) {
  see(test::udp(question));
  see(test::udp(question), seconds{59});
  EXPECT_EQ(count(), 1u);
  see(test::udp(question), seconds{60});
  ASSERT_EQ(count(), 2u);
  EXPECT_TRUE(flow(0).has_ended_at(flow(1).first()));
  EXPECT_FALSE(flow(1).has_ended_at(flow(1).first()));
  see(test::udp(answer), seconds{1});
  EXPECT_EQ(flow(1).responses(), 1u);
}

TEST_F(FlowTrackerTest, AnIdleSctpAssociationLivesLonger) {
  const test::Buffer chunks = test::hex("1388 0050 00000000 00000000 0400 0004");
  see(test::ethernet(test::ip_packet(chunks, 132)));
  see(test::ethernet(test::ip_packet(chunks, 132)), seconds{200});
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(flow().key().port[flow().client()], 5000);
  EXPECT_EQ(flow().traffic(flow().client()).bytes, 8u);
  see(test::ethernet(test::ip_packet(chunks, 132)), seconds{210});
  EXPECT_EQ(count(), 2u);
}

TEST_F(FlowTrackerTest, TwoPingsBetweenTheSameHostsAreTwo) {
  see(test::icmp({.rest = 0x00010001}));
  see(test::icmp({.rest = 0x00020001}));
  see(test::icmp({.src = "10.0.0.2", .dst = "10.0.0.1", .type = 0, .rest = 0x00020001}));
  ASSERT_EQ(count(), 2u);
  EXPECT_EQ(flow(0).unanswered(), 1u);
  EXPECT_EQ(flow(1).unanswered(), 0u);
  EXPECT_EQ(flow(1).icmp_type(), 8);
  EXPECT_FALSE(flow(1).icmp_code());
}

TEST_F(FlowTrackerTest, AnErrorHasItsCodeAndNoAnswer) {
  see(test::icmp({.type = 3, .code = 1}));
  EXPECT_EQ(flow().icmp_type(), 3);
  EXPECT_EQ(flow().icmp_code(), 1);
  EXPECT_EQ(flow().requests(), 0u);
}

TEST_F(FlowTrackerTest, TheSameAddressesInTwoVlansAreTwo) {
  auto other = question;
  other.vlan = {20};
  auto other_answer = answer;
  other_answer.vlan = {20};
  see(test::udp(question));
  see(test::udp(other));
  see(test::udp(other_answer));
  ASSERT_EQ(count(), 2u);
  EXPECT_EQ(flow(0).responses(), 0u);
  EXPECT_EQ(flow(1).responses(), 1u);
}

// Paths without end share the first flow from the 64th on.
TEST_F(FlowTrackerTest, PathsToldApartAreBounded) {
  auto spec = question;
  for (std::uint16_t vid = 1; vid <= 100; ++vid) {
    spec.vlan = {vid};
    see(test::udp(spec));
  }
  EXPECT_EQ(count(), 64u);
  see(test::udp(spec), seconds{60});
  EXPECT_EQ(count(), 65u);
}

TEST(FlowTracker, WhatMemoryDoesNotDoForIsCounted) {
  constexpr std::uint32_t kFits = 10, kSeen = 100;
  FlowTracker tracker(1, kFits * (sizeof(Flow) + 32));
  decode::Decoder decoder;
  decode::Packet packet;
  const auto see = [&](std::uint16_t port) {
    const test::Buffer bytes = test::udp({.src_port = port});
    const capture::Frame frame = test::frame_of(bytes);
    decoder.decode(frame, packet);
    tracker.take(packet, frame);
  };
  for (std::uint16_t port = 1; port <= kSeen; ++port) see(port);
  EXPECT_EQ(tracker.flows().size(), kFits);
  EXPECT_EQ(tracker.unkept(), kSeen - kFits);
  see(1);
  see(kFits);
  EXPECT_EQ(tracker.unkept(), kSeen - kFits) << "those that are kept go on";
  EXPECT_EQ(tracker.flows()[0].traffic(0).packets + tracker.flows()[0].traffic(1).packets, 2u);
}

}  // namespace
}  // namespace tapstat::analysis::flows
