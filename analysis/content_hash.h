// A quick hash of what a packet says, to find the same packet again. Senders choose what goes in,
// so it decides nothing alone: who finds two alike looks at more of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "decode/segment.h"

namespace tapstat::analysis {

// Takes in one more word: a step of Fibonacci hashing, its high half folded in.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

// Takes in all of `bytes`, the last word filled up with zeros. Whole words are loaded as such: one
// that was put together in memory would have to wait for its parts to get there.
[[nodiscard]] inline std::uint64_t mix(std::uint64_t hash, decode::Bytes bytes) {
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= sizeof hash; at += sizeof hash, left -= sizeof hash) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    hash = mix(hash, word);
  }
  if (left == 0) return hash;
  std::uint64_t last = 0;
  if (left >= sizeof(std::uint32_t)) {
    std::uint32_t half = 0;
    std::memcpy(&half, at, sizeof half);
    last = half;
  }
  for (std::size_t i = left & ~std::size_t{3}; i < left; ++i) last |= std::uint64_t{at[i]} << 8 * i;
  return mix(hash, last);
}

}  // namespace tapstat::analysis
