// What the forms in which connections are folded up have in common: Origin, Midstream and Closing.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "analysis/seq.h"
#include "capture/frame.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;
using Duration = std::chrono::nanoseconds;

// The flags of `seg` that any state depends on.
[[nodiscard]] inline std::uint8_t weighty_flags(const decode::Segment& seg) {
  using decode::TcpFlags;
  constexpr std::uint8_t kNeverMind = TcpFlags::kPsh | TcpFlags::kEce | TcpFlags::kCwr;
  return static_cast<std::uint8_t>(seg.flags.bits() & ~kNeverMind);
}

// Whether what is kept of `seg` can be: all of it was seen, and its lengths fit.
[[nodiscard]] inline bool fits(const decode::Segment& seg) {
  return !seg.is_short && seg.window != 0 && seg.payload_len <= UINT16_MAX &&
         seg.wire_len <= UINT16_MAX;
}

// Whoever waits for an answer is taken to have given up after a while (Resending::kFirstPatience):
// what is folded up stays clear of that moment, which may come before or after a segment that is
// late.
inline constexpr Duration kAside = std::chrono::milliseconds{100};
// Where nobody waits for one it does not matter when it comes, as long as clocks can be compared.
inline constexpr Duration kMostIdle = std::chrono::hours{1};

// Up to three days, in six bytes.
class Gap {
 public:
  Gap() = default;
  explicit Gap(Duration d)
      : parts_{static_cast<std::uint16_t>(d.count()), static_cast<std::uint16_t>(d.count() >> 16),
               static_cast<std::uint16_t>(d.count() >> 32)} {}
  [[nodiscard]] Duration duration() const {
    return Duration{std::int64_t{parts_[2]} << 32 | std::int64_t{parts_[1]} << 16 | parts_[0]};
  }

 private:
  std::array<std::uint16_t, 3> parts_{};
};

// The latest timestamp of an end (RFC 7323), and when it first had that.
struct Clock {
  std::uint32_t value = 0;
  Timestamp since{};

  // Whether a segment with `tsval` at `t` is none of a moment that is past, as far as anyone could
  // think: see Endpoint::is_old().
  [[nodiscard]] bool allows(std::uint32_t tsval, Timestamp t) const {
    constexpr Duration kSame = std::chrono::milliseconds{90};
    return before(Seq{value}, Seq{tsval}) || (value == tsval && t - since < kSame);
  }
};

}  // namespace tapstat::analysis::tcp
