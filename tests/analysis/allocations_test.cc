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

constexpr std::size_t kUsual = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

void* counted(std::size_t size, std::size_t alignment = kUsual) noexcept {
  ++allocations;
  return std::aligned_alloc(alignment, (size + alignment) / alignment * alignment);
}

void* counted_or_thrown(std::size_t size, std::size_t alignment = kUsual) {
  void* const memory = counted(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// Not inlined: the compiler would warn of what it then sees only one half of.
[[gnu::noinline]] void freed(void* memory) noexcept { std::free(memory); }

std::size_t bytes(std::align_val_t alignment) { return static_cast<std::size_t>(alignment); }

}  // namespace

// For the whole program, and all of them: a checker of memory has its own for those left out.
// NOLINTBEGIN(misc-new-delete-overloads)
using Nothrow = const std::nothrow_t&;
void* operator new(std::size_t n) { return counted_or_thrown(n); }
void* operator new[](std::size_t n) { return counted_or_thrown(n); }
void* operator new(std::size_t n, Nothrow) noexcept { return counted(n); }
void* operator new[](std::size_t n, Nothrow) noexcept { return counted(n); }
void* operator new(std::size_t n, std::align_val_t a) { return counted_or_thrown(n, bytes(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return counted_or_thrown(n, bytes(a)); }
void operator delete(void* p) noexcept { freed(p); }
void operator delete[](void* p) noexcept { freed(p); }
void operator delete(void* p, Nothrow) noexcept { freed(p); }
void operator delete[](void* p, Nothrow) noexcept { freed(p); }
void operator delete(void* p, std::size_t) noexcept { freed(p); }
void operator delete[](void* p, std::size_t) noexcept { freed(p); }
void operator delete(void* p, std::align_val_t) noexcept { freed(p); }
void operator delete[](void* p, std::align_val_t) noexcept { freed(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { freed(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { freed(p); }
// NOLINTEND(misc-new-delete-overloads)

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

// Once it has begun: of the batches between the first and the last.
TEST(Allocations, NoneOfReading) {
  auto source = capture::open_file(TAPSTAT_SAMPLES "/findings/syn-rush.pcap");
  ASSERT_TRUE(source.has_value());
  ASSERT_FALSE((*source)->next_batch().empty());
  std::vector<std::uint64_t> counts{allocations};
  counts.reserve(1000);
  counts.back() = allocations;
  while (!(*source)->next_batch().empty()) counts.push_back(allocations);
  ASSERT_GT(counts.size(), 5u);
  EXPECT_LE(counts.back() - counts.front(), 1u) << "what is read at a time becomes more, once";
}

}  // namespace
}  // namespace tapstat::test
