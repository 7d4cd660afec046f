#include "analysis/tcp/receipts.h"

#include <gtest/gtest.h>

#include <vector>

namespace tapstat::analysis::tcp {
namespace {

using std::chrono::seconds;

const Timestamp kStart{seconds{1'700'000'000}};

Receipt receipt_of(Event event, std::uint8_t sendings = 1) {
  return {.event = event,
          .end = Seq{100},
          .end_of_any = Seq{100},
          .first = {kStart, 1},
          .latest = {kStart + seconds{sendings - 1}, sendings},
          .sendings = sendings};
}

Receipts receipts_of(const std::vector<Event>& events) {
  Receipts receipts;
  for (const Event event : events) receipts.add(receipt_of(event));
  return receipts;
}

std::vector<Event> events_in(const Receipts& receipts) {
  std::vector<Event> events;
  for (const Receipt& r : receipts) events.push_back(r.event);
  return events;
}

using Events = std::vector<Event>;

TEST(Receipt, WhatIsSentUntilItIsAnsweredIsRepeated) {
  for (const Event event : {Event::rcv_syn, Event::rcv_syn_ack, Event::rcv_fin}) {
    EXPECT_TRUE(receipt_of(event).is_repeated()) << name(event);
  }
  for (const Event event : {Event::rcv_ack_of_syn, Event::rcv_ack_of_fin, Event::rcv_rst}) {
    EXPECT_FALSE(receipt_of(event).is_repeated()) << name(event);
  }
}

// A SYN-ACK and a FIN are also sent again where the answer was lost or slow.
TEST(Receipt, IsDoubtfulOnceItWasSentInVainTooOften) {
  EXPECT_FALSE(receipt_of(Event::rcv_syn, 1).is_doubtful());
  EXPECT_TRUE(receipt_of(Event::rcv_syn, 2).is_doubtful());
  for (const Event event : {Event::rcv_syn_ack, Event::rcv_fin}) {
    EXPECT_FALSE(receipt_of(event, 2).is_doubtful()) << name(event);
    EXPECT_TRUE(receipt_of(event, 3).is_doubtful()) << name(event);
  }
}

TEST(Receipt, OfAnAckIsNotDoubtfulHoweverOftenItWasSent) {
  EXPECT_FALSE(receipt_of(Event::rcv_ack_of_fin, 255).is_doubtful());
  EXPECT_FALSE(receipt_of(Event::rcv_rst, 255).is_doubtful());
}

TEST(Receipt, IsDoubtfulWhereAnAnswerWasOwed) {
  Receipt ack = receipt_of(Event::rcv_ack_of_fin);
  ack.overdue = true;
  EXPECT_TRUE(ack.is_doubtful());
}

TEST(Receipt, SeenAtItsReceiverIsNeverDoubtful) {
  Receipt fin = receipt_of(Event::rcv_fin, 9);
  fin.overdue = true;
  fin.certain = true;
  EXPECT_FALSE(fin.is_doubtful());
}

TEST(Receipt, OfWhatWasRepeatedIsShownAtTheLastSending) {
  EXPECT_EQ(receipt_of(Event::rcv_fin, 1).shown().frame, 1u);
  EXPECT_EQ(receipt_of(Event::rcv_fin, 3).shown().frame, 3u);
  EXPECT_EQ(receipt_of(Event::rcv_fin, 3).shown().time, kStart + seconds{2});
  EXPECT_EQ(receipt_of(Event::rcv_ack_of_fin, 3).shown().frame, 1u) << "an ACK counts at once";
}

TEST(Receipts, KeepTheOrderInWhichTheyTakeEffect) {
  const Events order = {Event::rcv_syn_ack, Event::rcv_fin, Event::rcv_ack_of_fin};
  const Receipts receipts = receipts_of(order);
  EXPECT_EQ(events_in(receipts), order);
  EXPECT_EQ(receipts.size(), 3);
  EXPECT_FALSE(receipts.empty());
  EXPECT_TRUE(Receipts{}.empty());
}

TEST(Receipts, AreFoundByEvent) {
  Receipts receipts = receipts_of({Event::rcv_syn, Event::rcv_fin});
  ASSERT_NE(receipts.find(Event::rcv_fin), nullptr);
  receipts.find(Event::rcv_fin)->sendings = 7;
  EXPECT_EQ((receipts.begin() + 1)->sendings, 7);
  EXPECT_EQ(receipts.find(Event::rcv_rst), nullptr);
  EXPECT_EQ(Receipts{}.find(Event{}), nullptr) << "what no receipt was added for";
}

TEST(Receipts, OneTooManyIsLeftOut) {
  Receipts receipts = receipts_of(Events(Receipts::kMost, Event::rcv_syn));
  receipts.add(receipt_of(Event::rcv_rst));
  EXPECT_EQ(events_in(receipts), Events(Receipts::kMost, Event::rcv_syn));
}

TEST(Receipts, DropWhatIsNotKeptAndKeepWhatWasChanged) {
  Receipts receipts =
      receipts_of({Event::rcv_syn, Event::rcv_syn_ack, Event::rcv_fin, Event::rcv_rst});
  Events asked;
  receipts.keep_if([&](Receipt& r) {
    asked.push_back(r.event);
    r.overdue = true;
    return r.event == Event::rcv_syn_ack || r.event == Event::rcv_rst;
  });
  EXPECT_EQ(asked, (Events{Event::rcv_syn, Event::rcv_syn_ack, Event::rcv_fin, Event::rcv_rst}));
  EXPECT_EQ(events_in(receipts), (Events{Event::rcv_syn_ack, Event::rcv_rst}));
  for (const Receipt& r : receipts) EXPECT_TRUE(r.overdue);
  EXPECT_EQ(receipts.find(Event::rcv_fin), nullptr);
  receipts.add(receipt_of(Event::rcv_fin));
  EXPECT_EQ(events_in(receipts), (Events{Event::rcv_syn_ack, Event::rcv_rst, Event::rcv_fin}));
}

TEST(Receipts, ClearedHaveRoomAgain) {
  Receipts receipts = receipts_of(Events(Receipts::kMost, Event::rcv_syn));
  receipts.clear();
  EXPECT_TRUE(receipts.empty());
  EXPECT_EQ(receipts.find(Event::rcv_syn), nullptr);
  receipts.add(receipt_of(Event::rcv_fin));
  EXPECT_EQ(events_in(receipts), Events{Event::rcv_fin});
}

}  // namespace
}  // namespace tapstat::analysis::tcp
