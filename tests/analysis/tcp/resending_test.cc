#include "analysis/tcp/resending.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace tapstat::analysis::tcp {
namespace {

using Duration = Resending::Duration;

const Timestamp kStart{1'700'000'000s};

Resending sent_at(std::initializer_list<Duration> times) {
  Resending resending;
  for (const Duration t : times) {
    if (resending.times() == 0) {
      resending.begin(Seq{100}, kStart + t);
    } else {
      resending.again(kStart + t);
    }
  }
  return resending;
}

TEST(Resending, NothingSentWaitsForNothing) {
  EXPECT_FALSE(Resending{}.is_open());
  EXPECT_EQ(Resending{}.times(), 0);
}

TEST(Resending, IsOpenUntilThePeerAcknowledges) {
  Resending resending = sent_at({0s});
  EXPECT_TRUE(resending.is_open());
  resending.answer();
  EXPECT_FALSE(resending.is_open());
  EXPECT_EQ(resending.times(), 1) << "what was sent stays told";
}

// The acknowledgment went by the tap, and did not arrive.
TEST(Resending, SentAgainAfterAnAnswerIsOpenAgain) {
  Resending resending = sent_at({0s});
  resending.answer();
  resending.again(kStart + 1s);
  EXPECT_TRUE(resending.is_open());
  EXPECT_EQ(resending.times(), 2);
}

TEST(Resending, KnowsItsFirstAndItsLastSending) {
  const Resending resending = sent_at({0s, 1s, 3s});
  EXPECT_EQ(resending.end(), Seq{100});
  EXPECT_EQ(resending.first(), kStart);
  EXPECT_EQ(resending.last(), kStart + 3s);
  EXPECT_EQ(resending.times(), 3);
}

TEST(Resending, AnotherSegmentBeginsAnew) {
  Resending resending = sent_at({0s, 10s, 30s});
  resending.answer();
  resending.begin(Seq{200}, kStart + 31s);
  EXPECT_TRUE(resending.is_open());
  EXPECT_EQ(resending.end(), Seq{200});
  EXPECT_EQ(resending.first(), kStart + 31s);
  EXPECT_EQ(resending.times(), 1);
  EXPECT_EQ(resending.patience(), Resending::kFirstPatience);
}

// RFC 6298 section 2.1: 1 s; its predecessor's 3 s are not late yet.
TEST(Resending, TheFirstTimeoutIsOneSecondAndMayBeThree) {
  const Resending resending = sent_at({0s});
  EXPECT_EQ(resending.next(), kStart + 1s);
  EXPECT_GT(resending.overdue(), kStart + 3s);
  EXPECT_LT(resending.overdue(), kStart + 4s);
}

// Linux' SYN-ACKs: 0, 1, 3, 7, 15, 31 s.
TEST(Resending, EachWaitIsTwiceTheOneBefore) {
  Resending resending = sent_at({0s});
  for (const Duration t : {1s, 3s, 7s, 15s, 31s, 63s}) {
    EXPECT_EQ(resending.next(), kStart + t);
    EXPECT_LT(kStart + t, resending.overdue());
    resending.again(kStart + t);
  }
}

// Linux waits 200 ms (TCP_RTO_MIN), RFC 6298 1 s: what is late is late for either.
TEST(Resending, AShortTimeoutIsWaitedForLikeOneOfASecond) {
  const Resending resending = sent_at({0s, 200ms});
  EXPECT_EQ(resending.next(), kStart + 200ms + 1s);
  EXPECT_EQ(sent_at({0s, 0s}).next(), kStart + 1s) << "two at once";
}

TEST(Resending, NoWaitIsLongerThanTwoMinutes) {
  EXPECT_EQ(sent_at({0s, 60s}).next(), kStart + 60s + 120s);
  EXPECT_EQ(sent_at({0s, 61s}).next(), kStart + 61s + 120s);
  EXPECT_EQ(sent_at({0s, 120s, 24h}).next(), kStart + 24h + 120s);
}

TEST(Resending, PatienceLeavesATimerAnEighthAndAHostHalfASecond) {
  EXPECT_EQ(sent_at({0s, 8s}).patience(), 16s + 2s + 500ms);
  EXPECT_EQ(sent_at({0s, 8s}).overdue(), kStart + 8s + 18500ms);
}

// A capture merged of several may go back in time.
TEST(Resending, ASendingBeforeTheLastIsOneMore) {
  const Resending resending = sent_at({10s, 9s});
  EXPECT_EQ(resending.times(), 2);
  EXPECT_EQ(resending.next(), kStart + 9s + 1s);
}

// Captures may date packets centuries apart, in either order.
TEST(Resending, SendingsAtTheEarliestAndTheLatestTimeAreWaitedForLikeAnyOther) {
  for (const auto& [first, last] :
       {std::pair{capture::kEarliest, capture::kLatest}, {capture::kLatest, capture::kEarliest}}) {
    Resending resending;
    resending.begin(Seq{100}, first);
    resending.again(last);
    EXPECT_EQ(resending.next() - last, first < last ? Duration{120s} : Duration{1s});
  }
}

TEST(Resending, CountsNoFurtherThanItCan) {
  Resending resending = sent_at({0s});
  for (int i = 0; i < 70'000; ++i) resending.again(kStart);
  EXPECT_EQ(resending.times(), UINT16_MAX);
  EXPECT_TRUE(resending.is_open());
}

}  // namespace
}  // namespace tapstat::analysis::tcp
