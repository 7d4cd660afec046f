#include "report/quality_summary.h"

#include <gtest/gtest.h>

#include "analysis/engine.h"
#include "tests/support/json.h"
#include "tests/support/packet_builder.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Note;
using nlohmann::json;
using test::TcpSpec;
using namespace std::chrono_literals;

// The client's numbers begin at 1000, the server's at 5000.
class Summary : public testing::Test {
 protected:
  explicit Summary(bool analysis = true) : engine_(1, {.analysis = analysis}) {}

  // A connection from this port of the client, whose handshake takes that long.
  void open(std::uint16_t port, std::chrono::nanoseconds round_trip = 10ms) {
    client(port, {.flags = "S", .seq = 1000}, 1ms);
    server(port, {.flags = "SA", .seq = 5000, .ack = 1001}, round_trip / 2);
    client(port, {.flags = "A", .seq = 1001, .ack = 5001}, round_trip / 2);
  }
  // 100 bytes, and once more when their time is over.
  void client_repeats(std::uint16_t port, int times = 1) {
    for (int i = 0; i <= times; ++i) {
      client(port, {.flags = "PA", .seq = 1001, .ack = 5001, .payload_len = 100}, 300ms);
    }
  }
  void server_repeats(std::uint16_t port, int times = 1) {
    for (int i = 0; i <= times; ++i) {
      server(port, {.flags = "PA", .seq = 5001, .ack = 1001, .payload_len = 100}, 300ms);
    }
  }
  void client(std::uint16_t port, TcpSpec spec, std::chrono::nanoseconds later) {
    spec.src_port = port;
    see(spec, later);
  }
  void server(std::uint16_t port, TcpSpec spec, std::chrono::nanoseconds later) {
    std::swap(spec.src, spec.dst);
    spec.src_port = spec.dst_port;
    spec.dst_port = port;
    see(spec, later);
  }

  [[nodiscard]] QualitySummary summary() const {
    return summarize_quality({.model = engine_.model(), .inputs = {}});
  }
  [[nodiscard]] std::vector<Worst> worst(Measure measure) const {
    std::vector<Worst> worst = summary().worst;
    std::erase_if(worst, [&](const Worst& w) { return w.measure != measure; });
    return worst;
  }
  [[nodiscard]] std::string text() const {
    test::StringOutput out;
    print_quality_summary({.model = engine_.model(), .inputs = {}}, out);
    return out.text();
  }
  [[nodiscard]] std::vector<json> records(std::string_view type) const {
    test::StringOutput out;
    print({.model = engine_.model(), .inputs = {}}, View::report, Format::json, out);
    std::vector<json> records = test::parse_records(out.text());
    std::erase_if(records, [&](const json& r) { return r["type"] != type; });
    return records;
  }

 private:
  void see(const TcpSpec& spec, std::chrono::nanoseconds later) {
    time_ += later;
    const test::Buffer frame = test::tcp(spec);
    const capture::Frame f = test::frame_of(frame, time_, ++frames_);
    engine_.take({&f, 1});
  }

  analysis::Engine engine_;
  std::chrono::nanoseconds time_ = 1000s;
  std::uint64_t frames_ = 0;
};

TEST_F(Summary, EventsAreSummedByWhoSentTheSegment) {
  open(40000);
  client_repeats(40000);
  open(40001);
  server_repeats(40001, 2);
  const auto events = summary().events;
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Note::retransmission);
  EXPECT_EQ(events[0].client, 1u);
  EXPECT_EQ(events[0].server, 2u);
  EXPECT_EQ(events[0].total(), 3u);
  EXPECT_EQ(events[0].connections, 2u);
}

TEST_F(Summary, TheMostFrequentEventComesFirst) {
  open(40000);
  client_repeats(40000);
  for (int i = 0; i < 3; ++i) {
    server(40000, {.flags = "A", .seq = 5001, .ack = 1101, .window = 0}, 300ms);
  }
  const auto events = summary().events;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, Note::zero_window);
  EXPECT_EQ(events[0].server, 3u);
  EXPECT_EQ(events[1].kind, Note::retransmission);
}

TEST_F(Summary, OfEachMeasureTheWorstThreeAreTold) {
  open(40000, 10ms);
  open(40001, 40ms);
  open(40002, 20ms);
  open(40003, 30ms);
  const auto handshakes = worst(Measure::handshake);
  ASSERT_EQ(handshakes.size(), 3u);
  EXPECT_EQ(handshakes[0].connection, 1u);
  EXPECT_EQ(handshakes[0].value, MeasuredValue{std::chrono::nanoseconds{40ms}});
  EXPECT_EQ(handshakes[1].connection, 3u);
  EXPECT_EQ(handshakes[2].connection, 2u);
}

TEST_F(Summary, BothEndsAddToTheMeasureOfAConnection) {
  open(40000);
  client_repeats(40000, 2);
  open(40001);
  client_repeats(40001, 1);
  server_repeats(40001, 2);
  const auto retransmitted = worst(Measure::retransmitted);
  ASSERT_EQ(retransmitted.size(), 2u);
  EXPECT_EQ(retransmitted[0].connection, 1u);
  EXPECT_EQ(retransmitted[0].value, MeasuredValue{std::uint64_t{3}});
  EXPECT_EQ(retransmitted[1].value, MeasuredValue{std::uint64_t{2}});
}

TEST_F(Summary, AWindowIsClosedUntilItOpens) {
  open(40000);
  server(40000, {.flags = "A", .seq = 5001, .ack = 1001, .window = 0}, 100ms);
  server(40000, {.flags = "A", .seq = 5001, .ack = 1001, .window = 500}, 700ms);
  client(40000, {.flags = "A", .seq = 1001, .ack = 5001}, 900ms);
  const auto closed = worst(Measure::zero_window);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].value, MeasuredValue{std::chrono::nanoseconds{700ms}});
}

// Acknowledged, and not in the capture.
TEST_F(Summary, WhatTheTapMissedIsInBytes) {
  open(40000);
  client(40000, {.flags = "PA", .seq = 1001, .ack = 5001, .payload_len = 100}, 10ms);
  client(40000, {.flags = "PA", .seq = 1401, .ack = 5001, .payload_len = 100}, 10ms);
  server(40000, {.flags = "A", .seq = 5001, .ack = 1501}, 10ms);
  const auto missed = worst(Measure::missed);
  ASSERT_EQ(missed.size(), 1u);
  EXPECT_EQ(missed[0].value, MeasuredValue{std::uint64_t{300}});
}

TEST_F(Summary, WithoutTroubleOnlyTimesAreCompared) {
  open(40000);
  client(40000, {.flags = "PA", .seq = 1001, .ack = 5001, .payload_len = 100}, 10ms);
  server(40000, {.flags = "A", .seq = 5001, .ack = 1101}, 10ms);
  EXPECT_TRUE(summary().events.empty());
  for (const Worst& w : summary().worst) {
    EXPECT_TRUE(w.measure == Measure::handshake || w.measure == Measure::round_trip)
        << name(w.measure);
  }
  EXPECT_EQ(text().find("TCP events"), std::string::npos);
}

TEST_F(Summary, RecordsHaveTheSameNumbers) {
  open(40000, 40ms);
  client_repeats(40000);
  const auto counts = records("event_count");
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0]["kind"], "retransmission");
  EXPECT_EQ(counts[0]["total"], 1);
  const auto all = records("worst");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0]["measure"], "handshake");
  EXPECT_EQ(all[0]["value"], 0.04);
  EXPECT_EQ(all[0]["client"], "10.0.0.1:40000");
  EXPECT_EQ(all[2]["measure"], "retransmitted");
  EXPECT_EQ(all[2]["value"], 1);
}

class Unmeasured : public Summary {
 protected:
  Unmeasured() : Summary(false) {}
};

TEST_F(Unmeasured, NothingIsSaid) {
  open(40000);
  client_repeats(40000);
  EXPECT_TRUE(summary().events.empty());
  EXPECT_TRUE(summary().worst.empty());
  EXPECT_EQ(text(), "");
}

}  // namespace
}  // namespace tapstat::report
