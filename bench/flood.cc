#include "bench/flood.h"

#include <utility>

#include "bench/population.h"
#include "decode/segment.h"

namespace tapstat::bench {
namespace {

using decode::TcpFlags;

constexpr std::uint8_t kServerNet = 2, kRealNet = 9;
constexpr std::uint32_t kRealSegments = 16, kRealPerResponse = 2;
constexpr std::uint32_t kFirstSpoofed = 64u << 24;
constexpr std::uint32_t kSpoofedSpace = 1u << 27;
constexpr std::uint32_t kStride = 0x9e3779b1;  // odd: no address comes twice
constexpr std::uint16_t kSynWindow = 64240;

Plan real_plan(std::uint32_t number, const Socket& server, Random& random) {
  const auto port = static_cast<std::uint16_t>(kFirstClientPort + random.below(1u << 14));
  Plan plan;
  plan.client = make_socket(kRealNet, static_cast<std::uint16_t>(number), port);
  plan.server = server;
  plan.segments = kRealSegments;
  plan.per_response = kRealPerResponse;
  return plan;
}

}  // namespace

Flood::Flood(const FloodOptions& options)
    : options_(options),
      random_(options.seed),
      clock_(options.rate),
      real_planned_(std::uint64_t{options.real} * kRealPackets),
      spoofed_planned_(std::uint64_t{options.sources} * (options.answered ? 2 : 1)),
      server_(make_socket(kServerNet, 1, kServerPort)) {
  real_.reserve(options.real);
  for (std::uint32_t i = 0; i < options.real; ++i) {
    real_.emplace_back(real_plan(i, server_, random_), random_);
  }
}

std::optional<Packet> Flood::next() {
  clock_.tick(random_);
  if (real_is_due()) {
    if (auto packet = next_real()) return packet;
  }
  if (spoofed_packets_ == spoofed_planned_) return std::nullopt;
  return next_spoofed();
}

// In proportion, so that both end together; what repairs losses comes after the flood.
bool Flood::real_is_due() const {
  if (real_.empty()) return false;
  if (spoofed_packets_ == spoofed_planned_) return true;
  return real_steps_ * spoofed_planned_ < spoofed_packets_ * real_planned_;
}

// Each in turn; nothing where what it sent was lost before the tap and the flood goes on.
std::optional<Packet> Flood::next_real() {
  while (!real_.empty()) {
    if (turn_ >= real_.size()) turn_ = 0;
    Connection& connection = real_[turn_];
    if (spoofed_packets_ == spoofed_planned_) clock_.wait_until(connection.not_before());
    ++real_steps_;
    ++turn_;
    if (clock_.now() < connection.not_before()) return std::nullopt;
    SegmentFields segment;
    const bool seen = connection.step(options_.path, clock_.now(), random_, segment);
    Packet packet;
    if (seen) packet = {clock_.now(), writer_.write(segment)};
    if (connection.done()) {
      std::swap(connection, real_.back());
      real_.pop_back();
    }
    if (seen) return packet;
  }
  return std::nullopt;
}

Packet Flood::next_spoofed() {
  const bool answer = options_.answered && spoofed_packets_ % 2 == 1;
  if (!answer) draw_source();
  ++spoofed_packets_;
  SegmentFields s{.src = &source_, .dst = &server_, .flags = TcpFlags::kSyn};
  s.ip_id = static_cast<std::uint16_t>(random_.bits());
  s.window = kSynWindow;
  s.seq = source_seq_;
  s.tsval = source_tsval_;
  if (answer) {
    std::swap(s.src, s.dst);
    s.flags |= TcpFlags::kAck;
    s.seq = random_.bits();
    s.ack = source_seq_ + 1;
    s.tsval = random_.bits();
    s.tsecr = source_tsval_;
  }
  return {clock_.now(), writer_.write(s)};
}

void Flood::draw_source() {
  const auto number = static_cast<std::uint32_t>(spoofed_packets_ / (options_.answered ? 2 : 1));
  const std::uint32_t ip = kFirstSpoofed + number * kStride % kSpoofedSpace;
  for (std::size_t i = 0; i < 4; ++i) {
    source_.ip[i] = static_cast<std::uint8_t>(ip >> (24 - 8 * i));
  }
  source_.port = static_cast<std::uint16_t>(1024 + random_.below(64512));
  source_seq_ = random_.bits();
  source_tsval_ = random_.bits();
}

}  // namespace tapstat::bench
