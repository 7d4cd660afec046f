// The same frames followed by one thread and by several, in batches of any size: the same tables.
#include "analysis/tcp/shards.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/tcp/connections.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/history.h"
#include "analysis/tcp/segment_log.h"
#include "decode/decoder.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis::tcp {
namespace {

using std::chrono::microseconds;

// What the pointers of a segment point at; gone with the batch it came in.
struct Wire {
  std::array<std::uint8_t, 8> addresses{};
  std::array<std::uint8_t, 12> macs{};
  std::array<std::uint8_t, 12> timestamps{1, 1, 8, 10};
};

struct Packet {
  Segment segment{};
  Wire wire;
  bool is_error = false;  // an ICMP error that quotes it
};

// Short connections to a few servers, many of them open at once: each shakes hands, sends, sends
// some of that twice, and is closed, reset or forgotten. Some are refused by an ICMP error. Clocks
// jump back now and then.
class Traffic {
 public:
  explicit Traffic(std::size_t packets) {
    while (packets_.size() < packets) {
      Flow& flow = flows_[random() % flows_.size()];
      step(flow);
    }
  }
  [[nodiscard]] const std::vector<Packet>& packets() const { return packets_; }

 private:
  struct Flow {
    std::uint32_t client = 0, step = 0;
    std::uint16_t port = 0;
    std::uint32_t seq = 0, ack = 0;
  };

  [[nodiscard]] std::uint32_t random() { return static_cast<std::uint32_t>(random_()); }

  void step(Flow& flow) {
    using F = decode::TcpFlags;
    switch (flow.step++) {
      case 0:
        flow = {random() % 64, 1, static_cast<std::uint16_t>(1024 + random() % 400), random(),
                random()};
        return add(flow, true, F::kSyn, 0);
      case 1:
        if (random() % 16 == 0) return refuse(flow);
        ++flow.seq;
        return add(flow, false, F::kSyn | F::kAck, 0);
      case 2:
        ++flow.ack;
        return add(flow, true, F::kAck, 0);
      case 9:
        add(flow, true, random() % 3 == 0 ? F::kRst : F::kFin | F::kAck, 0);
        ++flow.seq;
        return;
      case 10:
        return add(flow, false, F::kFin | F::kAck, 0);
      case 11:
        flow.step = 0;
        ++flow.ack;
        return add(flow, true, F::kAck, 0);
      default:
        const bool again = random() % 8 == 0;
        const std::uint32_t length = random() % 1000;
        add(flow, true, F::kAck, length);
        if (!again) flow.seq += length;
    }
  }

  void add(const Flow& flow, bool by_client, int flags, std::uint32_t length) {
    time_ += microseconds{random() % 500};
    if (random() % 1000 == 0) time_ -= microseconds{random() % 400};
    if (random() % 5000 == 0) time_ += std::chrono::seconds{40};
    Packet& packet = packets_.emplace_back();
    Segment& seg = packet.segment;
    const auto client = static_cast<std::uint8_t>(flow.client);
    const std::array<std::uint8_t, 4> from{10, 0, 0, client}, to{10, 0, 1, 1};
    std::memcpy(packet.wire.addresses.data(), by_client ? from.data() : to.data(), 4);
    std::memcpy(packet.wire.addresses.data() + 4, by_client ? to.data() : from.data(), 4);
    packet.wire.macs[11] = by_client ? client : 255;
    seg.src_port = by_client ? flow.port : 80;
    seg.dst_port = by_client ? 80 : flow.port;
    seg.flags = decode::TcpFlags(static_cast<std::uint8_t>(flags));
    seg.seq = by_client ? flow.seq : flow.ack;
    seg.ack = by_client ? flow.ack : flow.seq;
    seg.payload_len = seg.payload_captured = length;
    seg.wire_len = 66 + length;
    seg.window = 60000;
    seg.ip_id = static_cast<std::uint16_t>(packets_.size());
    seg.ip_version = 4;
    seg.ttl = 64;
    seg.frame = packets_.size();
    seg.time = Timestamp{time_};
  }

  void refuse(Flow& flow) {
    add(flow, true, 0, 0);
    packets_.back().is_error = true;
    --packets_.back().segment.seq;
    flow.step = 0;
  }

  std::mt19937 random_{7};
  std::array<Flow, 200> flows_{};
  std::vector<Packet> packets_;
  std::chrono::nanoseconds time_{std::chrono::seconds{1'700'000'000}};
};

// A copy that is whole: its pointers are into itself.
class Batch {
 public:
  Batch(const std::vector<Packet>& all, std::size_t at, std::size_t n)
      : packets_(all.begin() + static_cast<std::ptrdiff_t>(at),
                 all.begin() + static_cast<std::ptrdiff_t>(std::min(at + n, all.size()))) {
    for (Packet& p : packets_) {
      p.segment.ip_src = p.wire.addresses.data();
      p.segment.ip_dst = p.wire.addresses.data() + 4;
      p.segment.macs = p.wire.macs.data();
      p.segment.options = p.wire.timestamps.data();
      p.segment.options_len = static_cast<std::uint8_t>(p.wire.timestamps.size());
    }
  }
  void give_to(Shards& shards) const {
    for (const Packet& p : packets_) {
      if (p.is_error) {
        shards.take_error({.type = 3, .code = 3, .quoted = p.segment});
      } else {
        shards.next() = p.segment;
        shards.take();
      }
      shards.end_frame(p.segment.time);
    }
    shards.end_batch();
  }

 private:
  std::vector<Packet> packets_;
};

struct Way {
  unsigned jobs = 1;
  std::size_t batch = 128;
  std::uint64_t secret = 1;
};

void tell(const Connections& connections, const History& history, std::string& text) {
  for (const Connection& c : connections) {
    text += fmt::format("{} {}:{} {} {} {}:", c.id(), c.key().address[0].low(), c.key().port[0],
                        c.client(), c.first().time_since_epoch().count(),
                        static_cast<int>(c.closed_by()));
    for (int end = 0; end < 2; ++end) {
      text += fmt::format(" {} {} {}", name(c.end(end).state()), c.traffic(end).packets,
                          c.end(end).bytes());
      for (const Step& step : history.steps(c.id(), end)) {
        text += fmt::format(" {}>{}@{}#{}{}", name(step.from), name(step.to),
                            step.time.time_since_epoch().count(), step.frame, step.sure ? "" : "?");
      }
    }
    text += '\n';
  }
}

// All that can be told of it.
[[nodiscard]] std::string told(const Traffic& traffic, const Way& way) {
  SegmentLog log{ConnectionChoice{std::uint32_t{300}}};
  EventLog events;
  Shards shards(
      way.secret,
      {.journal = true, .analysis = true, .log = &log, .events = &events, .jobs = way.jobs}, true);
  const auto& packets = traffic.packets();
  for (std::size_t at = 0; at < packets.size(); at += way.batch) {
    Batch(packets, at, way.batch).give_to(shards);
  }
  shards.finish();
  std::string text;
  tell(shards.tables(), shards.tables(), text);
  for (std::uint32_t i = 0; i < events.events().size(); ++i) {
    const LoggedEvent& e = events.events()[i];
    text += fmt::format("{} {} {}\n", e.frame, e.connection, name(e.kind));
  }
  for (std::uint32_t i = 0; i < log.size(); ++i) text += fmt::format("{}\n", log[i].frame);
  return text;
}

// Long enough for blocks that are worth sharing.
[[nodiscard]] const Traffic& long_traffic() {
  static const Traffic traffic(60'000);
  return traffic;
}

TEST(Shards, TellTheSameWithAnyNumberOfJobs) {
  const std::string alone = told(long_traffic(), {});
  EXPECT_GT(alone.size(), 1'000'000u);
  EXPECT_EQ(told(long_traffic(), {.jobs = 2}), alone);
  EXPECT_EQ(told(long_traffic(), {.jobs = 3}), alone);
  EXPECT_EQ(told(long_traffic(), {.jobs = 8, .batch = 1000}), alone);
}

TEST(Shards, TellTheSameInBatchesOfAnySize) {
  const std::string by_128 = told(long_traffic(), {});
  EXPECT_EQ(told(long_traffic(), {.batch = 1}), by_128);
  EXPECT_EQ(told(long_traffic(), {.batch = 60'000}), by_128);
  EXPECT_EQ(told(long_traffic(), {.jobs = 2, .batch = 7}), by_128);
}

TEST(Shards, TellTheSameWithAnySecret) {
  const std::string with_1 = told(long_traffic(), {});
  EXPECT_EQ(told(long_traffic(), {.secret = 2}), with_1);
  EXPECT_EQ(told(long_traffic(), {.jobs = 2, .secret = 0x123456789abcdef}), with_1);
}

// How the journals changed, as it was told, and when.
[[nodiscard]] std::string changes_told(const Traffic& traffic, const Way& way) {
  std::string text;
  Settings settings{.journal = true, .jobs = way.jobs};
  settings.on_steps = [&](std::span<const JournalChange> changes, Timestamp now) {
    text += fmt::format("{}\n", now.time_since_epoch().count());
    for (const JournalChange& c : changes) {
      text += fmt::format("{} {} {} {}>{}@{}{}\n", c.connection, c.end, static_cast<int>(c.kind),
                          name(c.step.from), name(c.step.to),
                          c.step.time.time_since_epoch().count(), c.step.sure ? "" : "?");
    }
  };
  Shards shards(way.secret, settings, false);
  const auto& packets = traffic.packets();
  for (std::size_t at = 0; at < packets.size(); at += way.batch) {
    Batch(packets, at, way.batch).give_to(shards);
  }
  shards.finish();
  return text;
}

TEST(Shards, TellChangesOfTheJournalInOneOrder) {
  const std::string alone = changes_told(long_traffic(), {});
  EXPECT_GT(alone.size(), 1'000'000u);
  EXPECT_EQ(changes_told(long_traffic(), {.jobs = 2}), alone);
  EXPECT_EQ(changes_told(long_traffic(), {.jobs = 3, .batch = 1000}), alone);
  EXPECT_EQ(changes_told(long_traffic(), {.batch = 1}), alone);
  EXPECT_EQ(changes_told(long_traffic(), {.secret = 2}), alone);
}

TEST(Shards, IdsAreTheOrderOfFirstPackets) {
  Shards shards(1, {.jobs = 2}, false);
  const auto& packets = long_traffic().packets();
  Batch(packets, 0, packets.size()).give_to(shards);
  shards.finish();
  const Connections connections = shards.tables();
  ASSERT_GT(connections.size(), 1000u);
  std::vector<std::uint32_t> of_shard(kShards);
  for (const Connection& c : connections) {
    EXPECT_EQ(connections[c.id()].key(), c.key());
    ++of_shard[shards.tables().directory.place(c.id()).shard()];
  }
  for (const std::uint32_t n : of_shard) EXPECT_GT(n, 10u) << "a shard is left out";
}

// Connections over IPv4 and IPv6, some with a VLAN tag, some with two, that open, talk, pause and
// close, as frames.
class Frames {
 public:
  Frames() {
    constexpr int kSteps = 40;
    for (int step = 0; step < kSteps; ++step) {
      for (int flow = 0; flow < 100; ++flow) {
        if ((step * 7 + flow) % 5 != 0) add(flow, step);
      }
      if (step == kSteps / 2) time_ += std::chrono::seconds{5};
    }
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      frames_.push_back(test::frame_of(bytes_[i], times_[i], i + 1));
    }
  }
  [[nodiscard]] std::span<const capture::Frame> all() const { return frames_; }

 private:
  struct Flow {
    std::uint32_t sent[2] = {1000, 5000};
    int step = 0;
  };

  void add(int index, int step) {
    Flow& flow = flows_[static_cast<std::size_t>(index)];
    const std::string port = std::to_string(index);
    const bool is_v6 = index % 3 == 0;
    const std::string ends[2] = {(is_v6 ? "2001:db8::1:" : "10.0.1.") + port,
                                 is_v6 ? "2001:db8::2" : "10.0.2.1"};
    const int at = flow.step++;
    const std::size_t sender = at == 1 ? 1 : at < 3 ? 0 : static_cast<std::size_t>(at) % 2;
    test::TcpSpec spec{.src = ends[sender], .dst = ends[1 - sender]};
    spec.src_port = sender == 0 ? 40000 : 80;
    spec.dst_port = sender == 0 ? 80 : 40000;
    spec.flags = at == 0 ? "S" : at == 1 ? "SA" : at == 25 || at == 26 ? "FA" : "A";
    spec.seq = flow.sent[sender];
    spec.ack = at == 0 ? 0 : flow.sent[1 - sender];
    spec.payload_len = at > 2 && at < 25 ? static_cast<std::size_t>(step % 3) * 100 : 0;
    flow.sent[sender] += static_cast<std::uint32_t>(spec.payload_len) +
                         (spec.flags != std::string_view{"A"} ? 1u : 0u);
    std::vector<std::uint16_t> vlans(static_cast<std::size_t>(index % 4 == 0 ? index % 3 : 0), 7);
    bytes_.push_back(test::ethernet(test::tcp_packet(spec), {.vlan = std::move(vlans)}));
    time_ += microseconds{300};
    times_.push_back(time_);
  }

  std::array<Flow, 100> flows_{};
  std::vector<test::Buffer> bytes_;
  std::vector<std::chrono::nanoseconds> times_;
  std::chrono::nanoseconds time_{std::chrono::seconds{1'700'000'000}};
  std::vector<capture::Frame> frames_;
};

// `by_frame`: where the frames are plain they are taken as such. A batch's bytes go with it.
[[nodiscard]] std::string told_of(std::span<const capture::Frame> all, const Way& way,
                                  bool by_frame) {
  Shards shards(way.secret, {.jobs = way.jobs}, false);
  while (!all.empty()) {
    std::vector<test::Buffer> bytes;
    std::vector<capture::Frame> batch;
    for (const capture::Frame& f : all.first(std::min(way.batch, all.size()))) {
      bytes.emplace_back(f.data, f.data + f.captured_len);
      batch.push_back(f);
      batch.back().data = bytes.back().data();
    }
    for (std::span<const capture::Frame> rest = batch; !rest.empty();) {
      const std::size_t taken = by_frame ? shards.take_plain(rest) : 0;
      rest = rest.subspan(taken);
      if (rest.empty()) break;
      EXPECT_TRUE(decode::decode_tcp(rest.front(), shards.next()));
      shards.take();
      shards.end_frame(rest.front().time);
      rest = rest.subspan(1);
    }
    shards.end_batch();
    all = all.subspan(batch.size());
  }
  shards.finish();
  std::string text;
  tell(shards.tables(), shards.tables(), text);
  return text;
}

TEST(Shards, TellTheSameOfFramesThatArePlain) {
  const Frames frames;
  const std::string by_segment = told_of(frames.all(), {}, false);
  EXPECT_EQ(std::count(by_segment.begin(), by_segment.end(), '\n'), 100);
  EXPECT_NE(by_segment.find("TIME_WAIT"), std::string::npos);
  EXPECT_EQ(told_of(frames.all(), {}, true), by_segment);
  EXPECT_EQ(told_of(frames.all(), {.batch = 1}, true), by_segment);
  EXPECT_EQ(told_of(frames.all(), {.jobs = 2}, true), by_segment);
  EXPECT_EQ(told_of(frames.all(), {.jobs = 3, .batch = 1000}, true), by_segment);
}

TEST(Shards, TakeNoPlainFramesWhereSomebodyFollowsSegments) {
  const Frames frames;
  EXPECT_EQ(Shards(1, {.analysis = true}, false).take_plain(frames.all()), 0u);
  EXPECT_EQ(Shards(1, {}, true).take_plain(frames.all()), 0u);
}

// Nothing waits for a batch to come.
TEST(Shards, TimeThatComesTellsWhatIsPending) {
  Shards shards(1, {.jobs = 2}, false);
  const auto& packets = long_traffic().packets();
  Batch(packets, 0, 20'000).give_to(shards);
  shards.advance_to(packets[20'000].segment.time);
  std::uint64_t seen = 0, errors = 0;
  for (std::size_t i = 0; i < 20'000; ++i) errors += packets[i].is_error ? 1 : 0;
  for (const Connection& c : Connections(shards.tables())) {
    seen += c.traffic(0).packets + c.traffic(1).packets;
  }
  EXPECT_EQ(seen + errors, 20'000u);
}

}  // namespace
}  // namespace tapstat::analysis::tcp
