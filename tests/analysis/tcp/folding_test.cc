// A connection that is kept folded up says the same as one that was followed step by step: the
// journal needs each step, so that with it nothing is folded.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/engine.h"
#include "capture/open_file.h"
#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {
namespace {

using analysis::Engine;
using analysis::tcp::Connection;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

[[nodiscard]] analysis::tcp::Settings step_by_step() {
  analysis::tcp::Settings settings;
  settings.journal = true;
  return settings;
}

void expect_same_end(const Connection& folded, const Connection& followed, int i) {
  const auto& a = folded.end(i);
  const auto& b = followed.end(i);
  EXPECT_EQ(a.state(), b.state());
  EXPECT_EQ(a.since(), b.since());
  EXPECT_EQ(a.sure(), b.sure());
  EXPECT_EQ(a.was_seen(), b.was_seen());
  EXPECT_EQ(a.iss(), b.iss());
  EXPECT_EQ(a.fin(), b.fin());
  EXPECT_EQ(a.nxt(), b.nxt());
  EXPECT_EQ(a.bytes(), b.bytes());
  EXPECT_EQ(a.missed(), b.missed());
  EXPECT_EQ(a.window(), b.window());
  EXPECT_EQ(a.offer().mss, b.offer().mss);
  EXPECT_EQ(a.offer().window_shift, b.offer().window_shift);
  EXPECT_EQ(a.offer().sack, b.offer().sack);
  EXPECT_EQ(a.offer().timestamps, b.offer().timestamps);
  EXPECT_EQ(a.send_queue(a.state()), b.send_queue(b.state()));
  EXPECT_EQ(a.heard(), b.heard());
  EXPECT_EQ(a.response(), b.response());
  const auto queue = a.receive_queue(a.state(), folded.end(1 - i));
  const auto other = b.receive_queue(b.state(), followed.end(1 - i));
  ASSERT_EQ(queue.has_value(), other.has_value());
  if (queue) {
    EXPECT_EQ(queue->min, other->min);
    EXPECT_EQ(queue->max, other->max);
  }
  EXPECT_EQ(folded.traffic(i).packets, followed.traffic(i).packets);
  EXPECT_EQ(folded.traffic(i).wire_bytes, followed.traffic(i).wire_bytes);
  EXPECT_EQ(folded.duplicates(i), followed.duplicates(i));
  EXPECT_EQ(folded.link_source(i).known, followed.link_source(i).known);
  EXPECT_EQ(folded.link_source(i).mac, followed.link_source(i).mac);
}

void expect_same(const Engine& folding, const Engine& following) {
  const auto folded = folding.model().tcp.connections();
  const auto followed = following.model().tcp.connections();
  ASSERT_EQ(folded.size(), followed.size());
  for (std::uint32_t id = 0; id < folded.size(); ++id) {
    SCOPED_TRACE("connection " + std::to_string(id));
    const Connection a = folded[id];
    const Connection b = followed[id];
    EXPECT_EQ(a.key(), b.key());
    EXPECT_EQ(a.client(), b.client());
    EXPECT_EQ(a.first(), b.first());
    EXPECT_EQ(a.last(), b.last());
    EXPECT_EQ(a.closed_by(), b.closed_by());
    EXPECT_EQ(a.handshake().server_rtt(), b.handshake().server_rtt());
    EXPECT_EQ(a.handshake().client_rtt(), b.handshake().client_rtt());
    EXPECT_EQ(a.path(), b.path());
    EXPECT_EQ(a.inputs(), b.inputs());
    for (int i = 0; i < 2; ++i) expect_same_end(a, b, i);
    if (const auto plain = folded.plain(id)) {
      EXPECT_EQ(plain->client, b.client());
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(plain->states[static_cast<std::size_t>(i)], b.end(i).state());
      }
    }
  }
}

struct Seen {
  TcpSpec segment;
  nanoseconds later = milliseconds{1};
};
using Script = std::vector<Seen>;

TcpSpec client(TcpSpec spec) { return from_client(std::move(spec)); }
TcpSpec server(TcpSpec spec) { return from_server(std::move(spec)); }

enum class Options : std::uint8_t { none, all, still_clock };

// As hosts send them (RFC 7323, RFC 2018), with a clock that ticks, or one that does not.
[[nodiscard]] Script with_options(Script script, Options options) {
  std::uint32_t clock = 1000;
  for (Seen& seen : script) {
    TcpSpec& segment = seen.segment;
    if (options == Options::none) break;
    if (options == Options::all && seen.later >= milliseconds{1}) clock += 4;
    segment.timestamps = TcpTimestamps{clock, clock - 1};
    if (segment.flags.find('S') == std::string_view::npos) continue;
    segment.mss = 1460;
    segment.wscale = 7;
    segment.sack_permitted = true;
  }
  return script;
}

[[nodiscard]] Script whole_life(Options options) {
  Script script = {
      {client({.flags = "S", .seq = 100, .window = 1000})},
      {server({.flags = "SA", .seq = 500, .ack = 101, .window = 2000})},
      {client({.flags = "A", .seq = 101, .ack = 501, .window = 1000})},
      {client({.flags = "PA", .seq = 101, .ack = 501, .window = 1000, .payload_len = 10})},
      {server({.flags = "A", .seq = 501, .ack = 111, .window = 2000})},
      {server({.flags = "PA", .seq = 501, .ack = 111, .window = 2000, .payload_len = 20})},
      {client({.flags = "A", .seq = 111, .ack = 521, .window = 990})},
      {client({.flags = "FA", .seq = 111, .ack = 521, .window = 990})},
      {server({.flags = "A", .seq = 521, .ack = 112, .window = 2000})},
      {server({.flags = "FA", .seq = 521, .ack = 112, .window = 2000})},
      {client({.flags = "A", .seq = 112, .ack = 522, .window = 990})}};
  return with_options(std::move(script), options);
}

// Data of several segments before the server says anything, and one FIN with the ACK of the other.
[[nodiscard]] Script short_life(Options options) {
  Script script = {
      {client({.flags = "S", .seq = 100, .window = 1000})},
      {server({.flags = "SA", .seq = 500, .ack = 101, .window = 2000})},
      {client({.flags = "PA", .seq = 101, .ack = 501, .window = 1000, .payload_len = 5})},
      {client({.flags = "A", .seq = 106, .ack = 501, .window = 1000, .payload_len = 10})},
      {client({.flags = "PA", .seq = 116, .ack = 501, .window = 1000, .payload_len = 7}),
       microseconds{5}},
      {server({.flags = "PA", .seq = 501, .ack = 123, .window = 2000, .payload_len = 30})},
      {server({.flags = "FPA", .seq = 531, .ack = 123, .window = 2000, .payload_len = 3})},
      {client({.flags = "FA", .seq = 123, .ack = 535, .window = 990})},
      {server({.flags = "A", .seq = 535, .ack = 124, .window = 2000})}};
  return with_options(std::move(script), options);
}

// Met under way: a request, its answer, and the client closes.
[[nodiscard]] Script met_life(Options options) {
  Script script = {
      {client({.flags = "PA", .seq = 101, .ack = 501, .window = 1000, .payload_len = 10})},
      {server({.flags = "A", .seq = 501, .ack = 111, .window = 2000})},
      {server({.flags = "PA", .seq = 501, .ack = 111, .window = 2000, .payload_len = 20})},
      {client({.flags = "A", .seq = 111, .ack = 521, .window = 990})},
      {client({.flags = "PA", .seq = 111, .ack = 521, .window = 1000, .payload_len = 10})},
      {server({.flags = "A", .seq = 521, .ack = 121, .window = 2000})},
      {client({.flags = "FA", .seq = 121, .ack = 521, .window = 990})},
      {server({.flags = "A", .seq = 521, .ack = 122, .window = 2000})},
      {server({.flags = "FA", .seq = 521, .ack = 122, .window = 2000})},
      {client({.flags = "A", .seq = 122, .ack = 522, .window = 990})}};
  return with_options(std::move(script), options);
}

// Met while but one end has something to send, whose data is on its way.
[[nodiscard]] Script met_in_bulk(Options options) {
  Script script = {
      {server({.flags = "A", .seq = 3000, .ack = 111, .window = 2000, .payload_len = 1000})},
      {server({.flags = "PA", .seq = 4000, .ack = 111, .window = 2000, .payload_len = 1000})},
      {client({.flags = "A", .seq = 111, .ack = 3000, .window = 30000})},
      {client({.flags = "A", .seq = 111, .ack = 5000, .window = 29000})},
      {server({.flags = "A", .seq = 5000, .ack = 111, .window = 2000, .payload_len = 1000})},
      {client({.flags = "A", .seq = 111, .ack = 6000, .window = 30000})},
      {server({.flags = "FPA", .seq = 6000, .ack = 111, .window = 2000, .payload_len = 3})},
      {client({.flags = "FA", .seq = 111, .ack = 6004, .window = 30000})},
      {server({.flags = "A", .seq = 6004, .ack = 112, .window = 2000})}};
  return with_options(std::move(script), options);
}

// Both after the input has ended `later` than the last segment.
void expect_same_of(const Script& script, nanoseconds later) {
  Engine folding(1);
  Engine following(1, step_by_step());
  nanoseconds time{seconds{1'700'000'000}};
  std::uint64_t frames = 0;
  for (const Seen& seen : script) {
    time += seen.later;
    const Buffer bytes = tcp(seen.segment);
    const capture::Frame frame = frame_of(bytes, time, ++frames);
    folding.take({&frame, 1});
    following.take({&frame, 1});
  }
  for (Engine* engine : {&folding, &following}) {
    engine->advance_to(capture::Timestamp{time + later});
    engine->finish();
  }
  expect_same(folding, following);
}

// Every beginning of the script, followed by so much silence.
void expect_same_of_each_prefix(const Script& script) {
  for (std::size_t length = 1; length <= script.size(); ++length) {
    for (const seconds silence : {seconds{0}, seconds{5}, seconds{100}}) {
      SCOPED_TRACE(std::to_string(length) + " segments, then " + std::to_string(silence.count()) +
                   " s");
      expect_same_of({script.begin(), script.begin() + static_cast<std::ptrdiff_t>(length)},
                     silence);
    }
  }
}

using Life = Script (*)(Options);

class Folding : public testing::TestWithParam<std::tuple<Life, Options>> {
 protected:
  [[nodiscard]] Script script() const { return std::get<0>(GetParam())(std::get<1>(GetParam())); }
};

INSTANTIATE_TEST_SUITE_P(
    Lives, Folding,
    testing::Combine(testing::Values(&whole_life, &short_life, &met_life, &met_in_bulk),
                     testing::Values(Options::none, Options::all, Options::still_clock)));

class FoldingAHandshake : public Folding {};

INSTANTIATE_TEST_SUITE_P(Lives, FoldingAHandshake,
                         testing::Combine(testing::Values(&whole_life, &short_life),
                                          testing::Values(Options::none, Options::all,
                                                          Options::still_clock)));

// Whether all of it was kept without a Connection.
[[nodiscard]] bool is_folded(const Script& script) {
  Engine engine(1);
  nanoseconds time{seconds{1'700'000'000}};
  std::uint64_t frames = 0;
  for (const Seen& seen : script) {
    time += seen.later;
    const Buffer bytes = tcp(seen.segment);
    const capture::Frame frame = frame_of(bytes, time, ++frames);
    engine.take({&frame, 1});
  }
  return engine.model().tcp.connections().plain(0).has_value();
}

TEST_P(Folding, FoldsIt) { EXPECT_TRUE(is_folded(script())); }

TEST_P(FoldingAHandshake, FoldsItThoughItIdlesAfterTheHandshake) {
  Script idle = script();
  idle[3].later = seconds{90};
  // What comes late with a clock that stood still may be an old one.
  EXPECT_EQ(is_folded(idle), std::get<Options>(GetParam()) != Options::still_clock);
}

TEST_P(FoldingAHandshake, FoldsAHandshakeThatTakesLong) {
  for (const milliseconds later : {milliseconds{3399}, milliseconds{3601}, milliseconds{19'999}}) {
    Script slow = script();
    slow[1].later = slow[2].later = later;
    EXPECT_EQ(is_folded(slow), std::get<Options>(GetParam()) != Options::still_clock);
  }
}

TEST_P(FoldingAHandshake, FoldsNoHandshakeInWhichSomebodyMayHaveGivenUp) {
  for (const milliseconds later : {milliseconds{3400}, milliseconds{3600}, milliseconds{20'000}}) {
    for (const std::size_t step : {1u, 2u}) {
      Script slow = script();
      slow[step].later = later;
      EXPECT_FALSE(is_folded(slow)) << later.count() << " ms before " << step;
    }
  }
}

// What was kept of its meeting has no room for more, and it does not rest yet.
TEST(FoldingAMeeting, SaysTheSameWhereOneEndIsSilentForLong) {
  for (const Options options : {Options::none, Options::all, Options::still_clock}) {
    Script script;
    constexpr std::uint32_t kMany = 6;
    for (std::uint32_t i = 0; i < kMany; ++i) {
      script.push_back({server({.flags = "A",
                                .seq = 3000 + 1000 * i,
                                .ack = 111,
                                .window = 2000,
                                .payload_len = 1000})});
    }
    script.push_back({client({.flags = "A", .seq = 111, .ack = 9000, .window = 30000})});
    script = with_options(std::move(script), options);
    EXPECT_FALSE(is_folded(script));
    expect_same_of_each_prefix(script);
  }
}

TEST_P(Folding, SaysTheSameAtEachStep) { expect_same_of_each_prefix(script()); }

TEST_P(Folding, SaysTheSameWhenOneSegmentIsMissing) {
  for (std::size_t missing = 0; missing < script().size(); ++missing) {
    SCOPED_TRACE("without " + std::to_string(missing));
    Script some = script();
    some.erase(some.begin() + static_cast<std::ptrdiff_t>(missing));
    expect_same_of_each_prefix(some);
  }
}

TEST_P(Folding, SaysTheSameWhenOneSegmentComesTwice) {
  for (const nanoseconds later : {nanoseconds{1000}, nanoseconds{seconds{1}}}) {
    for (std::size_t twice = 0; twice < script().size(); ++twice) {
      SCOPED_TRACE(std::to_string(twice) + " twice");
      Script more = script();
      Seen again = more[twice];
      again.later = later;
      more.insert(more.begin() + static_cast<std::ptrdiff_t>(twice) + 1, again);
      expect_same_of_each_prefix(more);
    }
  }
}

TEST_P(Folding, SaysTheSameWhenOneSegmentIsSlow) {
  constexpr seconds kLater[] = {seconds{1},    seconds{3},    seconds{4},
                                seconds{11},   seconds{19},   seconds{70},
                                seconds{3599}, seconds{3600}, seconds{70'000}};
  for (const seconds later : kLater) {
    for (std::size_t slow = 0; slow < script().size(); ++slow) {
      SCOPED_TRACE(std::to_string(slow) + " after " + std::to_string(later.count()) + " s");
      Script slower = script();
      slower[slow].later = later;
      expect_same_of(slower, seconds{0});
      expect_same_of(slower, seconds{100});
    }
  }
}

TEST_P(FoldingAHandshake, SaysTheSameWhenAHandshakeIsSlow) {
  for (const milliseconds first : {milliseconds{1}, milliseconds{3450}, milliseconds{4000}}) {
    for (const milliseconds second :
         {milliseconds{3550}, milliseconds{4000}, milliseconds{15000}}) {
      SCOPED_TRACE(std::to_string(first.count()) + " and " + std::to_string(second.count()) +
                   " ms");
      Script slower = script();
      slower[1].later = first;
      slower[2].later = second;
      expect_same_of_each_prefix(slower);
    }
  }
}

TEST_P(Folding, SaysTheSameWhenAResetComes) {
  for (std::size_t at = 1; at < script().size(); ++at) {
    SCOPED_TRACE("reset after " + std::to_string(at));
    Script broken = script();
    TcpSpec reset = broken[at - 1].segment;
    const bool counts = reset.flags.find_first_of("SF") != std::string_view::npos;
    reset.seq += (counts ? 1u : 0u) + static_cast<std::uint32_t>(reset.payload_len);
    reset.flags = "RA";
    reset.payload_len = 0;
    broken.insert(broken.begin() + static_cast<std::ptrdiff_t>(at), Seen{reset});
    expect_same_of_each_prefix(broken);
  }
}

std::vector<std::string> captures() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(TAPSTAT_SAMPLES)) {
    const std::string path = entry.path().string();
    if (path.find(".pcap") != std::string::npos) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class FoldingOf : public testing::TestWithParam<std::string> {};

TEST_P(FoldingOf, SaysTheSame) {
  auto source = capture::open_file(GetParam());
  ASSERT_TRUE(source);
  Engine folding(1);
  Engine following(1, step_by_step());
  for (auto frames = (*source)->next_batch(); !frames.empty(); frames = (*source)->next_batch()) {
    folding.take(frames);
    following.take(frames);
  }
  folding.finish();
  following.finish();
  expect_same(folding, following);
}

INSTANTIATE_TEST_SUITE_P(Samples, FoldingOf, testing::ValuesIn(captures()));

}  // namespace
}  // namespace tapstat::test
