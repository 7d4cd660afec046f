// A hash of plain bytes for the decoder's own tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tapstat::decode {

// FNV-1a, 64 bits. Keys come from the capture, so a sender may choose collisions; the tables are
// small and bounded, which bounds what that costs.
class Hash {
 public:
  constexpr Hash& mix(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) mix(std::uint64_t{byte});
    return *this;
  }
  constexpr Hash& mix(std::uint64_t value) {
    state_ = (state_ ^ value) * 0x100000001b3u;
    return *this;
  }
  [[nodiscard]] constexpr std::size_t value() const {
    return static_cast<std::size_t>(state_ ^ (state_ >> 32));
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

}  // namespace tapstat::decode
