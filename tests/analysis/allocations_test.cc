// The way of a packet asks nobody for memory, once the connections are there.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "analysis/engine.h"
#include "capture/open_file.h"
#include "tests/support/packet_builder.h"

namespace {

std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// For the whole program: those of arrays and without exceptions come to these.
void* operator new(std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tapstat::test {
namespace {

constexpr std::uint32_t kConnections = 300;

// What every connection sends, one after the other, in rounds.
class Rounds {
 public:
  void shake_hands() {
    add({.flags = "S", .seq = 100}, true);
    add({.flags = "SA", .seq = 500, .ack = 101}, false);
    add({.flags = "A", .seq = 101, .ack = 501}, true);
  }
  void send() {
    add({.flags = "PA", .seq = 101 + asked_, .ack = 501 + told_, .payload_len = 10}, true);
    asked_ += 10;
    add({.flags = "PA", .seq = 501 + told_, .ack = 101 + asked_, .payload_len = 30}, false);
    told_ += 30;
    add({.flags = "A", .seq = 101 + asked_, .ack = 501 + told_}, true);
  }

  // A round of all connections.
  struct Round {
    std::vector<Buffer> bytes;
    std::vector<capture::Frame> frames;
  };
  [[nodiscard]] Round taken() {
    Round round{std::move(bytes_), {}};
    bytes_.clear();
    for (const Buffer& b : round.bytes) {
      time_ += std::chrono::microseconds{20};
      round.frames.push_back(frame_of(b, time_, ++frames_));
    }
    return round;
  }

 private:
  void add(TcpSpec spec, bool by_client) {
    for (std::uint32_t i = 0; i < kConnections; ++i) {
      spec.src_port = static_cast<std::uint16_t>(10'000 + i);
      spec.dst_port = 80;
      if (!by_client) std::swap(spec.src_port, spec.dst_port);
      spec.src = by_client ? "10.0.0.1" : "10.0.0.2";
      spec.dst = by_client ? "10.0.0.2" : "10.0.0.1";
      bytes_.push_back(tcp(spec));
    }
  }

  std::vector<Buffer> bytes_;
  std::uint32_t asked_ = 0, told_ = 0;
  std::chrono::nanoseconds time_{std::chrono::seconds{1'700'000'000}};
  std::uint64_t frames_ = 0;
};

void take(analysis::Engine& engine, const Rounds::Round& round) {
  for (std::span<const capture::Frame> rest = round.frames; !rest.empty();) {
    const auto batch = rest.first(std::min<std::size_t>(rest.size(), 128));
    engine.take(batch);
    rest = rest.subspan(batch.size());
  }
}

[[nodiscard]] std::uint64_t allocations_of_later_rounds(const analysis::tcp::Settings& settings,
                                                        const analysis::Wanted& wanted) {
  constexpr int kWarm = 6, kCounted = 6;
  analysis::Engine engine(1, settings, wanted);
  Rounds rounds;
  rounds.shake_hands();
  take(engine, rounds.taken());
  std::uint64_t before = 0;
  std::uint64_t counted = 0;
  for (int i = 0; i < kWarm + kCounted; ++i) {
    rounds.send();
    const auto round = rounds.taken();
    before = allocations;
    take(engine, round);
    if (i >= kWarm) counted += allocations - before;
  }
  EXPECT_EQ(engine.model().totals.packets, (3u + 3u * (kWarm + kCounted)) * kConnections);
  return counted;
}

TEST(Allocations, AreCounted) {
  const std::uint64_t before = allocations;
  const std::vector<int> some(10);
  EXPECT_EQ(allocations, before + 1);
}

TEST(Allocations, NoneOfThePacketsOfStates) { EXPECT_EQ(allocations_of_later_rounds({}, {}), 0u); }

TEST(Allocations, NoneWithAllThatIsMeasured) {
  analysis::tcp::Settings settings;
  settings.analysis = settings.journal = true;
  analysis::Wanted wanted;
  wanted.packets = wanted.neighbors = wanted.stations = wanted.trees = true;
  wanted.legs = true;
  EXPECT_EQ(allocations_of_later_rounds(settings, wanted), 0u);
}

TEST(Allocations, NoneOfReading) {
  auto source = capture::open_file(TAPSTAT_SAMPLES "/findings/syn-rush.pcap");
  ASSERT_TRUE(source.has_value());
  std::size_t packets = (*source)->next_batch().size();
  const std::size_t first = packets;
  const std::uint64_t before = allocations;
  for (auto batch = (*source)->next_batch(); !batch.empty(); batch = (*source)->next_batch()) {
    packets += batch.size();
  }
  EXPECT_EQ(allocations - before, 0u);
  EXPECT_GT(packets, 2 * first) << "of further batches";
}

}  // namespace
}  // namespace tapstat::test
