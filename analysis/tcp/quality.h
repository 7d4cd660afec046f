// What is measured of one direction of a connection: of what one end sent, and how that arrived.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "analysis/round_trips.h"
#include "analysis/tcp/segment_notes.h"
#include "capture/frame.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;

// The first few frames that show something.
class FewFrames {
 public:
  static constexpr std::size_t kMost = 4;

  void add(std::uint64_t frame) {
    if (size_ < kMost) frames_[size_++] = frame;
  }
  [[nodiscard]] std::span<const std::uint64_t> all() const { return {frames_.data(), size_}; }

 private:
  std::array<std::uint64_t, kMost> frames_{};
  std::size_t size_ = 0;
};

// Plain data. Times are packet time, sizes bytes of payload unless it is said otherwise. What most
// segments touch stands first, a cache line each.
struct alignas(64) Quality {
  // From a segment to the acknowledgment that ends where it does, as Wireshark's ack_rtt: of one
  // that was sent again, from its first sending.
  RoundTrips rtt;
  std::uint32_t most_in_flight = 0;  // Wireshark's bytes_in_flight
  std::uint32_t data_segments = 0;   // each sending counted
  Timestamp first_data{};            // where there are any
  Timestamp last_data{};

  Distribution distribution;  // of rtt

  RoundTrips timestamp_rtt;  // by the timestamp that came back (RFC 7323 section 4)
  // Of those that were sent once, or as large each time.
  std::uint32_t largest_acked = 0;
  // Since something was sent twice: rtt without acknowledgments of that (Karn's rule, RFC 6298
  // section 3).
  std::optional<RoundTrips> unambiguous;

  std::array<std::uint32_t, kNoteCount> notes{};  // how many segments have each
  std::uint32_t duplicate_sacks = 0;              // RFC 2883: it says that it got something twice
  std::uint64_t retransmitted_bytes = 0;
  std::uint64_t spurious_bytes = 0;      // of these, those that the tap had seen acknowledged
  std::uint32_t data_retransmitted = 0;  // segments with data, but for the spurious ones
  std::uint32_t largest_retransmitted = 0;
  std::uint32_t largest_times = 0;  // segments as large as that were
  // While that was missing something behind it arrived, or a smaller piece of it did.
  bool others_arrived = false;
  FewFrames retransmission_frames;
  Timestamp last_retransmission{};      // where there are any
  Duration zero_window{};               // while its window was closed, up to zero_window_since
  Duration longest_zero_window{};       // at a time, likewise
  Timestamp longest_zero_window_end{};  // likewise
  std::optional<Timestamp> zero_window_since;  // it is closed
  FewFrames zero_window_frames;                // that closed it

  [[nodiscard]] const RoundTrips& unambiguous_rtt() const {
    return unambiguous ? *unambiguous : rtt;
  }

  [[nodiscard]] std::uint32_t count(Note n) const { return notes[static_cast<std::size_t>(n)]; }

  // How long its window had been closed by `now`: in all, and at a time.
  [[nodiscard]] Duration zero_window_by(Timestamp now) const {
    return saturating_sum(zero_window, zero_window_going_on(now));
  }
  [[nodiscard]] Duration longest_zero_window_by(Timestamp now) const {
    return std::max(longest_zero_window, zero_window_going_on(now));
  }
  [[nodiscard]] Timestamp longest_zero_window_end_by(Timestamp now) const {
    return longest_zero_window < zero_window_going_on(now) ? now : longest_zero_window_end;
  }
  void open_window(Timestamp now) {
    longest_zero_window_end = longest_zero_window_end_by(now);
    longest_zero_window = longest_zero_window_by(now);
    zero_window = zero_window_by(now);
    zero_window_since.reset();
  }

 private:
  [[nodiscard]] Duration zero_window_going_on(Timestamp now) const {
    const bool goes_on = zero_window_since && *zero_window_since < now;
    return goes_on ? now - *zero_window_since : Duration{};
  }
};

}  // namespace tapstat::analysis::tcp
