// What is notable about one TCP segment, told from what both ends sent before it.
//
// Names are Wireshark's (its tcp.analysis flags), and so are the rules, in a short form: enough to
// say in a picture why a segment is there.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "decode/segment.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;

enum class Note : std::uint8_t {
  retransmission,
  fast_retransmission,      // asked for by duplicate ACKs
  spurious_retransmission,  // of bytes that the tap saw acknowledged
  out_of_order,             // fills a gap soon after it was left
  lost_segment,             // bytes before it were sent and the tap missed them
  ack_lost_segment,         // it acknowledges bytes that the tap missed
  duplicate_ack,
  window_full,  // it takes all that the receiver allowed
  zero_window,
  zero_window_probe,
  zero_window_probe_ack,
  window_update,
  keep_alive,
  keep_alive_ack,
  challenge_ack,  // the answer to a SYN in a live connection (RFC 5961 section 4)
};

inline constexpr int kNoteCount = 15;

inline constexpr std::array<std::string_view, kNoteCount> kNoteNames = {
    "retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order",
    "lost_segment",   "ack_lost_segment",    "duplicate_ack",           "window_full",
    "zero_window",    "zero_window_probe",   "zero_window_probe_ack",   "window_update",
    "keep_alive",     "keep_alive_ack",      "challenge_ack",
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
  [[nodiscard]] constexpr bool sent_again() const {
    return has(Note::retransmission) || has(Note::fast_retransmission) ||
           has(Note::spurious_retransmission);
  }
  // It asks whether the other end is there and brings it nothing.
  [[nodiscard]] constexpr bool probes() const {
    return has(Note::keep_alive) || has(Note::zero_window_probe);
  }
  friend constexpr bool operator==(Notes, Notes) = default;

 private:
  [[nodiscard]] static constexpr unsigned bit(Note n) { return 1u << static_cast<unsigned>(n); }
  std::uint16_t bits_ = 0;
};

// A segment with numbers that never wrap: relative to its sender's SYN, as Wireshark counts them
// (the SYN is 0; where none was seen, the first number is 1), and below zero for what came before.
struct PlainSegment {
  Timestamp time{};
  std::int64_t seq = 0;
  std::int64_t ack = 0;  // means something with ACK only
  std::uint32_t payload_len = 0;
  std::uint32_t window = 0;  // bytes, where the handshake told the scale; else as on the wire
  decode::TcpFlags flags;

  // The sequence space it takes, SYN and FIN included.
  [[nodiscard]] constexpr std::uint32_t seg_len() const {
    return payload_len + (flags.syn() ? 1u : 0u) + (flags.fin() ? 1u : 0u);
  }
  [[nodiscard]] constexpr std::int64_t end() const { return seq + seg_len(); }
};

// What one end sent so far, as far as the next segment is judged by it.
class SentSoFar {
 public:
  // `seg` is its next segment, about which `notes` said what is notable.
  void add(const PlainSegment& seg, Notes notes);

 private:
  friend class Judgement;

  static constexpr std::size_t kMaxGaps = 256;  // the oldest are forgotten
  using Gap = std::pair<std::int64_t, std::int64_t>;

  void add_bytes(const PlainSegment& seg);
  void fill_gaps(std::int64_t begin, std::int64_t end);
  [[nodiscard]] bool in_gap(std::int64_t seq) const;

  bool any_ = false;
  bool acked_ = false;
  std::int64_t nxt_ = 0;      // end of what it sent
  Timestamp nxt_time_{};      // when it got there
  std::int64_t ack_ = 0;      // its last acknowledgment
  Timestamp ack_time_{};      // of the last segment that carried it
  int duplicate_acks_ = 0;    // since ack_ last moved
  std::uint32_t window_ = 0;  // its last one
  Notes notes_;               // of its last segment
  decode::TcpFlags flags_;    // likewise
  std::vector<Gap> gaps_;     // of what it sent, missed by the tap
};

// What the handshake told.
struct HandshakeFacts {
  bool window_scale = false;  // both SYNs were seen: windows are in bytes
  std::optional<std::chrono::nanoseconds> rtt;
};

// `sender` and `receiver` hold what was sent before `seg`.
[[nodiscard]] Notes notes_on(const PlainSegment& seg, const SentSoFar& sender,
                             const SentSoFar& receiver, const HandshakeFacts& handshake);

}  // namespace tapstat::analysis::tcp
