// A fuzzer's bytes as the segments of a handful of connections: what hosts send, and what nobody
// should; reordered, overlapping, wrapped, repeated, cut short, of lying lengths, and at any time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "capture/frame.h"
#include "tests/fuzz/choices.h"

namespace tapstat::test {

class SegmentScript {
 public:
  explicit SegmentScript(std::span<const std::uint8_t> bytes);

  // The frames of the next step, mostly one, valid until the next call; nullopt: it is over. No
  // frames: time went on.
  [[nodiscard]] std::optional<std::span<const capture::Frame>> next();
  [[nodiscard]] capture::Timestamp now() const { return now_; }

 private:
  static constexpr unsigned kConnections = 4;
  static constexpr std::uint32_t kBurst = 128;

  struct Tcp {
    unsigned connection = 0;
    int sender = 0;
    std::uint8_t flags = 0;
    std::uint32_t seq = 0, ack = 0;
    std::uint16_t window = 8192, src_port = 0;
    std::uint16_t payload_len = 0;
    std::vector<std::uint8_t> options{};
  };
  // What a correct host would send next.
  struct Host {
    std::uint32_t nxt = 0, heard = 0;
    bool has_begun = false;
  };

  void step();
  [[nodiscard]] Tcp usual(unsigned connection, int sender, std::uint8_t flags);
  void send(const Tcp& segment);
  void note(const Tcp& segment);
  void send_usual(unsigned kind, unsigned connection, int sender);
  void send_odd(unsigned kind, unsigned connection, int sender);
  void send_again(unsigned kind);
  void send_error(unsigned connection);
  void send_burst();
  void pass_time(unsigned kind);
  [[nodiscard]] std::vector<std::uint8_t> options();
  [[nodiscard]] static std::vector<std::uint8_t> bytes_of(const Tcp& segment);
  void add(std::vector<std::uint8_t> frame, std::uint32_t captured_len);

  Choices choices_;
  std::array<std::array<Host, 2>, kConnections> hosts_{};
  std::vector<std::vector<std::uint8_t>> sent_;  // the last of them
  std::vector<std::vector<std::uint8_t>> bytes_;
  std::vector<capture::Frame> frames_;
  capture::Timestamp now_{std::chrono::seconds{1'700'000'000}};
  std::uint64_t number_ = 0;
  unsigned bursts_ = 0;
};

}  // namespace tapstat::test
