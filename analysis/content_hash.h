// A quick hash of what a packet says, to find the same packet again. Senders choose what goes in,
// so it decides nothing alone: who finds two alike looks at more of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "decode/segment.h"

namespace tapstat::analysis {

// Takes in one more word: a step of Fibonacci hashing, its high half folded in.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

// Takes in all of `bytes`, the last word filled up with zeros.
[[nodiscard]] inline std::uint64_t mix(std::uint64_t hash, decode::Bytes bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += sizeof hash) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
    hash = mix(hash, word);
  }
  return hash;
}

}  // namespace tapstat::analysis
