// Expectations against three connections.
#include "report/query/expectation.h"

#include <gtest/gtest.h>

namespace tapstat::report::query {
namespace {

using capture::Timestamp;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

const Timestamp kStart{seconds{1'000}};

struct Row {
  const char *client, *server;
  unsigned client_bytes, server_bytes;
  int rtt_ms;  // 0: none was measured
};
constexpr std::array kRows = {
    Row{"CLOSE_WAIT", "FIN_WAIT2", 100, 5, 250},
    Row{"CLOSE_WAIT", "CLOSE_WAIT", 200, 6, 0},
    Row{"ESTABLISHED", "ESTABLISHED", 300, 7, 50},
};

void write_row(const Row& row, RecordWriter& w) {
  w.begin_object().field("first", kStart);
  w.begin_object("client").field("state", row.client).field("bytes", row.client_bytes).end_object();
  w.begin_object("server").field("state", row.server).field("bytes", row.server_bytes).end_object();
  if (row.rtt_ms > 0) {
    w.begin_object("rtt").field("max", nanoseconds{milliseconds{row.rtt_ms}}).end_object();
  }
  w.end_object();
}

// What is wrong with the expression, or what it is instead; "" where it holds.
[[nodiscard]] std::string outcome(std::string_view expression) {
  auto expectation = Expectation::parse(expression, RecordType::tcp);
  if (!expectation) return error_text(expectation.error(), expression);
  (*expectation)->start({kStart, kStart + seconds{60}});
  for (const Row& row : kRows) {
    (*expectation)->take([&](RecordWriter& w) { write_row(row, w); });
  }
  return (*expectation)->failure().value_or("");
}

TEST(Expectations, Hold) {
  for (const char* expression : {
           "count() == 3",
           "count() > 0 and count(state == LISTEN) == 0",
           "count(state == CLOSE_WAIT) == 2",  // records, not ends
           "count(state == CLOSE_WAIT) < count()",
           "2 == count(state == CLOSE_WAIT)",
           "sum(client.bytes) == 600",
           "sum(bytes) == 618",                       // of both ends
           "sum(bytes, state == CLOSE_WAIT) == 306",  // of the ends that are
           "sum(client.bytes, state == CLOSE_WAIT) == 300",
           "max(client.bytes) <= 0.3k",
           "min(bytes) == 5",
           "avg(client.bytes) == 200",
           "avg(client.bytes, rtt.max) == 200",
           "max(rtt.max) < 251ms",
           "avg(rtt.max) == 150ms",
           "min(first) == +0",
           "not count() == 0 or count() != 3",
           "sum(rtt.max, state == LISTEN) == 0",
       }) {
    EXPECT_EQ(outcome(expression), "") << expression;
  }
}

TEST(Expectations, SayWhatItIsInstead) {
  EXPECT_EQ(outcome("count(state == CLOSE_WAIT) == 0"), "count(state == CLOSE_WAIT) == 0: it is 2");
  EXPECT_EQ(outcome("max(rtt.max) < 200ms"), "max(rtt.max) < 200ms: it is 0.25s");
  EXPECT_EQ(outcome("avg(bytes) > 200"), "avg(bytes) > 200: it is 103");
  EXPECT_EQ(outcome("max(rtt.max) < 200ms and sum(bytes) < 100"),
            "max(rtt.max) < 200ms and sum(bytes) < 100: max(rtt.max) is 0.25s, sum(bytes) is 618");
}

TEST(Expectations, OfNothingNothingHolds) {
  EXPECT_EQ(outcome("max(handshake.client_rtt) < 1s"),
            "max(handshake.client_rtt) < 1s: it is unknown: nothing has it");
  EXPECT_NE(outcome("max(handshake.client_rtt) != 1s"), "");
  EXPECT_NE(outcome("avg(rtt.max, state == LISTEN) >= 0"), "");
}

TEST(Expectations, AreCheckedBeforeAnythingIsRead) {
  const std::array<std::pair<const char*, const char*>, 12> wrong{{
      {"", "is missing here"},
      {"count()", "a comparison (== != < <= > >=) is missing here"},
      {"state == CLOSED", "nothing of the records is compared here"},
      {"1 == 1", "nothing of the records is compared here"},
      {"count(sate == CLOSED) == 0", "did you mean state?"},
      {"count(state == CLOSED == 0", ") is missing here"},
      {"median(rtt.max) < 1", "no such function"},
      {"sum(state) == 1", "state is a name; this function needs a number or a duration"},
      {"sum() == 1", "a field is missing here"},
      {"max(rtt.max) < 5 apples", "no expectation goes on like this"},
      {"max(rtt.max) < count()", "this is a duration, and count() is a number"},
      {"count() == many", "not a number"},
  }};
  for (const auto& [expression, message] : wrong) {
    EXPECT_NE(outcome(expression).find(message), std::string::npos)
        << expression << ": " << outcome(expression);
  }
}

}  // namespace
}  // namespace tapstat::report::query
