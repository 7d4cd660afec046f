// A host that one input's tap is at is known from its handshakes there; another input's tap, at the
// same host, has seen none yet.
#include <gtest/gtest.h>

#include <utility>

#include "capture/merge.h"
#include "tests/analysis/tcp/recording.h"

namespace tapstat::test {
namespace {

TEST(SeveralInputs, ANearHostIsKnownAtTheSecondInputToo) {
  const auto seen = [](const char* name, std::uint16_t port, std::uint32_t start) {
    const Script script = script_named(std::string("vectors/") + name);
    return record(script, {.observer = Observer::client, .client_port = port, .start = start});
  };
  const Recording first = seen("01_normal_close", 40000, 0);
  const Recording second = seen("11_refused", 40001, 100);
  Recording all = first;
  all.insert(all.end(), second.begin(), second.end());
  const auto whole = read_through(*source_of(all));

  std::vector<std::unique_ptr<capture::Source>> sources;
  sources.push_back(source_of(first));
  sources.push_back(source_of(second));
  const auto merged = capture::merge(std::move(sources));
  ASSERT_TRUE(merged);
  const auto split = read_through(**merged);
  EXPECT_EQ(steps_of(*whole, 0), steps_of(*split, 0));
  EXPECT_EQ(steps_of(*whole, 1), steps_of(*split, 1));
}

}  // namespace
}  // namespace tapstat::test
