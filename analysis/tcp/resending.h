// What a host does about a segment that nobody acknowledges: it sends it again, each time after
// twice as long, and when it has stopped doing so it has given up. RFC 6298 section 5.5; how often
// is the host's own affair and needs no table.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "analysis/seq.h"
#include "capture/frame.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;
using namespace std::chrono_literals;

class Resending {
 public:
  using Duration = std::chrono::nanoseconds;

  // RFC 6298 section 2: the first retransmission comes after 1 s where no round trip was measured
  // yet (3 s in its predecessor, RFC 2988, which old stacks follow).
  static constexpr Duration kFirstWait = 1s;
  static constexpr Duration kFirstPatience = 3500ms;
  // Linux TCP_RTO_MAX.
  static constexpr Duration kLongestWait = 120s;
  // A timer of Linux' fires late by up to an eighth (kernel/time/timer.c); this for a busy host.
  static constexpr Duration kSlack = 500ms;

  Resending() = default;

  // `end` was sent at `t` for the first time, or for the first time as far as it was seen.
  void begin(Seq end, Timestamp t) { *this = {end, t}; }
  // The same again.
  void again(Timestamp t) {
    gap_ = t - last_;
    last_ = t;
    answered_ = false;
    if (times_ < UINT16_MAX) ++times_;
  }
  // The peer acknowledged it, as far as the tap knows.
  void answer() { answered_ = true; }

  // Waiting for an acknowledgment.
  [[nodiscard]] bool is_open() const { return times_ > 0 && !answered_; }
  [[nodiscard]] Seq end() const { return end_; }
  [[nodiscard]] Timestamp first() const { return first_; }
  [[nodiscard]] Timestamp last() const { return last_; }
  [[nodiscard]] int times() const { return times_; }
  [[nodiscard]] Duration gap() const { return gap_; }  // between the last two sendings

  // When it is sent again, unless its sender has given up by then; not exact where it was sent only
  // once.
  [[nodiscard]] Timestamp next() const { return last_ + wait(); }
  // By then, at the latest.
  [[nodiscard]] Timestamp overdue() const { return last_ + patience(); }
  // How long after the last sending its sender has given up.
  [[nodiscard]] Duration patience() const {
    return times_ < 2 ? kFirstPatience : wait() + wait() / 8 + kSlack;
  }

 private:
  Resending(Seq end, Timestamp t) : end_(end), first_(t), last_(t), times_(1) {}

  [[nodiscard]] Duration wait() const {
    return 2 * std::clamp(gap_, Duration{kFirstWait} / 2, Duration{kLongestWait} / 2);
  }

  Seq end_;
  Timestamp first_{}, last_{};
  Duration gap_{};  // between the last two sendings
  std::uint16_t times_ = 0;
  bool answered_ = false;
};

}  // namespace tapstat::analysis::tcp
