// What single connections show to be wrong, from scripts and samples.
#include <gtest/gtest.h>

#include "analysis/findings/findings.h"
#include "tests/analysis/tcp/recording.h"
#include "tests/analysis/tcp/script.h"

namespace tapstat::test {
namespace {

using analysis::Finding;
using analysis::FindingKind;

[[nodiscard]] std::vector<Finding> findings_in(Recording recording) {
  const auto engine = read_through(*source_of(std::move(recording)));
  return find_all(engine->model());
}

[[nodiscard]] Recording vector_at(const char* name, Observer observer, std::uint16_t port = 40000) {
  const Script script = script_named(std::string("vectors/") + name);
  return record(script, {.observer = observer, .client_port = port});
}

TEST(Findings, AHealthyConnectionHasNone) {
  for (const char* name : {"01_normal_close", "02_server_closes_first", "15_half_close",
                           "07_last_ack_lost", "08_third_ack_lost", "10_syn_ack_lost",
                           "16_orphan_gets_data", "24_time_wait_reused", "29_deferred_accept"}) {
    for (const Observer at : {Observer::client, Observer::between, Observer::server}) {
      EXPECT_TRUE(findings_in(vector_at(name, at)).empty()) << name;
    }
  }
}

TEST(Findings, RefusedConnectionsToOneServiceAreOne) {
  Recording both = vector_at("11_refused", Observer::between, 40000);
  const Recording second = vector_at("11_refused", Observer::between, 40001);
  both.insert(both.end(), second.begin(), second.end());
  const auto found = findings_in(both);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::connection_refused);
  EXPECT_EQ(found[0].connections, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(found[0].frames, (std::vector<std::uint64_t>{2, 4})) << "the resets";
  EXPECT_EQ(found[0].figures.clients, 1u);
}

TEST(Findings, AnIcmpErrorRefusesToo) {
  const auto found = findings_in(vector_at("34_icmp_syn_sent_port_unreachable", Observer::client));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::connection_refused);
}

TEST(Findings, NobodyAnswers) {
  const auto found = findings_in(vector_at("13_no_answer", Observer::client));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::no_answer);
  EXPECT_EQ(analysis::severity_of(found[0].kind), analysis::Severity::warning);
}

TEST(Findings, AnAcceptQueueIsFull) {
  const auto found = findings_in(vector_at("29_accept_queue_full", Observer::between));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::accept_queue_full);
}

TEST(Findings, OneDirectionOnly) {
  Recording there = vector_at("01_normal_close", Observer::between);
  std::erase_if(there, [](const Recorded& r) { return r.bytes[34] == 0 && r.bytes[35] == 80; });
  const auto found = findings_in(there);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::asymmetric_capture);
  EXPECT_EQ(found[0].subject, analysis::Subject{}) << "the capture";
}

TEST(Findings, TheMostSevereComesFirst) {
  Recording all = vector_at("11_refused", Observer::between, 40000);
  const Recording full = vector_at("29_accept_queue_full", Observer::between, 40001);
  all.insert(all.end(), full.begin(), full.end());
  const auto found = findings_in(all);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].kind, FindingKind::accept_queue_full);
  EXPECT_EQ(found[1].kind, FindingKind::connection_refused);
}

}  // namespace
}  // namespace tapstat::test
