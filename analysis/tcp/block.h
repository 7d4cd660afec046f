// The segments that some frames in a row held, on their way to the shards.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analysis/tcp/routed.h"
#include "decode/icmp_error.h"
#include "decode/plain_tcp.h"

namespace tapstat::analysis::tcp {

// Plain memory that is used again and again. On cache lines of its own: while one is filled,
// another is read by other threads.
struct alignas(128) Block {
  // Has room for so many segments, or errors: their sum.
  explicit Block(std::size_t capacity);

  // Empties it.
  void clear();

  // Copies what the trackers read through `segment`'s pointers, or of a frame that is plain, here,
  // so that the original may go; what they do not read can no longer be read. Of a frame these are
  // its first `headers` bytes. For one of each that there is room for.
  void keep_bytes_of(decode::Segment& segment);
  void keep_bytes_of(capture::Frame& frame, std::size_t headers);

  // Reads the segment of one that is plain.
  void read(Routed& r);

  // The first `size`: each is a segment, or (Routed) a plain frame that may become one.
  std::vector<decode::Segment> segments;
  std::vector<capture::Frame> frames;
  std::vector<decode::IcmpError> errors;
  std::size_t size = 0;
  // In the order of frames: by shard, or of all shards the first alone.
  std::vector<RoutedList> routed;
  // Packet time at the end of these frames; nullopt: more of them are to come.
  std::optional<Timestamp> end;

 private:
  static constexpr std::size_t kMacs = 12;
  static constexpr std::size_t kIpv6 = 16;
  static constexpr std::size_t kMostOptions = 40;  // RFC 9293 section 3.1: a data offset of 15

  static constexpr std::size_t kMost =
      std::max(decode::PlainTcp::kMostHeaders, kMacs + kMostOptions + 2 * kIpv6);

  [[nodiscard]] std::uint8_t* keep(const std::uint8_t* from, std::size_t n);

  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t used_ = 0;
};

}  // namespace tapstat::analysis::tcp
