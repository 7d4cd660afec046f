#include "analysis/tcp/segment_log.h"

#include <gtest/gtest.h>

#include "tests/analysis/tcp/logged.h"

namespace tapstat::analysis::tcp {
namespace {

using test::kClient;
using test::kServer;
using test::log_of;
using test::opened;
using test::Sent;

TEST(SegmentLog, NumbersAreCountedFromTheSyns) {
  const SegmentLog log =
      log_of(opened({{.ms = 20, .flags = "PA", .seq = 1001, .ack = 5001, .len = 30}}));
  ASSERT_EQ(log.size(), 4u);
  EXPECT_EQ(log[0].seq, 0);
  EXPECT_EQ(log[1].seq, 0);
  EXPECT_EQ(log[1].ack, 1);
  EXPECT_EQ(log[3].seq, 1);
  EXPECT_EQ(log[3].end(), 31);
  EXPECT_EQ(log[3].ack, 1);
  EXPECT_EQ(log[3].sender, kClient);
  EXPECT_EQ(log[3].frame, 4u);
}

TEST(SegmentLog, WithoutASynTheFirstNumberSeenIsOne) {
  const SegmentLog log = log_of({{.seq = 700, .ack = 90, .len = 10},
                                 {.by = kServer, .seq = 90, .ack = 710},
                                 {.seq = 690, .ack = 90, .len = 10}});
  EXPECT_EQ(log[0].seq, 1);
  EXPECT_EQ(log[0].ack, 1);
  EXPECT_EQ(log[1].seq, 1);
  EXPECT_EQ(log[1].ack, 11);
  EXPECT_EQ(log[2].seq, -9);
}

TEST(SegmentLog, NumbersGoOnPastTheWrap) {
  const SegmentLog log = log_of({{.flags = "S", .seq = 0xfffffffeu},
                                 {.by = kServer, .flags = "SA", .seq = 1, .ack = 0xffffffffu},
                                 {.seq = 0xffffffffu, .ack = 2, .len = 100},
                                 {.seq = 99, .ack = 2, .len = 100}});
  EXPECT_EQ(log[3].seq, 101);
  EXPECT_TRUE(log[3].notes.empty());
}

TEST(SegmentLog, ASynSetsRightWhatAStraySegmentBegan) {
  const SegmentLog log = log_of({{.by = kServer, .seq = 77, .ack = 3000},
                                 {.by = kServer, .flags = "SA", .seq = 5000, .ack = 1001},
                                 {.flags = "", .seq = 1001, .ack = 5001}});
  EXPECT_EQ(log[1].seq, 0);
  EXPECT_EQ(log[0].seq, 77 - 5000);
}

TEST(SegmentLog, WindowsAreScaledButNotThoseOfSyns) {
  const SegmentLog log = log_of(opened({}));
  EXPECT_EQ(log[0].window, 64240u);
  EXPECT_EQ(log[1].window, 64240u);
  EXPECT_EQ(log[2].window, 500u << 7);
}

TEST(SegmentLog, KeepsTheConnectionAskedForOnly) {
  const auto address = [](std::string_view text) {
    return IpAddress::from_wire(test::ip_bytes(text).data(), text.find(':') == text.npos ? 4 : 6);
  };
  const FlowKey key{{address("10.0.0.1"), address("10.0.0.2")}, {40000, 80}};
  decode::Segment seg{};
  seg.flags = test::flags_of("S");
  Connection third;
  third.open(key, 3, seg, 0);
  const Socket client{address("10.0.0.1"), 40000};
  const Socket server{address("10.0.0.2"), 80};
  const Socket other{address("10.0.0.2"), 81};
  EXPECT_TRUE(is_chosen(ConnectionChoice{}, third));
  EXPECT_TRUE(is_chosen(std::uint32_t{3}, third));
  EXPECT_FALSE(is_chosen(std::uint32_t{2}, third));
  EXPECT_TRUE(is_chosen(std::array{client, server}, third));
  EXPECT_TRUE(is_chosen(std::array{server, client}, third));
  EXPECT_FALSE(is_chosen(std::array{client, other}, third));

  // The ports once more: the first stays.
  Connection fourth;
  fourth.open(key, 4, seg, 0);
  SegmentLog log{std::array{server, client}};
  EXPECT_FALSE(log.connection());
  log.note(third, seg, 0, {});
  log.note(fourth, seg, 0, {});
  log.note(third, seg, 0, {});
  EXPECT_EQ(log.connection(), 3u);
  EXPECT_EQ(log.size(), 2u);
}

}  // namespace
}  // namespace tapstat::analysis::tcp
