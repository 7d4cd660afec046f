#include "analysis/tcp/receive_window.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>

namespace tapstat::analysis::tcp {
namespace {

struct Offered {
  std::uint32_t ack;
  std::uint16_t window;
};

ReceiveWindow after(std::initializer_list<Offered> offers) {
  ReceiveWindow window;
  for (const Offered& o : offers) window.offer(Seq{o.ack}, o.window);
  return window;
}

TEST(ReceiveWindow, OfNothingOfferedNothingIsKnown) {
  EXPECT_EQ(ReceiveWindow{}.surely_unread(Seq{500}), 0u);
  EXPECT_EQ(ReceiveWindow{}.drained(), std::nullopt);
}

TEST(ReceiveWindow, AReaderThatKeepsUpLeavesNothing) {
  const ReceiveWindow window = after({{0, 1000}, {600, 1000}, {1200, 1000}});
  EXPECT_EQ(window.surely_unread(Seq{1200}), 0u);
  EXPECT_EQ(window.drained(), std::nullopt) << "it never was narrow";
}

TEST(ReceiveWindow, BehindAClosedWindowEverythingIsUnread) {
  EXPECT_EQ(after({{0, 1000}, {1000, 0}}).surely_unread(Seq{1000}), 1000u);
}

// A reader that has taken less than that says nothing (Linux tcp_cleanup_rbuf).
TEST(ReceiveWindow, AsManyAsItStillHoldsMayHaveBeenRead) {
  EXPECT_EQ(after({{0, 1000}, {600, 400}}).surely_unread(Seq{600}), 200u);
  EXPECT_EQ(after({{0, 1000}, {501, 499}}).surely_unread(Seq{501}), 2u);
  EXPECT_EQ(after({{0, 1000}, {500, 500}}).surely_unread(Seq{500}), 0u);
  EXPECT_EQ(after({{0, 1000}, {400, 600}}).surely_unread(Seq{400}), 0u);
}

TEST(ReceiveWindow, WhatWasAcknowledgedBeforeTheEdgeStoppedDoesNotCount) {
  EXPECT_EQ(after({{0, 1000}, {5000, 1000}, {6000, 0}}).surely_unread(Seq{6000}), 1000u);
}

TEST(ReceiveWindow, AWindowThatOpensSaysThatSomethingWasRead) {
  const ReceiveWindow window = after({{0, 1000}, {1000, 0}, {1000, 600}});
  EXPECT_EQ(window.surely_unread(Seq{1000}), 0u);
  EXPECT_EQ(window.drained(), std::nullopt) << "not all of it";
}

TEST(ReceiveWindow, AsWideAsEverItIsDrained) {
  const ReceiveWindow window = after({{0, 1000}, {1000, 0}, {1000, 600}, {1100, 1000}});
  EXPECT_EQ(window.drained(), Seq{1100});
  EXPECT_EQ(window.surely_unread(Seq{1100}), 0u);
}

TEST(ReceiveWindow, DrainedStaysKnownWhenItFillsAgain) {
  const ReceiveWindow window = after({{0, 1000}, {1000, 0}, {1000, 1000}, {2000, 0}});
  EXPECT_EQ(window.drained(), Seq{1000});
  EXPECT_EQ(window.surely_unread(Seq{2000}), 1000u);
}

// Linux lets its buffer grow while it is read from.
TEST(ReceiveWindow, AWindowThatGrowsIsNotDrainedByThat) {
  EXPECT_EQ(after({{0, 1000}, {500, 2000}, {900, 4000}}).drained(), std::nullopt);
}

TEST(ReceiveWindow, TheFieldIsShifted) {
  ReceiveWindow window;
  window.offer(Seq{0}, 64000);  // on a SYN
  window.set_shift(7);
  window.offer(Seq{1}, 500);
  window.offer(Seq{64001}, 0);
  EXPECT_EQ(window.surely_unread(Seq{64001}), 64000u);
}

// RFC 7323 section 2.3: more than 14 counts as 14.
TEST(ReceiveWindow, TheShiftIsFourteenAtMost) {
  ReceiveWindow window;
  window.set_shift(200);
  window.offer(Seq{0}, 1);
  window.offer(Seq{1u << 14}, 0);
  EXPECT_EQ(window.surely_unread(Seq{1u << 14}), 1u << 14);
}

TEST(ReceiveWindow, CountsAcrossTheEndOfTheNumbers) {
  const ReceiveWindow window = after({{0xffffff00u, 1000}, {0xffffff00u + 1000, 0}});
  EXPECT_EQ(window.surely_unread(Seq{0xffffff00u + 1000}), 1000u);
}

}  // namespace
}  // namespace tapstat::analysis::tcp
