// Exchanges as Zeek would log them: after each segment its history and conn_state.
#include "analysis/zeek/tcp_session.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tapstat::analysis::zeek {
namespace {

constexpr int kClient = 0, kServer = 1;
// Initial sequence numbers.
constexpr std::uint32_t kIsn[2] = {1000, 5000};

// A segment; `seq` and `ack` are relative to the initial numbers.
struct Sent {
  int by;
  std::string_view flags;  // of F S R A
  std::uint32_t seq = 0, ack = 0, length = 0;
  double at = 0;  // seconds
  std::uint16_t window = 1000;
};

struct Step {
  Sent sent;
  std::string_view history, conn_state;
};

[[nodiscard]] Segment segment(const Sent& sent, std::uint16_t port) {
  Segment seg{};
  std::uint8_t bits = 0;
  for (const char flag : sent.flags) {
    if (flag == 'F') bits |= decode::TcpFlags::kFin;
    if (flag == 'S') bits |= decode::TcpFlags::kSyn;
    if (flag == 'R') bits |= decode::TcpFlags::kRst;
    if (flag == 'A') bits |= decode::TcpFlags::kAck;
  }
  seg.flags = decode::TcpFlags(bits);
  seg.seq = kIsn[sent.by] + sent.seq;
  seg.ack = seg.flags.ack() ? kIsn[1 - sent.by] + sent.ack : 0;
  seg.payload_len = seg.payload_captured = sent.length;
  seg.window = sent.window;
  seg.src_port = sent.by == kClient ? 40000 : port;
  seg.dst_port = sent.by == kClient ? port : 40000;
  seg.time = Timestamp{std::chrono::nanoseconds{static_cast<std::int64_t>(sent.at * 1e9)}};
  return seg;
}

class TcpSessionTest : public testing::Test {
 protected:
  // All of `steps` are of one connection.
  void expect(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      SCOPED_TRACE(std::string{step.history} + " after " + std::string{step.sent.flags});
      ASSERT_TRUE(take(step.sent));
      EXPECT_EQ(session.history().letters(), step.history);
      EXPECT_EQ(session.conn_state(), step.conn_state);
    }
  }
  // False where it begins another connection.
  bool take(const Sent& sent) {
    const Segment seg = segment(sent, server_port);
    if (!open_) {
      session.open(seg, sent.by);
    } else if (session.is_removed_at(seg.time) || session.is_reused_by(seg)) {
      return false;
    }
    open_ = true;
    session.take(seg, sent.by, pool_);
    return true;
  }

  TcpSession session;
  std::uint16_t server_port = 4444;  // not a likely server's

 private:
  Pool<Pieces> pool_;
  bool open_ = false;
};

const std::vector<Step> kHandshake = {{{kClient, "S"}, "S", "S0"},
                                      {{kServer, "SA", 0, 1}, "Sh", "S1"},
                                      {{kClient, "A", 1, 1}, "ShA", "S1"}};

TEST_F(TcpSessionTest, ARequestItsAnswerAndAnOrderlyEnd) {
  expect(kHandshake);
  expect({{{kClient, "A", 1, 1, 100}, "ShAD", "S1"},
          {{kServer, "A", 1, 101}, "ShADa", "S1"},
          {{kServer, "A", 1, 101, 500}, "ShADad", "S1"},
          {{kClient, "FA", 101, 501}, "ShADadF", "S2"},
          {{kServer, "FA", 501, 102}, "ShADadFf", "SF"},
          {{kClient, "A", 102, 502}, "ShADadFf", "SF"}});
  EXPECT_EQ(session.size(kClient), 100u);
  EXPECT_EQ(session.size(kServer), 500u);
}

TEST_F(TcpSessionTest, TheServerClosesFirst) {
  expect(kHandshake);
  expect({{{kServer, "FA", 1, 1}, "ShAf", "S3"}, {{kClient, "FA", 1, 2}, "ShAfF", "SF"}});
}

TEST_F(TcpSessionTest, Refused) {
  expect({{{kClient, "S"}, "S", "S0"}, {{kServer, "RA", 0, 1}, "Sr", "REJ"}});
}

TEST_F(TcpSessionTest, Unanswered) {
  expect({{{kClient, "S"}, "S", "S0"}, {{kClient, "S", 0, 0, 0, 1}, "S", "S0"}});
}

TEST_F(TcpSessionTest, ASynAndAResetAfterIt) {
  expect({{{kClient, "S"}, "S", "S0"}, {{kClient, "R", 1}, "SR", "RSTOS0"}});
}

TEST_F(TcpSessionTest, ASynAndAFinAfterIt) {
  expect({{{kClient, "S"}, "S", "S0"}, {{kClient, "F", 1}, "SF", "SH"}});
}

TEST_F(TcpSessionTest, ResetByEitherEnd) {
  expect(kHandshake);
  expect({{{kClient, "A", 1, 1, 10}, "ShAD", "S1"}, {{kServer, "R", 1}, "ShADr", "RSTR"}});
}

TEST_F(TcpSessionTest, ResetByTheClient) {
  expect(kHandshake);
  expect({{{kClient, "RA", 1, 1}, "ShAR", "RSTO"}});
}

TEST_F(TcpSessionTest, AResetAfterBothFinsChangesNothing) {
  expect(kHandshake);
  expect({{{kClient, "FA", 1, 1}, "ShAF", "S2"},
          {{kServer, "FA", 1, 2}, "ShAFf", "SF"},
          {{kServer, "R", 2}, "ShAFfr", "SF"}});
}

TEST_F(TcpSessionTest, AFinAndAResetOfOneEndWereAnOrderlyEndOnceTheOtherCloses) {
  expect(kHandshake);
  expect({{{kClient, "FA", 1, 1}, "ShAF", "S2"},
          {{kClient, "R", 2}, "ShAFR", "RSTO"},
          {{kServer, "FA", 1, 2}, "ShAFRf", "SF"}});
}

TEST_F(TcpSessionTest, FromTheMiddleOn) {
  expect({{{kClient, "A", 500, 700, 10}, "D", "OTH"},
          {{kServer, "A", 700, 510, 20}, "Dd", "OTH"},
          {{kClient, "A", 510, 720}, "DdA", "OTH"}});
  EXPECT_EQ(session.size(kClient), 10u);
  EXPECT_EQ(session.size(kServer), 20u);
}

TEST_F(TcpSessionTest, FromTheMiddleOnALikelyServersPortTellsTheRoles) {
  server_port = 80;
  expect({{{kServer, "A", 700, 510, 20}, "^d", "OTH"}, {{kClient, "A", 510, 720}, "^dA", "OTH"}});
  EXPECT_EQ(session.originator(), kClient);
}

TEST_F(TcpSessionTest, ASynAckThatComesFirstMakesItsSenderTheResponderOnceItGoesOn) {
  expect({{{kServer, "SA", 0, 1}, "H", "OTH"},
          {{kServer, "A", 1, 1}, "^ha", "OTH"},
          {{kServer, "FA", 1, 1}, "^haf", "SHR"}});
  EXPECT_EQ(session.originator(), kClient);
}

TEST_F(TcpSessionTest, ASynAfterItsSynAckTurnsTheRoles) {
  expect({{{kServer, "SA", 0, 1}, "H", "OTH"}, {{kClient, "S"}, "Hs^", "S1"}});
  EXPECT_EQ(session.originator(), kClient);
}

TEST_F(TcpSessionTest, DataSentAgainAndZeroWindowsAreWrittenAtTheFirstTenthHundredthTime) {
  expect(kHandshake);
  expect({{{kClient, "A", 1, 1, 100}, "ShAD", "S1"}, {{kClient, "A", 1, 1, 100}, "ShADT", "S1"}});
  for (int i = 0; i < 8; ++i) take({kClient, "A", 1, 1, 100});
  EXPECT_EQ(session.history().letters(), "ShADT");
  take({kClient, "A", 1, 1, 100});
  EXPECT_EQ(session.history().letters(), "ShADTT");
  take({kServer, "A", 1, 101, 0, 0, 0});
  EXPECT_EQ(session.history().letters(), "ShADTTaw");
}

TEST_F(TcpSessionTest, DataThatWasAcknowledgedAndNeverSeenIsAGap) {
  expect(kHandshake);
  expect({{{kClient, "A", 1, 1, 100}, "ShAD", "S1"},
          {{kClient, "A", 201, 1, 100}, "ShAD", "S1"},
          {{kServer, "A", 1, 301}, "ShADaG", "S1"}});
  EXPECT_EQ(session.missed_bytes(), 100u);
}

TEST_F(TcpSessionTest, FlagsThatDoNotGoTogether) { expect({{{kClient, "SF"}, "Q", "SH"}}); }

TEST_F(TcpSessionTest, FinAndResetInOne) {
  expect(kHandshake);
  expect({{{kClient, "FR", 1}, "ShAI", "RSTO"}});
}

TEST_F(TcpSessionTest, ACorruptSegmentIsOnlyNoted) {
  expect({{{kClient, "S"}, "S", "S0"}});
  session.take_corrupt(kServer);
  session.take_corrupt(kServer);
  EXPECT_EQ(session.history().letters(), "Sc");
  EXPECT_EQ(session.conn_state(), "S0");
}

TEST_F(TcpSessionTest, ASynWithAnotherNumberBeginsAnother) {
  expect(kHandshake);
  EXPECT_FALSE(take({kClient, "S", 7}));
}

TEST_F(TcpSessionTest, ASynAfterAnEndBeginsAnotherWhateverItsNumber) {
  expect(kHandshake);
  expect({{{kClient, "RA", 1, 1}, "ShAR", "RSTO"}});
  EXPECT_FALSE(take({kClient, "S"}));
}

TEST_F(TcpSessionTest, FiveSecondsAfterTheEndItIsForgotten) {
  expect(kHandshake);
  expect({{{kClient, "FA", 1, 1}, "ShAF", "S2"}, {{kServer, "FA", 1, 2}, "ShAFf", "SF"}});
  EXPECT_TRUE(take({kServer, "FA", 1, 2, 0, 4.9}));
  EXPECT_FALSE(take({kServer, "FA", 1, 2, 0, 5}));
}

TEST_F(TcpSessionTest, FiveSecondsAfterASynNobodyAnsweredItIsForgotten) {
  expect({{{kClient, "S"}, "S", "S0"}, {{kClient, "S", 0, 0, 0, 3}, "S", "S0"}});
  EXPECT_FALSE(take({kClient, "S", 0, 0, 0, 7}));
}

TEST_F(TcpSessionTest, FiveMinutesOfSilenceEndIt) {
  expect(kHandshake);
  EXPECT_TRUE(take({kClient, "A", 1, 1, 1, 299.9}));
  EXPECT_FALSE(take({kClient, "A", 2, 1, 1, 599.9}));
}

TEST_F(TcpSessionTest, SegmentsAfterBothClosedDoNotMakeItLonger) {
  expect(kHandshake);
  take({kClient, "FA", 1, 1, 0, 1});
  take({kServer, "FA", 1, 2, 0, 2});
  take({kClient, "A", 2, 2, 0, 3});
  EXPECT_EQ(session.last() - session.first(), std::chrono::seconds{2});
}

TEST_F(TcpSessionTest, ALongHistoryIsKeptAsFarAsThereIsRoom) {
  expect({{{kClient, "S"}, "S", "S0"}});
  for (std::uint32_t i = 0; i < 200; ++i) take({kClient, "R", 10 + i});
  EXPECT_EQ(session.history().letters().size(), History::kMost);
}

}  // namespace
}  // namespace tapstat::analysis::zeek
