#include "analysis/tcp/segment_log.h"

#include <gtest/gtest.h>

#include "tests/analysis/tcp/logged.h"

namespace tapstat::analysis::tcp {
namespace {

using test::kClient;
using test::kServer;
using test::log_of;
using test::Sent;

[[nodiscard]] std::string notes_of(const LoggedSegment& seg) {
  std::string text;
  for (int i = 0; i < kNoteCount; ++i) {
    const Note note = static_cast<Note>(i);
    if (seg.notes.has(note)) text += (text.empty() ? "" : " ") + std::string{name(note)};
  }
  return text;
}

// Of the last segment.
[[nodiscard]] std::string last_notes(const std::vector<Sent>& trace) {
  const SegmentLog log = log_of(trace);
  return notes_of(log[log.size() - 1]);
}

// A handshake with a round trip of 10 ms; the first byte of either end is number 1 relative, 1001
// and 5001 on the wire.
[[nodiscard]] std::vector<Sent> opened(const std::vector<Sent>& then) {
  std::vector<Sent> trace = {
      {.ms = 0, .flags = "S", .seq = 1000, .wscale = 7},
      {.ms = 10, .by = kServer, .flags = "SA", .seq = 5000, .ack = 1001, .wscale = 2},
      {.ms = 10.1, .seq = 1001, .ack = 5001, .window = 500}};
  trace.insert(trace.end(), then.begin(), then.end());
  return trace;
}

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
  EXPECT_EQ(notes_of(log[3]), "");
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
  log.note(third, seg, 0);
  log.note(fourth, seg, 0);
  log.note(third, seg, 0);
  EXPECT_EQ(log.connection(), 3u);
  EXPECT_EQ(log.size(), 2u);
}

TEST(SegmentNotes, AnOrdinaryExchangeHasNothingNotable) {
  const SegmentLog log =
      log_of(opened({{.ms = 20, .flags = "PA", .seq = 1001, .ack = 5001, .len = 9},
                     {.ms = 21, .by = kServer, .seq = 5001, .ack = 1010},
                     {.ms = 22, .by = kServer, .seq = 5001, .ack = 1010, .len = 100},
                     {.ms = 23, .seq = 1010, .ack = 5101, .window = 500},
                     {.ms = 24, .flags = "FA", .seq = 1010, .ack = 5101},
                     {.ms = 25, .by = kServer, .flags = "FA", .seq = 5101, .ack = 1011},
                     {.ms = 26, .seq = 1011, .ack = 5102}}));
  for (std::uint32_t i = 0; i < log.size(); ++i) EXPECT_EQ(notes_of(log[i]), "") << i;
}

TEST(SegmentNotes, WhatIsSentTwiceIsARetransmission) {
  EXPECT_EQ(
      last_notes({{.ms = 0, .flags = "S", .seq = 1000}, {.ms = 1000, .flags = "S", .seq = 1000}}),
      "retransmission");
  EXPECT_EQ(last_notes(opened({{.ms = 20, .flags = "FA", .seq = 1001, .ack = 5001},
                               {.ms = 240, .flags = "FA", .seq = 1001, .ack = 5001}})),
            "retransmission");
  EXPECT_EQ(last_notes(opened({{.ms = 20, .seq = 1001, .ack = 5001, .len = 9},
                               {.ms = 240, .seq = 1001, .ack = 5001, .len = 20}})),
            "retransmission");
  EXPECT_EQ(last_notes(opened({{.ms = 20, .seq = 1001, .ack = 5001, .len = 9},
                               {.ms = 30, .by = kServer, .seq = 5001, .ack = 1010},
                               {.ms = 240, .seq = 1001, .ack = 5001, .len = 9}})),
            "spurious_retransmission");
}

TEST(SegmentNotes, DuplicateAcksAskForAFastRetransmission) {
  const Sent again{.ms = 31, .by = kServer, .seq = 5001, .ack = 1001};
  const SegmentLog log = log_of(opened({{.ms = 19, .by = kServer, .seq = 5001, .ack = 1001},
                                        {.ms = 20, .seq = 1001, .ack = 5001, .len = 9},
                                        {.ms = 20, .seq = 1010, .ack = 5001, .len = 9},
                                        again,
                                        again,
                                        {.ms = 32, .seq = 1001, .ack = 5001, .len = 9}}));
  EXPECT_EQ(notes_of(log[6]), "duplicate_ack");
  EXPECT_EQ(notes_of(log[8]), "fast_retransmission");
}

TEST(SegmentNotes, AGapFilledSoonIsOutOfOrderAndLaterARetransmission) {
  const std::vector<Sent> gap = {{.ms = 20, .seq = 1010, .ack = 5001, .len = 9}};
  EXPECT_EQ(last_notes(opened(gap)), "lost_segment");
  auto soon = gap, late = gap;
  soon.push_back({.ms = 25, .seq = 1001, .ack = 5001, .len = 9});
  late.push_back({.ms = 250, .seq = 1001, .ack = 5001, .len = 9});
  EXPECT_EQ(last_notes(opened(soon)), "out_of_order");
  EXPECT_EQ(last_notes(opened(late)), "retransmission");
  // Filled once, it is a gap no more.
  soon.push_back({.ms = 26, .seq = 1001, .ack = 5001, .len = 9});
  EXPECT_EQ(last_notes(opened(soon)), "retransmission");
}

TEST(SegmentNotes, AnAckOfWhatWasNotSeen) {
  EXPECT_EQ(last_notes(opened({{.ms = 20, .by = kServer, .seq = 5001, .ack = 1010}})),
            "ack_lost_segment");
}

TEST(SegmentNotes, KeepAlivesAndTheirAnswers) {
  const SegmentLog log = log_of(opened({{.ms = 11, .by = kServer, .seq = 5001, .ack = 1001},
                                        {.ms = 9000, .seq = 1000, .ack = 5001, .window = 500},
                                        {.ms = 9010, .by = kServer, .seq = 5001, .ack = 1001}}));
  EXPECT_EQ(notes_of(log[4]), "keep_alive");
  EXPECT_EQ(notes_of(log[5]), "keep_alive_ack");
}

TEST(SegmentNotes, AClosedWindowProbedAndOpened) {
  const SegmentLog log = log_of(opened({
      {.ms = 20, .by = kServer, .seq = 5001, .ack = 1001, .window = 25},
      {.ms = 30, .seq = 1001, .ack = 5001, .len = 100},
      {.ms = 31, .by = kServer, .seq = 5001, .ack = 1101, .window = 0},
      {.ms = 400, .seq = 1101, .ack = 5001, .len = 1},
      {.ms = 410, .by = kServer, .seq = 5001, .ack = 1101, .window = 0},
      {.ms = 800, .by = kServer, .seq = 5001, .ack = 1101, .window = 9},
      {.ms = 801, .seq = 1101, .ack = 5001, .len = 20},
  }));
  EXPECT_EQ(notes_of(log[4]), "window_full");
  EXPECT_EQ(notes_of(log[5]), "zero_window");
  EXPECT_EQ(notes_of(log[6]), "zero_window_probe");
  EXPECT_EQ(notes_of(log[7]), "zero_window zero_window_probe_ack");
  EXPECT_EQ(notes_of(log[8]), "window_update");
  EXPECT_EQ(notes_of(log[9]), "");
}

TEST(SegmentNotes, ASynInALiveConnectionIsChallenged) {
  EXPECT_EQ(last_notes(opened({{.ms = 11, .by = kServer, .seq = 5001, .ack = 1001},
                               {.ms = 20, .flags = "S", .seq = 9999},
                               {.ms = 30, .by = kServer, .seq = 5001, .ack = 1001}})),
            "challenge_ack");
}

TEST(SegmentNotes, ASimultaneousOpenRepeatsNothing) {
  const SegmentLog log = log_of({{.ms = 0, .flags = "S", .seq = 1000},
                                 {.ms = 1, .by = kServer, .flags = "S", .seq = 5000},
                                 {.ms = 10, .flags = "SA", .seq = 1000, .ack = 5001},
                                 {.ms = 11, .by = kServer, .flags = "SA", .seq = 5000, .ack = 1001},
                                 {.ms = 20, .seq = 1001, .ack = 5001, .window = 500}});
  for (std::uint32_t i = 0; i < log.size(); ++i) EXPECT_EQ(notes_of(log[i]), "") << i;
}

TEST(SegmentNotes, ABlindResetChangesNothing) {
  const SegmentLog log = log_of(opened({{.ms = 20, .flags = "R", .seq = 0x90000000u},
                                        {.ms = 30, .seq = 1001, .ack = 5001, .len = 9},
                                        {.ms = 31, .seq = 1010, .ack = 5001, .len = 9}}));
  EXPECT_EQ(log[5].seq, 10);
  for (std::uint32_t i = 3; i < log.size(); ++i) EXPECT_EQ(notes_of(log[i]), "") << i;
}

}  // namespace
}  // namespace tapstat::analysis::tcp
