// TCP sequence numbers and every comparison of them, modulo 2^32 (RFC 9293 section 3.4).
#pragma once

#include <cstdint>

namespace tapstat::analysis {

// There is no operator<: which of two numbers comes first depends on the distance between them, and
// the words say so. Two numbers 2^31 or more apart have no order that means anything.
class Seq {
 public:
  constexpr Seq() = default;
  explicit constexpr Seq(std::uint32_t value) : value_(value) {}

  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  friend constexpr bool operator==(Seq, Seq) = default;
  friend constexpr Seq operator+(Seq s, std::uint32_t n) { return Seq{s.value_ + n}; }
  friend constexpr Seq operator-(Seq s, std::uint32_t n) { return Seq{s.value_ - n}; }

 private:
  std::uint32_t value_ = 0;
};

// How far `to` lies ahead of `from`; negative when it lies behind.
[[nodiscard]] constexpr std::int32_t distance(Seq from, Seq to) {
  return static_cast<std::int32_t>(to.value() - from.value());
}
[[nodiscard]] constexpr bool before(Seq a, Seq b) { return distance(a, b) > 0; }
[[nodiscard]] constexpr bool at_or_before(Seq a, Seq b) { return distance(a, b) >= 0; }
// How far apart two numbers are, whichever comes first.
[[nodiscard]] constexpr std::uint32_t apart(Seq a, Seq b) {
  const std::uint32_t ahead = b.value() - a.value();
  return ahead <= 0x80000000u ? ahead : 0 - ahead;
}
[[nodiscard]] constexpr Seq later(Seq a, Seq b) { return before(a, b) ? b : a; }

}  // namespace tapstat::analysis
