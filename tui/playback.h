// Playing a capture: what the user asks for, and where it stands.
#pragma once

#include <cstdint>
#include <string>

namespace tapstat::tui {

// What is to happen to it. Told one after the other, as typed.
struct Order {
  enum class Kind : std::uint8_t {
    toggle,           // pauses, or goes on
    faster,           // twice the speed
    slower,           // half of it
    speed,            // `speed` times as fast as it was
    next_packet,      // and pauses, as all that follow
    previous_packet,  //
    next_change,      // of the state of an endpoint
    previous_change,
    next_event,  // a retransmission, a zero window, ...: what the view events tells
    previous_event,
    start,
    end,
    seek,  // `time`
    live,  // back from the past of a live session
  };
  Kind kind = Kind::toggle;
  double speed = 1;
  std::string time{};  // as --at has it, or a time of day of the capture's first day
  friend bool operator==(const Order&, const Order&) = default;
};

struct Playback {
  bool is_past = false;  // of a live session, which goes on
  bool is_playing = false;
  bool is_seeking = false;  // on its way to where it was sent
  bool is_at_end = false;
  double speed = 1;
  std::uint64_t packet = 0;  // packets so far: the number of the last one
  std::string elapsed{};     // since the first packet
  std::string problem{};     // with the last order
};

}  // namespace tapstat::tui
