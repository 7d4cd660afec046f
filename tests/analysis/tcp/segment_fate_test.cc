#include "analysis/tcp/segment_fate.h"

#include <gtest/gtest.h>

#include "tests/analysis/tcp/logged.h"

namespace tapstat::analysis::tcp {
namespace {

using test::kServer;
using test::log_of;
using test::Sent;

// A letter a segment: arrived, lost, or ? for unknown.
[[nodiscard]] std::string fates(const std::vector<Sent>& trace) {
  std::string letters;
  for (const Fate f : fates_of(log_of(trace))) {
    letters += f == Fate::arrived ? 'a' : f == Fate::lost ? 'l' : '?';
  }
  return letters;
}

// The client's bytes begin at 1, the server's at 101; a round trip takes 10 ms.
[[nodiscard]] std::string fates_after_opening(const std::vector<Sent>& then) {
  std::vector<Sent> trace = {{.ms = 0, .flags = "S", .seq = 0},
                             {.ms = 10, .by = kServer, .flags = "SA", .seq = 100, .ack = 1},
                             {.ms = 10.1, .seq = 1, .ack = 101}};
  trace.insert(trace.end(), then.begin(), then.end());
  const std::string letters = fates(trace);
  EXPECT_EQ(letters.substr(0, 2), "aa");
  return letters.substr(3);
}

TEST(SegmentFate, WhatIsAcknowledgedArrived) {
  EXPECT_EQ(fates_after_opening({{.ms = 20, .seq = 1, .ack = 101, .len = 9},
                                 {.ms = 30, .by = kServer, .seq = 101, .ack = 10}}),
            "a?");
}

TEST(SegmentFate, AFinSentAgainWasLost) {
  EXPECT_EQ(fates_after_opening({{.ms = 20, .flags = "FA", .seq = 1, .ack = 101},
                                 {.ms = 240, .flags = "FA", .seq = 1, .ack = 101},
                                 {.ms = 250, .by = kServer, .seq = 101, .ack = 2}}),
            "la?");
}

TEST(SegmentFate, AnOriginalThatWasAcknowledgedBeforeTheCopyArrived) {
  EXPECT_EQ(fates_after_opening({{.ms = 20, .flags = "FA", .seq = 1, .ack = 101},
                                 {.ms = 30, .by = kServer, .seq = 101, .ack = 2},
                                 {.ms = 240, .flags = "FA", .seq = 1, .ack = 101},
                                 {.ms = 250, .by = kServer, .seq = 101, .ack = 2}}),
            "al??");
}

TEST(SegmentFate, AnAckTooSoonForTheCopyWasForTheOriginal) {
  EXPECT_EQ(fates_after_opening({{.ms = 20, .seq = 1, .ack = 101, .len = 9},
                                 {.ms = 240, .seq = 1, .ack = 101, .len = 9},
                                 {.ms = 241, .by = kServer, .seq = 101, .ack = 10}}),
            "a??");
}

// RFC 3522: the echoed timestamp is the original's.
TEST(SegmentFate, TimestampsTellWhichCopyWasAcknowledged) {
  const auto trace = [](std::uint32_t echoed) {
    return fates_after_opening(
        {{.ms = 20, .seq = 1, .ack = 101, .len = 9, .timestamps = {{1020, 1}}},
         {.ms = 240, .seq = 1, .ack = 101, .len = 9, .timestamps = {{1240, 1}}},
         {.ms = 255, .by = kServer, .seq = 101, .ack = 10, .timestamps = {{50, echoed}}}});
  };
  EXPECT_EQ(trace(1020), "a??");
  EXPECT_EQ(trace(1240), "la?");
}

TEST(SegmentFate, SelectiveAcksTellWhichOfManyWasLost) {
  EXPECT_EQ(
      fates_after_opening({{.ms = 20, .seq = 1, .ack = 101, .len = 10},
                           {.ms = 20, .seq = 11, .ack = 101, .len = 10},
                           {.ms = 30, .by = kServer, .seq = 101, .ack = 1, .sack = {{11, 21}}},
                           {.ms = 40, .seq = 1, .ack = 101, .len = 10},
                           {.ms = 50, .by = kServer, .seq = 101, .ack = 21}}),
      "la?a?");
}

TEST(SegmentFate, WithoutThemDuplicateAcksLeaveItOpen) {
  EXPECT_EQ(fates_after_opening({{.ms = 19, .by = kServer, .seq = 101, .ack = 1},
                                 {.ms = 20, .seq = 1, .ack = 101, .len = 10},
                                 {.ms = 20, .seq = 11, .ack = 101, .len = 10},
                                 {.ms = 30, .by = kServer, .seq = 101, .ack = 1},
                                 {.ms = 240, .seq = 1, .ack = 101, .len = 10},
                                 {.ms = 240, .seq = 11, .ack = 101, .len = 10},
                                 {.ms = 255, .by = kServer, .seq = 101, .ack = 21}}),
            "?l??aa?");
}

// RFC 2883.
TEST(SegmentFate, WhatTheReceiverGotTwiceArrivedTwice) {
  EXPECT_EQ(
      fates_after_opening({{.ms = 20, .seq = 1, .ack = 101, .len = 10},
                           {.ms = 240, .seq = 1, .ack = 101, .len = 10},
                           {.ms = 250, .by = kServer, .seq = 101, .ack = 11},
                           {.ms = 251, .by = kServer, .seq = 101, .ack = 11, .sack = {{1, 11}}}}),
      "aa??");
}

TEST(SegmentFate, OnePacketSeenTwiceIsNotALoss) {
  EXPECT_EQ(fates_after_opening({{.ms = 20, .seq = 1, .ack = 101, .len = 10},
                                 {.ms = 20.01, .seq = 1, .ack = 101, .len = 10},
                                 {.ms = 30, .by = kServer, .seq = 101, .ack = 11}}),
            "?a?");
}

TEST(SegmentFate, AnAckAfterWhichItsReceiverSendsAgainWasLost) {
  EXPECT_EQ(fates_after_opening({{.ms = 20, .flags = "FA", .seq = 1, .ack = 101},
                                 {.ms = 30, .by = kServer, .flags = "FA", .seq = 101, .ack = 2},
                                 {.ms = 31, .seq = 2, .ack = 102},
                                 {.ms = 240, .by = kServer, .flags = "FA", .seq = 101, .ack = 2},
                                 {.ms = 241, .seq = 2, .ack = 102}}),
            "aal??");
}

TEST(SegmentFate, ASynAckAfterWhichTheSynIsSentAgainWasLost) {
  EXPECT_EQ(fates({{.ms = 0, .flags = "S", .seq = 0},
                   {.ms = 10, .by = kServer, .flags = "SA", .seq = 100, .ack = 1},
                   {.ms = 1000, .flags = "S", .seq = 0},
                   {.ms = 1010, .by = kServer, .flags = "SA", .seq = 100, .ack = 1}}),
            "al??");
}

TEST(SegmentFate, AnAckThatCrossedTheCopyMayHaveCome) {
  EXPECT_EQ(fates_after_opening({{.ms = 20, .by = kServer, .flags = "FA", .seq = 101, .ack = 1},
                                 {.ms = 230, .seq = 1, .ack = 102},
                                 {.ms = 232, .by = kServer, .flags = "FA", .seq = 101, .ack = 1}}),
            "a??");
}

TEST(SegmentFate, UnansweredSynsAreNotSaidToBeLost) {
  EXPECT_EQ(fates({{.ms = 0, .flags = "S", .seq = 0}, {.ms = 1000, .flags = "S", .seq = 0}}), "??");
}

TEST(SegmentFate, NeverAcknowledgedThoughTheReceiverWentOnIsLost) {
  EXPECT_EQ(fates_after_opening({{.ms = 20, .seq = 1, .ack = 101, .len = 10},
                                 {.ms = 240, .seq = 1, .ack = 101, .len = 10},
                                 {.ms = 300, .by = kServer, .seq = 101, .ack = 1, .len = 5}}),
            "l??");
}

TEST(SegmentFate, ALargeSegmentOfWhichAPartWasSentAgainIsLeftOpen) {
  EXPECT_EQ(fates_after_opening({{.ms = 20, .seq = 1, .ack = 101, .len = 2000},
                                 {.ms = 240, .seq = 1, .ack = 101, .len = 1000},
                                 {.ms = 250, .by = kServer, .seq = 101, .ack = 2001}}),
            "?a?");
}

}  // namespace
}  // namespace tapstat::analysis::tcp
