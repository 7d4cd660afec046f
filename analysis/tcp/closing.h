// How a connection that rested ends, kept instead of worked out: nearly all end in the same way.
//
// FIN, its ACK, the other end's FIN (with that ACK, or after it), and its ACK: then the end that
// closed first is in TIME_WAIT, and the other one gone. As with an Opening the segments are kept
// and given to a Connection where one is needed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "analysis/prefetch.h"
#include "analysis/tcp/flow_record.h"
#include "analysis/tcp/folded.h"
#include "analysis/tcp/kept_segment.h"
#include "analysis/tcp/state.h"
#include "analysis/tcp/timers.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

class alignas(64) Closing {
 public:
  static constexpr std::size_t kMost = 4;

  // Whether `seg` ends the connection of `record`, which rests, so that one may begin with it.
  [[nodiscard]] static bool begins(const Segment& seg, int sender, const FlowRecord& record);
  // Whether it does, where the ends had these clocks.
  using Clocks = std::array<std::optional<Clock>, 2>;
  [[nodiscard]] bool begin(const Segment& seg, int sender, const Clocks& clocks);
  // Whether a further segment is one as it should be. Where not, nothing was noted.
  [[nodiscard]] bool take(const Segment& seg, int sender, const FlowRecord& record);

  // The segments, in order: calls `use(segment)` on each. `record` is the connection's.
  template <typename Use>
  void unfold(const FlowRecord& record, Use&& use) const {
    for (int i = 0; i < count_; ++i) use(segment(steps_[static_cast<std::size_t>(i)], record));
  }

  // The state of each end at `now`; nullopt while it is not over.
  [[nodiscard]] std::optional<std::array<State, 2>> states_at(Timestamp now,
                                                              const Timers& timers) const;

  // When the last one came.
  [[nodiscard]] Timestamp last() const { return steps_[count_ - 1u].time; }
  // All segments have come.
  [[nodiscard]] bool is_over() const { return next() == Next::nothing; }

  void prefetch() const {
    fetch_line(this);
    fetch_line(&clock_since_);
  }
  // Fetches what states_at() reads.
  void prefetch_states() const { fetch_line(this); }

 private:
  // In the order in which they come. The third may be left out: the second acknowledges, too.
  enum class Next : std::uint8_t { answer, other_fin, last_ack, nothing };

  struct Step {
    Timestamp time{};
    std::uint32_t ack = 0;
    std::uint32_t tsval = 0;
    std::uint16_t payload_len = 0;
    std::uint16_t window = 0;
    std::uint8_t flags = 0;
    std::uint8_t sender : 1 = 0;
    bool has_clock : 1 = false;
  };

  void begin_clock(int end, const std::optional<Clock>& clock);
  [[nodiscard]] bool has_new_clock(const Step& step) const;
  void note_clock(const Step& step);
  [[nodiscard]] static std::optional<Step> step_of(const Segment& seg, int sender);
  [[nodiscard]] Next next() const;
  [[nodiscard]] Seq end_of_first_fin(const FlowRecord& record) const {
    return record.flight[first_].nxt + steps_[0].payload_len + 1;
  }
  [[nodiscard]] KeptSegment segment(const Step& step, const FlowRecord& record) const;
  [[nodiscard]] bool note(const Step& step);

  std::uint8_t count_ = 0;
  std::uint8_t first_ = 0;      // the end that closed first
  std::uint8_t other_fin_ = 0;  // the step that is the other end's FIN, once there is one
  std::uint8_t has_clock_ = 0;  // bit i: end i has shown one
  std::array<Step, kMost> steps_;
  // See Clock; here so that what it began with, which nobody else asks for, need not be fetched.
  std::array<std::uint32_t, 2> clock_{};
  std::array<Timestamp, 2> clock_since_{};
};

static_assert(sizeof(Closing) == 128);

}  // namespace tapstat::analysis::tcp
