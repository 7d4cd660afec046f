// A fuzzer's bytes as choices, one after the other; zeros once they are used up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tapstat::test {

class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool is_empty() const { return bytes_.empty(); }
  [[nodiscard]] std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const std::uint8_t value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return value;
  }
  [[nodiscard]] std::uint16_t word() {
    const unsigned high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  }
  [[nodiscard]] std::uint32_t number() {
    const std::uint32_t high = word();
    return high << 16 | word();
  }
  // Less than `n`.
  [[nodiscard]] unsigned below(unsigned n) { return byte() % n; }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace tapstat::test
