// The judgements about paths, from numbers.
#include "analysis/findings/path_quality.h"

#include <gtest/gtest.h>

#include "tests/analysis/findings/watched.h"

namespace tapstat::test {
namespace {

using namespace std::chrono_literals;
using analysis::FindingKind;
using Kinds = std::vector<FindingKind>;
using analysis::drops_large;
using analysis::is_stalled;
using analysis::loses_much;
using analysis::PathQuality;

TEST(PathQuality, FiveSecondsOfAClosedWindowAreAStall) {
  EXPECT_TRUE(is_stalled(PathQuality{.longest_zero_window = 5s}));
  EXPECT_FALSE(is_stalled(PathQuality{.longest_zero_window = 2s})) << "a slow reader that reads";
}

TEST(PathQuality, FiveInAHundredAreMuch) {
  EXPECT_TRUE(loses_much(PathQuality{.segments = 200, .resent_segments = 10}));
  EXPECT_FALSE(loses_much(PathQuality{.segments = 2000, .resent_segments = 20}));
  EXPECT_FALSE(loses_much(PathQuality{.segments = 10, .resent_segments = 3})) << "too few to tell";
}

TEST(PathQuality, LargeOnesAgainAndAgainAreABlackHole) {
  const PathQuality hole{.segments = 8,
                         .resent_segments = 5,
                         .largest_resent = 1448,
                         .largest_times = 5,
                         .largest_acked = 300,
                         .others_arrived = true};
  EXPECT_TRUE(drops_large(hole));
  PathQuality passed = hole;
  passed.largest_acked = 1448;
  EXPECT_FALSE(drops_large(passed)) << "one as large arrived";
  PathQuality small = hole;
  small.largest_resent = 500;
  EXPECT_FALSE(drops_large(small)) << "nothing drops those for their size";
  PathQuality silence = hole;
  silence.others_arrived = false;
  EXPECT_FALSE(drops_large(silence)) << "nothing shows that the peer was still there";
  PathQuality once = hole;
  once.largest_times = 1;
  EXPECT_FALSE(drops_large(once));
}

// A server that has had its request answers it with large segments.
class LargeAnswer : public testing::Test {
 protected:
  LargeAnswer() { tap_.open({.payload_len = 100}); }

  void server(std::uint32_t seq, std::size_t len, std::chrono::nanoseconds later = 1ms) {
    TcpSpec data = Watched::answer({}, "A", seq, 102);
    data.payload_len = len;
    tap_.see(tcp(data), later);
  }
  void client(std::uint32_t ack) { tap_.see(tcp({.seq = 102, .ack = ack}), 10ms); }
  void repeat(std::uint32_t seq, int times) {
    for (int i = 0; i < times; ++i) server(seq, 1448, 200ms * (1 << i));
  }

  Watched tap_;
};

TEST_F(LargeAnswer, WhatIsBehindItArrives) {
  server(2, 1448);
  server(1450, 300);
  client(2);
  client(2);
  repeat(2, 4);
  EXPECT_EQ(tap_.kinds(), Kinds{FindingKind::mtu_black_hole});
}

TEST_F(LargeAnswer, WhatIsBehindItMovesTheWindow) {
  server(2, 1448);
  server(1450, 300);
  tap_.see(tcp({.seq = 102, .ack = 2, .window = 64000}));
  repeat(2, 4);
  EXPECT_EQ(tap_.kinds(), Kinds{FindingKind::mtu_black_hole});
}

TEST_F(LargeAnswer, PiecesOfItArrive) {
  server(2, 1448);
  repeat(2, 4);
  server(2, 512);
  client(514);
  EXPECT_EQ(tap_.kinds(), Kinds{FindingKind::mtu_black_hole});
}

TEST_F(LargeAnswer, APeerThatIsGone) {
  server(2, 1448);
  repeat(2, 6);
  EXPECT_TRUE(tap_.kinds().empty());
}

TEST_F(LargeAnswer, AWayThatWasGoneForAWhile) {
  server(2, 1448);
  repeat(2, 3);
  client(1450);
  EXPECT_TRUE(tap_.kinds().empty()) << "it arrived as large as it was";
}

TEST(OneWayCapture, OrdinaryLossIsNoBlackHole) {
  Watched tap;
  tap.see(tcp({.flags = "S", .seq = 1}));
  tap.see(tcp({.seq = 2, .ack = 2}));
  for (std::uint32_t n = 0; n < 200; ++n) {
    tap.see(tcp({.seq = 2 + n * 1448, .ack = 2, .payload_len = 1448}));
    if (n % 50 != 49) continue;
    tap.see(tcp({.seq = 2 + (n - 10) * 1448, .ack = 2, .payload_len = 1448}), 300ms);
  }
  EXPECT_EQ(tap.kinds(), Kinds{FindingKind::asymmetric_capture});
}

}  // namespace
}  // namespace tapstat::test
