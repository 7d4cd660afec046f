// What is notable about one TCP segment, by the names that Wireshark's users know.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tapstat::analysis::tcp {

// Wireshark's tcp.analysis flags; SequenceAnalysis says when each is set.
enum class Note : std::uint8_t {
  retransmission,           // of any of the kinds, as Wireshark's field of this name
  fast_retransmission,      // asked for by duplicate ACKs
  spurious_retransmission,  // of bytes that the tap saw acknowledged
  out_of_order,             // soon after what was sent behind it
  lost_segment,             // bytes before it were sent and the tap had not seen them
  ack_lost_segment,         // it acknowledges bytes that the tap had not seen
  duplicate_ack,
  window_full,  // it takes all that the receiver allowed
  zero_window,
  zero_window_probe,
  zero_window_probe_ack,
  window_update,
  keep_alive,
  keep_alive_ack,
  reused_ports,  // it begins another connection on the same addresses and ports
};

inline constexpr std::size_t kNoteCount = 15;

inline constexpr std::array<std::string_view, kNoteCount> kNoteNames = {
    "retransmission",    "fast_retransmission",   "spurious_retransmission",
    "out_of_order",      "lost_segment",          "ack_lost_segment",
    "duplicate_ack",     "window_full",           "zero_window",
    "zero_window_probe", "zero_window_probe_ack", "window_update",
    "keep_alive",        "keep_alive_ack",        "reused_ports",
};

[[nodiscard]] constexpr std::string_view name(Note n) {
  return kNoteNames[static_cast<std::size_t>(n)];
}

// A set of them.
class Notes {
 public:
  constexpr Notes() = default;
  constexpr void add(Note n) { bits_ = static_cast<std::uint16_t>(bits_ | bit(n)); }
  [[nodiscard]] constexpr bool has(Note n) const { return (bits_ & bit(n)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  // It repeats what its sender sent before.
  [[nodiscard]] constexpr bool sent_again() const { return has(Note::retransmission); }
  // It asks whether the other end is there and brings it nothing.
  [[nodiscard]] constexpr bool probes() const {
    return has(Note::keep_alive) || has(Note::zero_window_probe);
  }
  friend constexpr bool operator==(Notes, Notes) = default;

  // Calls `f(note)` for each, in their order.
  template <typename F>
  constexpr void for_each(F&& f) const {
    for (std::size_t i = 0; i < kNoteCount; ++i) {
      if (has(static_cast<Note>(i))) f(static_cast<Note>(i));
    }
  }

 private:
  [[nodiscard]] static constexpr unsigned bit(Note n) { return 1u << static_cast<unsigned>(n); }
  std::uint16_t bits_ = 0;
};

}  // namespace tapstat::analysis::tcp
