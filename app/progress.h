// How far reading has come, on a terminal, for captures that take a while and for interfaces.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tapstat::app {

// Writes to standard error, and only while that is a terminal; nothing in the first second.
class Progress {
 public:
  explicit Progress(bool wanted);

  // Called after each batch; looks at the clock only now and then.
  void update(std::uint64_t packets, std::optional<double> share);
  // Of interfaces, at once: what was captured, and dropped on the way.
  void update_live(std::uint64_t packets, std::uint64_t dropped);
  // Wipes the line.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  bool wanted_;
  bool shown_ = false;
  std::uint32_t calls_ = 0;
  Clock::time_point next_;
};

}  // namespace tapstat::app
