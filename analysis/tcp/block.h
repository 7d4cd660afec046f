// The segments that some frames in a row held, on their way to the shards.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analysis/tcp/routed.h"
#include "decode/icmp_error.h"

namespace tapstat::analysis::tcp {

// Plain memory that is used again and again. On cache lines of its own: while one is filled,
// another is read by other threads.
struct alignas(128) Block {
  // Has room for so many segments, or errors: their sum.
  explicit Block(std::size_t capacity);

  // Empties it.
  void clear();

  // Copies what the trackers read through `segment`'s pointers here, so that its frame may go; what
  // they do not read can no longer be read. For one of each that there is room for.
  void keep_bytes_of(decode::Segment& segment);

  std::vector<decode::Segment> segments;  // the first `size`
  std::vector<decode::IcmpError> errors;
  std::size_t size = 0;
  // In the order of frames: by shard, or of all shards the first alone.
  std::array<std::vector<Routed>, kShards> routed;
  // Packet time at the end of these frames; nullopt: more of them are to come.
  std::optional<Timestamp> end;

 private:
  static constexpr std::size_t kMacs = 12;
  static constexpr std::size_t kIpv6 = 16;
  static constexpr std::size_t kMostOptions = 40;  // RFC 9293 section 3.1: a data offset of 15

  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t used_ = 0;
};

}  // namespace tapstat::analysis::tcp
