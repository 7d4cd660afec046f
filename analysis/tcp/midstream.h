// How a connection was met that was under way when the capture began, kept instead of worked out:
// on a tap that is switched on these are all of them, and nearly all are met in the same way.
//
// An ordinary segment of each end, and one more: after these neither is open, whatever the
// machinery of Endpoint says of them. As with an Origin the segments are kept, and given to a
// Connection where one is needed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "analysis/prefetch.h"
#include "analysis/tcp/flow_record.h"
#include "analysis/tcp/folded.h"
#include "analysis/tcp/kept_segment.h"
#include "analysis/tcp/near_ends.h"
#include "analysis/tcp/worth.h"
#include "decode/mac_address.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

class alignas(64) Midstream {
 public:
  // Whether `seg` is one that a connection may be met with.
  [[nodiscard]] static bool begins(const Segment& seg);

  Midstream() = default;
  // `at_first`: NearEnds::at_first.
  Midstream(const Segment& seg, int sender, std::uint8_t at_first);
  // Whether a further one of the same path and input, the last of which came at `last`, goes on as
  // it should. Where not, or there is room for no more, nothing was noted.
  [[nodiscard]] bool take(const Segment& seg, int sender, Timestamp last);

  // The segments, in order: calls `use(segment)` on each.
  template <typename Use>
  void unfold(Use&& use) const {
    for (std::size_t i = 0; i < count_; ++i) use(segment(i));
  }

  [[nodiscard]] int count() const { return count_; }
  // Both ends were heard, and so many packets that it is known whether it is seen twice.
  [[nodiscard]] bool may_rest() const {
    constexpr int kEnough = 3;
    return count_ >= kEnough && met_both();
  }
  [[nodiscard]] std::optional<Clock> clock(int end) const;

  // What would be lost with it.
  [[nodiscard]] Worth worth() const { return met_both() ? Worth::open : Worth::half_open; }

  void prefetch() const { fetch_lines(*this); }

 private:
  static constexpr std::size_t kMost = 4;

  struct Note {
    std::uint32_t seq = 0, ack = 0;
    std::uint32_t tsval = 0;
    std::uint16_t payload_len = 0;
    std::uint16_t window = 0;
    Gap after;  // the one before it
    std::uint8_t flags = 0;
    std::uint8_t sender : 1 = 0;
    bool has_tsval : 1 = false;

    [[nodiscard]] Seq end() const { return Seq{seq} + payload_len; }
  };
  static_assert(sizeof(Note) == 24);

  [[nodiscard]] bool met_both() const { return latest(0) != nullptr && latest(1) != nullptr; }
  // That an end sent; nullptr where it was not heard.
  [[nodiscard]] const Note* latest(int end) const;
  // What is kept of it; nullopt where it is no ordinary one.
  [[nodiscard]] static std::optional<Note> note_of(const Segment& seg, int sender);
  [[nodiscard]] bool goes_on(const Note& note, Timestamp time) const;
  void keep(const Note& note, const std::uint8_t* macs);
  [[nodiscard]] KeptSegment segment(std::size_t index) const;
  [[nodiscard]] Timestamp time_of(std::size_t index) const;

  Timestamp time_{};  // of the first
  std::array<Note, kMost> notes_;
  std::array<decode::MacAddress, 2> macs_{};  // of the ends
  std::uint8_t count_ = 0;
  std::uint8_t has_mac_ = 0;  // bit i: of end i

 public:
  NearEnds near;
  std::uint32_t key = FlowRecord::kNone;  // of IPv6, as the store keeps it
};

static_assert(sizeof(Midstream) == 128);

}  // namespace tapstat::analysis::tcp
