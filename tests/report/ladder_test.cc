// Ladders drawn from segments and journals written by hand.
#include "report/ladder.h"

#include <gtest/gtest.h>

#include "report/json_writer.h"
#include "tests/analysis/tcp/logged.h"
#include "tests/support/json.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Event;
using analysis::tcp::Journal;
using analysis::tcp::SegmentLog;
using analysis::tcp::State;
using test::kClient;
using test::kServer;
using test::log_time;
using test::Sent;

constexpr std::uint32_t kId = 5;

// A connection's segments and steps.
struct Story {
  SegmentLog log;
  Journal journal{};

  explicit Story(const std::vector<Sent>& trace) : log(test::log_of(trace)) {}

  // By the segment of that frame; both ends start from CLOSED and UNKNOWN.
  Story& step(int end, State to, Event cause, std::uint64_t frame, bool sure = true) {
    return step_at(log[static_cast<std::uint32_t>(frame - 1)].time, end, to, cause, frame, sure);
  }
  Story& step_at(capture::Timestamp t, int end, State to, Event cause, std::uint64_t frame = 0,
                 bool sure = true) {
    const auto* last = journal.last(kId, end);
    journal.append(kId, end,
                   {.time = t,
                    .from = last != nullptr ? last->to : State::unknown,
                    .to = to,
                    .cause = cause,
                    .sure = sure,
                    .frame = frame});
    return *this;
  }
};

const LadderNames kNames{kId, {"10.0.0.1:40000", "10.0.0.2:80"}};

[[nodiscard]] std::string drawn(const Story& story, LadderStyle style, LadderWindow window = {},
                                const LadderNames& names = kNames) {
  style.zone = Zone::utc;
  test::StringOutput out;
  draw_ladder(LadderRows(story.log, story.journal, kId, kClient, window), names, style, out);
  return "\n" + out.text();
}

[[nodiscard]] Story normal_close() {
  Story story({{.ms = 0, .flags = "S", .seq = 1000},
               {.ms = 10, .by = kServer, .flags = "SA", .seq = 5000, .ack = 1001},
               {.ms = 10.1, .seq = 1001, .ack = 5001},
               {.ms = 10.2, .flags = "PA", .seq = 1001, .ack = 5001, .len = 300},
               {.ms = 20.5, .by = kServer, .flags = "PA", .seq = 5001, .ack = 1301, .len = 1448},
               {.ms = 21, .flags = "FA", .seq = 1301, .ack = 6449},
               {.ms = 31, .by = kServer, .flags = "FA", .seq = 6449, .ack = 1302},
               {.ms = 31.2, .seq = 1302, .ack = 6450}});
  story.step(kClient, State::syn_sent, Event::snd_syn, 1)
      .step(kServer, State::syn_received, Event::rcv_syn, 1)
      .step(kClient, State::established, Event::rcv_syn_ack, 2)
      .step(kServer, State::established, Event::rcv_ack_of_syn, 3)
      .step(kClient, State::fin_wait_1, Event::snd_fin, 6)
      .step(kServer, State::close_wait, Event::rcv_fin, 6)
      .step(kServer, State::last_ack, Event::snd_fin, 7)
      .step(kClient, State::fin_wait_2, Event::rcv_ack_of_fin, 7)
      .step(kClient, State::time_wait, Event::rcv_fin, 7)
      .step(kServer, State::closed, Event::rcv_ack_of_fin, 8, false)
      .step_at(log_time(60'031.2), kClient, State::closed, Event::expired, 0, false);
  return story;
}

TEST(Ladder, DrawsANormalClose) {
  EXPECT_EQ(drawn(normal_close(), {}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
    client 10.0.0.1:40000                                     server 10.0.0.2:80
 +0.000000     SYN_SENT │── SYN seq 0 ───────────────────────────→│ SYN_RECV
 +0.010000  ESTABLISHED │←──────────────────── SYN seq 0, ACK 1 ──│
 +0.010100              │── ACK 1 ───────────────────────────────→│ ESTABLISHED
 +0.010200              │── PSH 1:301(300), ACK 1 ───────────────→│
 +0.020500              │←─────────── PSH 1:1449(1448), ACK 301 ──│
 +0.021000    FIN_WAIT1 │── FIN seq 301, ACK 1449 ───────────────→│ CLOSE_WAIT
 +0.031000    TIME_WAIT │←─────────────── FIN seq 1449, ACK 302 ──│ LAST_ACK
 +0.031200              │── ACK 1450 ────────────────────────────→│ CLOSED?
+60.031200      CLOSED? │ timer TIME_WAIT                         │
? inferred, not confirmed by a later packet
)");
}

TEST(Ladder, DrawsItInAscii) {
  EXPECT_EQ(drawn(normal_close(), {.ascii = true}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
    client 10.0.0.1:40000                                     server 10.0.0.2:80
 +0.000000     SYN_SENT |-- SYN seq 0 --------------------------->| SYN_RECV
 +0.010000  ESTABLISHED |<-------------------- SYN seq 0, ACK 1 --|
 +0.010100              |-- ACK 1 ------------------------------->| ESTABLISHED
 +0.010200              |-- PSH 1:301(300), ACK 1 --------------->|
 +0.020500              |<----------- PSH 1:1449(1448), ACK 301 --|
 +0.021000    FIN_WAIT1 |-- FIN seq 301, ACK 1449 --------------->| CLOSE_WAIT
 +0.031000    TIME_WAIT |<--------------- FIN seq 1449, ACK 302 --| LAST_ACK
 +0.031200              |-- ACK 1450 ---------------------------->| CLOSED?
+60.031200      CLOSED? | timer TIME_WAIT                         |
? inferred, not confirmed by a later packet
)");
}

TEST(Ladder, UsesMoreColumnsWhereThereAre) {
  EXPECT_EQ(drawn(normal_close(), {.width = 100}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
       client 10.0.0.1:40000                                                      server 10.0.0.2:80
 +0.000000 #1     SYN_SENT │── SYN seq 0 ────────────────────────────────────────────→│ SYN_RECV
 +0.010000 #2  ESTABLISHED │←────────────────────────── SYN seq 0, ACK 1, win 64240 ──│
 +0.010100 #3              │── ACK 1, win 64240 ─────────────────────────────────────→│ ESTABLISHED
 +0.010200 #4              │── PSH 1:301(300), ACK 1, win 64240 ─────────────────────→│
 +0.020500 #5              │←───────────────── PSH 1:1449(1448), ACK 301, win 64240 ──│
 +0.021000 #6    FIN_WAIT1 │── FIN seq 301, ACK 1449, win 64240 ─────────────────────→│ CLOSE_WAIT
 +0.031000 #7    TIME_WAIT │←───────────────────── FIN seq 1449, ACK 302, win 64240 ──│ LAST_ACK
 +0.031200 #8              │── ACK 1450, win 64240 ──────────────────────────────────→│ CLOSED?
+60.031200         CLOSED? │ timer TIME_WAIT                                          │
? inferred, not confirmed by a later packet
)");
  EXPECT_EQ(drawn(normal_close(), {.width = 132, .ascii = true}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
       client 10.0.0.1:40000                                                                                      server 10.0.0.2:80
 +0.000000 #1     SYN_SENT |-- SYN seq 0 ---------------------------------------------------------------------------->| SYN_RECV
 +0.010000 #2  ESTABLISHED |<---------------------------------------------------------- SYN seq 0, ACK 1, win 64240 --|
 +0.010100 #3              |-- ACK 1, win 64240 --------------------------------------------------------------------->| ESTABLISHED
 +0.010200 #4              |-- PSH 1:301(300), ACK 1, win 64240 ----------------------------------------------------->|
 +0.020500 #5              |<------------------------------------------------- PSH 1:1449(1448), ACK 301, win 64240 --|
 +0.021000 #6    FIN_WAIT1 |-- FIN seq 301, ACK 1449, win 64240 ----------------------------------------------------->| CLOSE_WAIT
 +0.031000 #7    TIME_WAIT |<----------------------------------------------------- FIN seq 1449, ACK 302, win 64240 --| LAST_ACK
 +0.031200 #8              |-- ACK 1450, win 64240 ------------------------------------------------------------------>| CLOSED?
+60.031200         CLOSED? | timer TIME_WAIT                                                                          |
? inferred, not confirmed by a later packet
)");
}

// A FIN that is lost on its way, and one whose ACK is.
[[nodiscard]] Story lost_fins() {
  Story story({{.ms = 0, .flags = "PA", .seq = 100, .ack = 900, .len = 50},
               {.ms = 10, .by = kServer, .seq = 900, .ack = 150},
               {.ms = 20, .flags = "FA", .seq = 150, .ack = 900},
               {.ms = 230, .flags = "FA", .seq = 150, .ack = 900},
               {.ms = 240, .by = kServer, .seq = 900, .ack = 151},
               {.ms = 300, .by = kServer, .flags = "FA", .seq = 900, .ack = 151},
               {.ms = 300.1, .seq = 151, .ack = 901},
               {.ms = 520, .by = kServer, .flags = "FA", .seq = 900, .ack = 151},
               {.ms = 520.1, .seq = 151, .ack = 901}});
  story.step(kClient, State::established, Event::snd_data, 1, false)
      .step(kServer, State::established, Event::snd_ack, 2, false)
      .step(kClient, State::fin_wait_1, Event::snd_fin, 3)
      .step(kServer, State::close_wait, Event::rcv_fin, 4)
      .step(kClient, State::fin_wait_2, Event::rcv_ack_of_fin, 5)
      .step(kServer, State::last_ack, Event::snd_fin, 6)
      .step(kClient, State::time_wait, Event::rcv_fin, 6)
      .step(kServer, State::closed, Event::rcv_ack_of_fin, 9);
  return story;
}

TEST(Ladder, ShowsWhatWasLostAndSentAgain) {
  EXPECT_EQ(drawn(lost_fins(), {}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
   client 10.0.0.1:40000                                      server 10.0.0.2:80
+0.000000 ESTABLISHED? │── PSH 1:51(50), ACK 1 ──────────────────→│
+0.010000              │←─────────────────────────────── ACK 51 ──│ ESTABLISHED?
+0.020000    FIN_WAIT1 │── FIN seq 51, ACK 1 ─────── lost ─✗      │
+0.230000              │══ FIN seq 51, ACK 1 ═══ retransmission ═→│ CLOSE_WAIT
+0.240000    FIN_WAIT2 │←─────────────────────────────── ACK 52 ──│
+0.300000    TIME_WAIT │←──────────────────── FIN seq 1, ACK 52 ──│ LAST_ACK
+0.300100              │── ACK 2 ─────────────────── lost ─✗      │
+0.520000              │←═ retransmission ═══ FIN seq 1, ACK 52 ══│
+0.520100              │── ACK 2 ──────────────── duplicate ACK ─→│ CLOSED
? inferred, not confirmed by a later packet
✗ lost: its receiver went on as if it had never come
)");
  EXPECT_EQ(drawn(lost_fins(), {.ascii = true}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
   client 10.0.0.1:40000                                      server 10.0.0.2:80
+0.000000 ESTABLISHED? |-- PSH 1:51(50), ACK 1 ------------------>|
+0.010000              |<------------------------------- ACK 51 --| ESTABLISHED?
+0.020000    FIN_WAIT1 |-- FIN seq 51, ACK 1 ------- lost -X      |
+0.230000              |== FIN seq 51, ACK 1 === retransmission =>| CLOSE_WAIT
+0.240000    FIN_WAIT2 |<------------------------------- ACK 52 --|
+0.300000    TIME_WAIT |<-------------------- FIN seq 1, ACK 52 --| LAST_ACK
+0.300100              |-- ACK 2 ------------------- lost -X      |
+0.520000              |<= retransmission === FIN seq 1, ACK 52 ==|
+0.520100              |-- ACK 2 ---------------- duplicate ACK ->| CLOSED
? inferred, not confirmed by a later packet
X lost: its receiver went on as if it had never come
)");
}

TEST(Ladder, ShowsTheWindowOnly) {
  EXPECT_EQ(drawn(lost_fins(), {}, {log_time(200), log_time(300)}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
   client 10.0.0.1:40000                                      server 10.0.0.2:80
             FIN_WAIT1 │                                          │ ESTABLISHED?
+0.230000              │══ FIN seq 51, ACK 1 ═══ retransmission ═→│ CLOSE_WAIT
+0.240000    FIN_WAIT2 │←─────────────────────────────── ACK 52 ──│
+0.300000    TIME_WAIT │←──────────────────── FIN seq 1, ACK 52 ──│ LAST_ACK
? inferred, not confirmed by a later packet
)");
}

TEST(Ladder, LeavesOutWhatDoesNotFit) {
  Story story({{.ms = 0, .flags = "S", .seq = 1000},
               {.ms = 10, .by = kServer, .flags = "SA", .seq = 0, .ack = 1001},
               {.ms = 20, .seq = 123'456'789, .ack = 1, .len = 65'160},
               {.ms = 240, .flags = "PUA", .seq = 123'456'789, .ack = 1, .len = 65'160},
               {.ms = 250, .by = kServer, .flags = "A", .seq = 1, .ack = 123'521'949, .window = 0},
               {.ms = 9e6,
                .by = kServer,
                .flags = "PA",
                .seq = 123'456'789,
                .ack = 123'521'949,
                .len = 9000}});
  EXPECT_EQ(drawn(story, {}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
      client 10.0.0.1:40000                                   server 10.0.0.2:80
   +0.000000              │── SYN seq 0 ─────────────────────────→│
   +0.010000              │←────────────────── SYN seq 0, ACK 1 ──│
   +0.020000              │─ 123455789(65160) ─ gap before ✗      │
   +0.240000              │══ PSH,URG 123455789(65160) ═ resent ═→│
   +0.250000              │←───────────────────── ACK 123520949 ──│
+9000.000000              │←─ gap before ── PSH 123456789(9000) ──│
✗ lost: its receiver went on as if it had never come
)");
}

// No address is cut: the two stand one above the other.
TEST(Ladder, LongAddressesTakeTwoLines) {
  const Story story({{.flags = "S", .seq = 1000}});
  EXPECT_EQ(drawn(story, {}, {},
                  {kId,
                   {"[2001:db8:1111:2222:3333:4444:5555:6666]:40000",
                    "[2001:db8:1111:2222:3333:4444:5555:7777]:443"}}),
            R"(
Connection 5, from 2023-11-14 22:13:20.000000
client [2001:db8:1111:2222:3333:4444:5555:6666]:40000
                             server [2001:db8:1111:2222:3333:4444:5555:7777]:443
+0.000000              │── SYN seq 0 ────────────────────────────→│
)");
}

TEST(Ladder, ColoursLossesAndRetransmissions) {
  const std::string text = drawn(lost_fins(), {.ascii = true, .color = true});
  EXPECT_NE(text.find("|\x1b[31m-- FIN seq 51"), std::string::npos) << text;
  EXPECT_NE(text.find("|\x1b[33m== FIN seq 51"), std::string::npos) << text;
  EXPECT_NE(text.find("\x1b[2mTIME_WAIT\x1b[0m"), std::string::npos) << text;
}

TEST(Ladder, StepsThatNoSegmentOfItCausedHaveTheirOwnLines) {
  Story story({{.ms = 0, .flags = "S", .seq = 1000}, {.ms = 1000, .flags = "S", .seq = 1000}});
  story.step(kClient, State::syn_sent, Event::snd_syn, 1)
      .step_at(log_time(500), kServer, State::closed, Event::no_answer, 0, false)
      .step_at(log_time(1000), kClient, State::closed, Event::expired, 0, false)
      .step_at(log_time(1500), kClient, State::syn_sent, Event::snd_syn, 77);
  EXPECT_EQ(drawn(story, {.ascii = true}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
   client 10.0.0.1:40000                                      server 10.0.0.2:80
+0.000000     SYN_SENT |-- SYN seq 0 ---------------------------->|
+0.500000              |                                no answer | CLOSED?
+1.000000      CLOSED? | timer SYN_SENT                           |
+1.000000              |== SYN seq 0 =========== retransmission =>|
+1.500000     SYN_SENT | sent SYN                                 |
? inferred, not confirmed by a later packet
)");
}

// A step without a frame that only made a state unsure belongs to the segment of its instant.
TEST(Ladder, ADoubtShowsBesideTheSegmentThatRaisedIt) {
  Story story({{.ms = 0, .flags = "S", .seq = 1000}, {.ms = 10, .flags = "FA", .seq = 1001}});
  story.step(kServer, State::established, Event::snd_ack, 1)
      .step_at(log_time(10), kServer, State::established, Event::silence, 0, false);
  EXPECT_EQ(drawn(story, {.ascii = true}), R"(
Connection 5, from 2023-11-14 22:13:20.000000
   client 10.0.0.1:40000                                      server 10.0.0.2:80
+0.000000              |-- SYN seq 0 ---------------------------->| ESTABLISHED
+0.010000              |-- FIN seq 1, ACK 1 --------------------->| ESTABLISHED?
? inferred, not confirmed by a later packet
)");
}

TEST(Ladder, AStepByItsReceiverProvesThatASegmentArrived) {
  Story story({{.ms = 0, .flags = "FA", .seq = 1, .ack = 1},
               {.ms = 240, .flags = "FA", .seq = 1, .ack = 1},
               {.ms = 250, .by = kServer, .seq = 1, .ack = 2}});
  EXPECT_NE(drawn(story, {.ascii = true}).find("X lost"), std::string::npos);
  story.step(kServer, State::close_wait, Event::rcv_fin, 1);
  EXPECT_EQ(drawn(story, {.ascii = true}).find("X lost"), std::string::npos);
}

TEST(Ladder, WritesAStepARow) {
  using nlohmann::json;
  Story story = lost_fins();
  story.step_at(log_time(60'520.1), kClient, State::closed, Event::expired, 0, false);
  std::vector<json> records;
  for_each_step(LadderRows(story.log, story.journal, kId, kClient, {log_time(15), {}}), kNames,
                [&](const LadderRow&, const WriteRecord& write) {
                  JsonWriter writer;
                  write(writer);
                  records.push_back(test::parse_json(writer.finish_line()));
                });
  ASSERT_EQ(records.size(), 8u);
  EXPECT_EQ(records[0], test::parse_json(R"({"type":"step","t":1700000000.020000000,"connection":5,
    "frame":3,"end":"client","flags":"FIN,ACK","seq":51,"ack":1,"len":0,"window":64240,
    "arrived":false,"client":{"state":"FIN_WAIT1","sure":true},
    "server":{"state":"ESTABLISHED","sure":false}})"));
  EXPECT_EQ(records[1]["notes"], json::array({"retransmission"}));
  EXPECT_EQ(records[1]["arrived"], true);
  EXPECT_EQ(records[1]["server"], test::parse_json(R"({"state":"CLOSE_WAIT","sure":true})"));
  EXPECT_FALSE(records[3].contains("notes"));
  EXPECT_EQ(records[7], test::parse_json(R"({"type":"step","t":1700000060.520100000,"connection":5,
    "end":"client","cause":"timer TIME_WAIT","client":{"state":"CLOSED","sure":false},
    "server":{"state":"CLOSED","sure":true}})"));
}

}  // namespace
}  // namespace tapstat::report
