#include "analysis/tcp/sequence_analysis.h"

#include <gtest/gtest.h>

#include "tests/analysis/tcp/logged.h"

namespace tapstat::analysis::tcp {
namespace {

using namespace std::chrono_literals;
using test::kClient;
using test::kServer;
using test::log_of;
using test::Logging;
using test::opened;
using test::Sent;

[[nodiscard]] std::string notes_of(const LoggedSegment& seg) {
  std::string text;
  seg.notes.for_each(
      [&](Note note) { text += (text.empty() ? "" : " ") + std::string{name(note)}; });
  return text;
}

// Of the last segment.
[[nodiscard]] std::string last_notes(const std::vector<Sent>& trace) {
  const SegmentLog log = log_of(trace);
  return notes_of(log[log.size() - 1]);
}

TEST(SequenceAnalysis, AnOrdinaryExchangeHasNothingNotable) {
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

TEST(SequenceAnalysis, WhatIsSentTwiceIsARetransmission) {
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
            "retransmission spurious_retransmission");
}

TEST(SequenceAnalysis, DuplicateAcksAskForAFastRetransmission) {
  const Sent again{.ms = 31, .by = kServer, .seq = 5001, .ack = 1001};
  const SegmentLog log = log_of(opened({{.ms = 19, .by = kServer, .seq = 5001, .ack = 1001},
                                        {.ms = 20, .seq = 1001, .ack = 5001, .len = 9},
                                        {.ms = 20, .seq = 1010, .ack = 5001, .len = 9},
                                        again,
                                        again,
                                        {.ms = 32, .seq = 1001, .ack = 5001, .len = 9}}));
  EXPECT_EQ(notes_of(log[6]), "duplicate_ack");
  EXPECT_EQ(notes_of(log[8]), "retransmission fast_retransmission");
}

TEST(SequenceAnalysis, AGapFilledSoonIsOutOfOrderAndLaterARetransmission) {
  const std::vector<Sent> gap = {{.ms = 20, .seq = 1010, .ack = 5001, .len = 9}};
  EXPECT_EQ(last_notes(opened(gap)), "lost_segment");
  auto soon = gap, late = gap;
  soon.push_back({.ms = 25, .seq = 1001, .ack = 5001, .len = 9});
  late.push_back({.ms = 250, .seq = 1001, .ack = 5001, .len = 9});
  EXPECT_EQ(last_notes(opened(soon)), "out_of_order");
  EXPECT_EQ(last_notes(opened(late)), "retransmission");
  // Wireshark does not look at what was filled.
  soon.push_back({.ms = 26, .seq = 1001, .ack = 5001, .len = 9});
  EXPECT_EQ(last_notes(opened(soon)), "out_of_order");
}

TEST(SequenceAnalysis, AnAckOfWhatWasNotSeen) {
  EXPECT_EQ(last_notes(opened({{.ms = 20, .by = kServer, .seq = 5001, .ack = 1010}})),
            "ack_lost_segment");
}

TEST(SequenceAnalysis, KeepAlivesAndTheirAnswers) {
  const SegmentLog log = log_of(opened({{.ms = 11, .by = kServer, .seq = 5001, .ack = 1001},
                                        {.ms = 9000, .seq = 1000, .ack = 5001, .window = 500},
                                        {.ms = 9010, .by = kServer, .seq = 5001, .ack = 1001}}));
  EXPECT_EQ(notes_of(log[4]), "keep_alive");
  EXPECT_EQ(notes_of(log[5]), "keep_alive_ack");
}

TEST(SequenceAnalysis, AClosedWindowProbedAndOpened) {
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

TEST(SequenceAnalysis, ABlindResetChangesNothing) {
  const SegmentLog log = log_of(opened({{.ms = 20, .flags = "R", .seq = 0x90000000u},
                                        {.ms = 30, .seq = 1001, .ack = 5001, .len = 9},
                                        {.ms = 31, .seq = 1010, .ack = 5001, .len = 9}}));
  EXPECT_EQ(log[5].seq, 10);
  for (std::uint32_t i = 3; i < log.size(); ++i) EXPECT_EQ(notes_of(log[i]), "") << i;
}

[[nodiscard]] Logging logging_of(const std::vector<Sent>& trace) {
  Logging logging;
  for (const Sent& sent : trace) logging.add(sent);
  return logging;
}

[[nodiscard]] const Quality& quality(const Logging& logging, int end) {
  return *logging.analysis().quality(end, logging.store().qualities);
}

TEST(SequenceAnalysis, ASimultaneousOpenRepeatsTheSyn) {
  const SegmentLog log = log_of({{.ms = 0, .flags = "S", .seq = 1000},
                                 {.ms = 1, .by = kServer, .flags = "S", .seq = 5000},
                                 {.ms = 10, .flags = "SA", .seq = 1000, .ack = 5001}});
  EXPECT_EQ(notes_of(log[2]), "retransmission");
}

// Wireshark's counter of duplicates says "more than any number" after an ACK of what was not seen.
TEST(SequenceAnalysis, ARepetitionAfterAnAckOfTheUnseenCountsAsAskedFor) {
  EXPECT_EQ(
      last_notes(opened({{.ms = 20, .by = kServer, .flags = "FA", .seq = 5001, .ack = 1001},
                         {.ms = 21, .seq = 1001, .ack = 5001, .window = 500},
                         {.ms = 22, .by = kServer, .flags = "FA", .seq = 5001, .ack = 1101},
                         {.ms = 23, .by = kServer, .flags = "FA", .seq = 5001, .ack = 1201}})),
      "retransmission fast_retransmission");
}

TEST(SequenceAnalysis, AnotherSynOnTheSamePortsIsSaidOnce) {
  SequenceAnalysis analysis;
  analysis.follow_another();
  AnalysisStore store;
  decode::Segment syn{};
  syn.flags = test::flags_of("S");
  syn.seq = 1000;
  Notes reused;
  reused.add(Note::reused_ports);
  EXPECT_EQ(analysis.take(syn, kClient, store).notes, reused);
  EXPECT_FALSE(analysis.take(syn, kClient, store).notes.has(Note::reused_ports));
  EXPECT_EQ(analysis.completeness(), completeness::kSyn);
}

TEST(SequenceAnalysis, WhatIsShorterThanItsHeaderIsNotJudged) {
  SequenceAnalysis analysis;
  AnalysisStore store;
  decode::Segment seg{};
  seg.flags = test::flags_of("A");
  seg.seq = 1000;
  analysis.take(seg, kClient, store);
  seg.seq = 9000;
  seg.is_short = true;
  EXPECT_TRUE(analysis.take(seg, kClient, store).notes.empty());
  seg.is_short = false;
  EXPECT_TRUE(analysis.take(seg, kClient, store).notes.has(Note::lost_segment));
}

TEST(SequenceAnalysis, RoundTripsCountFromTheFirstSending) {
  const Logging logging =
      logging_of(opened({{.ms = 20, .seq = 1001, .ack = 5001, .len = 100},
                         {.ms = 30, .by = kServer, .seq = 5001, .ack = 1101},
                         {.ms = 40, .seq = 1101, .ack = 5001, .len = 100},
                         {.ms = 240, .seq = 1101, .ack = 5001, .len = 100},
                         {.ms = 250, .by = kServer, .seq = 5001, .ack = 1201}}));
  const Quality& client = quality(logging, kClient);
  ASSERT_EQ(client.rtt.samples(), 3u);  // its SYN's among them
  EXPECT_EQ(client.rtt.min(), 10ms);
  EXPECT_EQ(client.rtt.max(), 210ms);
  EXPECT_EQ(client.rtt.last(), 210ms);
  // What was sent twice is left out (Karn).
  EXPECT_EQ(client.unambiguous_rtt().samples(), 2u);
  EXPECT_EQ(client.unambiguous_rtt().max(), 10ms);
  EXPECT_EQ(client.count(Note::retransmission), 1u);
  EXPECT_EQ(client.retransmitted_bytes, 100u);
  EXPECT_EQ(logging.analysis().initial_rtt(), 10ms + 100us);
}

TEST(SequenceAnalysis, TimestampsTellWhichSendingWasAcknowledged) {
  const auto stamped = [](double ms, int by, std::uint32_t seq, std::uint32_t ack,
                          std::uint32_t len, std::uint32_t tsval, std::uint32_t tsecr) {
    return Sent{.ms = ms,
                .by = by,
                .seq = seq,
                .ack = ack,
                .len = len,
                .timestamps = test::TcpTimestamps{tsval, tsecr}};
  };
  const Logging logging = logging_of({stamped(0, kClient, 1000, 5000, 100, 1, 9),
                                      stamped(200, kClient, 1000, 5000, 100, 2, 9),
                                      stamped(203, kServer, 5000, 1100, 0, 10, 2)});
  const Quality& client = quality(logging, kClient);
  EXPECT_EQ(client.rtt.last(), 203ms);
  EXPECT_EQ(client.unambiguous_rtt().samples(), 0u);
  ASSERT_EQ(client.timestamp_rtt.samples(), 1u);
  EXPECT_EQ(client.timestamp_rtt.last(), 3ms);
}

TEST(SequenceAnalysis, BytesInFlightWithoutWhatWasAcknowledgedSelectively) {
  const SegmentLog log =
      log_of(opened({{.ms = 20, .seq = 1001, .ack = 5001, .len = 100},
                     {.ms = 21, .seq = 1101, .ack = 5001, .len = 100},
                     {.ms = 22, .seq = 1201, .ack = 5001, .len = 100},
                     {.ms = 30, .by = kServer, .seq = 5001, .ack = 1101, .sack = {{1201, 1301}}},
                     {.ms = 31, .seq = 1301, .ack = 5001, .len = 50}}));
  EXPECT_EQ(log[3].bytes_in_flight, 100u);
  EXPECT_EQ(log[5].bytes_in_flight, 300u);
  EXPECT_EQ(log[6].bytes_in_flight, std::nullopt);  // it carries nothing
  EXPECT_EQ(log[7].bytes_in_flight, 150u);
}

TEST(SequenceAnalysis, NobodyKnowsWhatIsInFlightWhileSomethingIsMissing) {
  const SegmentLog log = log_of(opened({{.ms = 20, .seq = 1101, .ack = 5001, .len = 100},
                                        {.ms = 30, .by = kServer, .seq = 5001, .ack = 1001},
                                        {.ms = 31, .seq = 1201, .ack = 5001, .len = 100}}));
  EXPECT_EQ(log[3].bytes_in_flight, std::nullopt);
  EXPECT_EQ(log[5].bytes_in_flight, 200u);
}

TEST(SequenceAnalysis, AClosedWindowIsTimed) {
  const Logging logging =
      logging_of(opened({{.ms = 100, .by = kServer, .seq = 5001, .ack = 1001, .window = 0},
                         {.ms = 300, .by = kServer, .seq = 5001, .ack = 1001, .window = 0},
                         {.ms = 600, .by = kServer, .seq = 5001, .ack = 1001, .window = 80},
                         {.ms = 900, .by = kServer, .seq = 5001, .ack = 1001, .window = 0}}));
  EXPECT_EQ(quality(logging, kServer).zero_window_by(test::log_time(1000)), 600ms);
}

TEST(SequenceAnalysis, DuplicateSacksAreCounted) {
  const Logging logging = logging_of(opened(
      {{.ms = 20, .seq = 1001, .ack = 5001, .len = 100},
       {.ms = 21, .by = kServer, .seq = 5001, .ack = 1101, .sack = {{1001, 1101}}},
       {.ms = 22, .by = kServer, .seq = 5001, .ack = 1101, .sack = {{1201, 1301}}},
       {.ms = 23, .by = kServer, .seq = 5001, .ack = 1101, .sack = {{1201, 1251}, {1201, 1401}}}}));
  EXPECT_EQ(quality(logging, kServer).duplicate_sacks, 2u);
}

TEST(SequenceAnalysis, CompletenessIsWhatWasSeenOfALife) {
  using namespace completeness;
  EXPECT_EQ(logging_of({{.flags = "S", .seq = 1}}).analysis().completeness(), kSyn);
  EXPECT_EQ(logging_of(opened({})).analysis().completeness(), kSyn | kSynAck | kAck);
  EXPECT_EQ(logging_of(opened({{.ms = 20, .flags = "FA", .seq = 1001, .ack = 5001, .len = 9},
                               {.ms = 21, .by = kServer, .flags = "RA", .seq = 5001, .ack = 1010}}))
                .analysis()
                .completeness(),
            kSyn | kSynAck | kAck | kData | kFin | kRst);
  // The first segment counts for nothing until there is another.
  EXPECT_EQ(logging_of({{.seq = 1, .ack = 1, .len = 9}}).analysis().completeness(), 0);
  EXPECT_EQ(logging_of({{.seq = 1, .ack = 1, .len = 9}, {.by = kServer, .seq = 1, .ack = 10}})
                .analysis()
                .completeness(),
            kData | kAck);
}

}  // namespace
}  // namespace tapstat::analysis::tcp
