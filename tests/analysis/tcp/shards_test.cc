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
#include <string>
#include <vector>

#include "analysis/tcp/connections.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/history.h"
#include "analysis/tcp/segment_log.h"

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
