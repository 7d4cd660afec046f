// The window an endpoint offers, and what it tells of how much of what it received lies unread.
//
// A host takes data into a buffer and offers what is left of it (RFC 9293 section 3.8.6). While its
// reader keeps up, the right edge of the window moves on with every acknowledgment; where it stays
// behind, that much of the buffer is in use.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/seq.h"

namespace tapstat::analysis::tcp {

// Windows are at most 65,535 bytes shifted by 14 bits (RFC 7323 section 2.3), so about 2^30.
inline constexpr std::uint8_t kMostWindowShift = 14;
inline constexpr std::uint32_t kLargestWindow = 1u << 30;

// Sequence numbers farther apart than that have nothing to do with each other: another
// incarnation's segment, or a forged one.
[[nodiscard]] constexpr bool far_apart(Seq a, Seq b) { return apart(a, b) > kLargestWindow; }

// The bytes that the window field stands for.
[[nodiscard]] constexpr std::uint32_t scaled(std::uint16_t window, std::uint8_t shift) {
  return std::uint32_t{window} << (shift <= kMostWindowShift ? shift : kMostWindowShift);
}

class ReceiveWindow {
 public:
  // All there is to say of one that was never narrow, but what was drained.
  struct Wide {
    Seq edge, moved_at;
    std::uint32_t widest = 0;
    std::uint8_t shift = 0;

    // See ReceiveWindow::offer(). False, and nothing is changed, where the window becomes narrow.
    [[nodiscard]] bool offer(Seq ack, std::uint16_t window) {
      const std::uint32_t size = scaled(window, shift);
      if (at_or_before(ack + size, edge)) return 2 * size > widest;
      edge = ack + size;
      moved_at = ack;
      if (widest < size) widest = size;
      return true;
    }
  };

  // nullopt where it was narrow, or nothing was offered.
  [[nodiscard]] std::optional<Wide> wide() const {
    if (!started_ || was_narrow_) return std::nullopt;
    return Wide{edge_, moved_at_, widest_, shift_};
  }
  // It has become that, since wide() was asked; `window` was offered last.
  void take_over(const Wide& wide, std::uint16_t window) {
    edge_ = wide.edge;
    moved_at_ = wide.moved_at;
    widest_ = wide.widest;
    size_ = scaled(window, shift_);
  }

  // The bits by which its window field is shifted (RFC 7323 section 2.3): 0 until both ends have
  // offered to, and always on a SYN.
  void set_shift(std::uint8_t shift) { shift_ = shift; }

  // It sent an acknowledgment.
  void offer(Seq ack, std::uint16_t window) {
    size_ = scaled(window, shift_);
    const Seq edge = ack + size_;
    if (started_ && at_or_before(edge, edge_)) {
      was_narrow_ = was_narrow_ || 2 * size_ <= widest_;
      return;
    }
    started_ = true;
    edge_ = edge;
    moved_at_ = ack;
    if (size_ < widest_) return;
    widest_ = size_;
    if (was_narrow_) {
      was_drained_ = true;
      drained_ = ack;
    }
    was_narrow_ = false;
  }

  // Everything before this was read when the window, once narrow, had become as wide as ever again;
  // nullopt while it has not.
  [[nodiscard]] std::optional<Seq> drained() const {
    return was_drained_ ? std::optional{drained_} : std::nullopt;
  }

  // Of `acked` bytes by its last acknowledgment, how many surely lay unread then: those by which
  // the window has become narrower. A reader that takes some since says so only once the window
  // could be twice as wide (Linux tcp_cleanup_rbuf), so that as many as the window still holds may
  // have been read.
  [[nodiscard]] std::uint32_t surely_unread(Seq acked) const {
    const std::int32_t behind = started_ ? distance(moved_at_, acked) : 0;
    if (behind <= 0 || widest_ < 2 * size_) return 0;
    const auto stalled = static_cast<std::uint32_t>(behind);
    return stalled > size_ ? stalled - size_ : 0;
  }

 private:
  Seq edge_;      // the farthest right edge
  Seq moved_at_;  // what was acknowledged when that was first offered
  Seq drained_;
  std::uint32_t size_ = 0, widest_ = 0;
  std::uint8_t shift_ = 0;
  bool started_ = false;
  bool was_narrow_ = false;
  bool was_drained_ = false;
};

}  // namespace tapstat::analysis::tcp
