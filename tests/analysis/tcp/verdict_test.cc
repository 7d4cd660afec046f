// What became of a connection, for scripts of every kind.
#include "analysis/tcp/verdict.h"

#include <gtest/gtest.h>

#include "tests/analysis/tcp/recording.h"
#include "tests/analysis/tcp/script.h"

namespace tapstat::test {
namespace {

using analysis::tcp::ClosedBy;
using analysis::tcp::Verdict;

struct Outcome {
  const char* script;
  Verdict verdict;
  ClosedBy closed_by;
};

constexpr Outcome kOutcomes[] = {
    {"vectors/01_normal_close", Verdict::closed, ClosedBy::client},
    {"vectors/02_server_closes_first", Verdict::closed, ClosedBy::server},
    {"vectors/11_refused", Verdict::refused, ClosedBy::refused},
    {"vectors/13_no_answer", Verdict::no_answer, ClosedBy::open},
    {"vectors/17_close_with_unread_data", Verdict::reset, ClosedBy::reset_by_server},
    {"vectors/18_client_gives_up", Verdict::aborted_handshake, ClosedBy::reset_by_client},
    {"vectors/34_icmp_syn_sent_host_unreachable", Verdict::refused_by_icmp, ClosedBy::refused},
    {"tcp/handshake_never_finished", Verdict::half_handshake, ClosedBy::open},
    {"tcp/half_close", Verdict::closed, ClosedBy::client},
    {"tcp/mid_stream_data_both_ways", Verdict::half_closed, ClosedBy::open},
    {"vectors/29_accept_queue_full", Verdict::open, ClosedBy::open},
    {"tcp/mid_stream_forged_reset_first", Verdict::open_midway, ClosedBy::open},
    {"tcp/one_direction_only", Verdict::one_way, ClosedBy::open},
};

class VerdictOf : public testing::TestWithParam<Outcome> {};

TEST_P(VerdictOf, TheScript) {
  const Outcome& outcome = GetParam();
  const Script script = script_named(outcome.script);
  const auto engine = read_through(*source_of(record(script, {.observer = Observer::between})));
  const auto& connection = engine->model().tcp.connections()[0];
  EXPECT_EQ(name(verdict_of(connection)), name(outcome.verdict));
  EXPECT_EQ(analysis::tcp::kClosedByNames[static_cast<std::size_t>(connection.closed_by())],
            analysis::tcp::kClosedByNames[static_cast<std::size_t>(outcome.closed_by)]);
}

INSTANTIATE_TEST_SUITE_P(Scripts, VerdictOf, testing::ValuesIn(kOutcomes),
                         [](const testing::TestParamInfo<Outcome>& test) {
                           std::string name = test.param.script;
                           return name.substr(name.find('/') + 1);
                         });

// A reset that somebody on the way forged, in the name of a host that goes on.
TEST(FalseReset, EndsNothing) {
  Recording seen = record(script_named("vectors/01_normal_close"), {.observer = Observer::between});
  TcpSpec reset{.src_port = 40000, .dst_port = 80, .flags = "R", .seq = 1101};
  Recorded forged = seen[4];
  forged.bytes = tcp(reset);
  forged.time += std::chrono::milliseconds{10};
  seen.insert(seen.begin() + 5, forged);
  const auto engine = read_through(*source_of(seen));
  const auto& connection = engine->model().tcp.connections()[0];
  ASSERT_TRUE(connection.false_reset().has_value());
  EXPECT_EQ(connection.false_reset()->frame, 6u);
  EXPECT_EQ(connection.closed_by(), ClosedBy::client) << "by FINs, later";
}

}  // namespace
}  // namespace tapstat::test
