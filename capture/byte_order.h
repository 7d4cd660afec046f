// Integers of a capture file, read in the byte order its writer had.
#pragma once

#include <cstdint>
#include <cstring>

namespace tapstat::capture {

// Reads at any alignment; the caller has checked that the bytes are there.
class ByteOrder {
 public:
  constexpr ByteOrder() = default;
  // `swapped`: the writer's order is not this machine's.
  explicit constexpr ByteOrder(bool swapped) : swapped_(swapped) {}

  [[nodiscard]] bool swapped() const { return swapped_; }

  [[nodiscard]] std::uint16_t u16(const std::uint8_t* at) const {
    const auto value = load<std::uint16_t>(at);
    return swapped_ ? __builtin_bswap16(value) : value;
  }
  [[nodiscard]] std::uint32_t u32(const std::uint8_t* at) const {
    const auto value = load<std::uint32_t>(at);
    return swapped_ ? __builtin_bswap32(value) : value;
  }
  [[nodiscard]] std::uint64_t u64(const std::uint8_t* at) const {
    const auto value = load<std::uint64_t>(at);
    return swapped_ ? __builtin_bswap64(value) : value;
  }

 private:
  template <typename T>
  [[nodiscard]] static T load(const std::uint8_t* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
  }

  bool swapped_ = false;
};

}  // namespace tapstat::capture
