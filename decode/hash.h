// A hash with keys of its own for each run, for tables whose keys come from the capture: nobody can
// prepare some that collide.
#pragma once

#include <array>
#include <cstdint>

namespace tapstat::decode {

// The mixing step (multiply 64 by 64 bits, fold) is that of wyhash and rapidhash; the keys come
// from the secret by SplitMix64.
class WordHash {
 public:
  explicit constexpr WordHash(std::uint64_t secret) {
    for (std::uint64_t& key : keys_) {
      secret += 0x9e3779b97f4a7c15u;
      std::uint64_t z = secret;
      z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
      z = (z ^ z >> 27) * 0x94d049bb133111ebu;
      key = z ^ z >> 31;
    }
  }

  // Takes in one more word: from 0, word by word, all 64 bits of it for what is compared by its
  // hash alone.
  [[nodiscard]] constexpr std::uint64_t add(std::uint64_t hash, std::uint64_t word) const {
    return mix(hash ^ word ^ keys_[0], hash ^ keys_[1]) + word;
  }
  // Of six words at once.
  [[nodiscard]] constexpr std::uint32_t of(const std::array<std::uint64_t, 6>& w) const {
    const std::uint64_t a = mix(w[0] ^ keys_[0], w[1] ^ keys_[1]);
    const std::uint64_t b = mix(w[2] ^ keys_[2], w[3] ^ keys_[3]);
    const std::uint64_t c = mix(w[4] ^ keys_[4], w[5] ^ keys_[5]);
    return static_cast<std::uint32_t>(mix(a ^ c ^ keys_[1], b ^ keys_[3]));
  }

 protected:
  [[nodiscard]] static constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  std::array<std::uint64_t, 6> keys_{};  // NOLINT(readability-identifier-naming)
};

}  // namespace tapstat::decode
