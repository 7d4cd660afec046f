// Everything notable that happened, in the order in which it happened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "analysis/arena.h"
#include "analysis/flow_index.h"
#include "analysis/tcp/sequence_analysis.h"

namespace tapstat::analysis::tcp {

struct LoggedEvent {
  Timestamp time{};
  std::uint64_t frame = 0;
  std::uint32_t connection = 0;  // id
  std::uint32_t duplicate = 0;   // the how manieth, of a duplicate ACK
  std::uint8_t end = 0;          // who sent the segment: index of an end
  Note kind{};
};

class EventLog {
 public:
  // Of all kinds, or of one only. `memory` is what it may take, in bytes: those that come later are
  // counted, no more.
  explicit EventLog(std::optional<Note> only = std::nullopt,
                    std::size_t memory = std::numeric_limits<std::size_t>::max())
      : only_(only), most_(most_of<LoggedEvent>(memory)) {}

  // Connection `connection` took `seg`, sent by its end `sender`.
  void note(std::uint32_t connection, const Segment& seg, int sender, const Appraisal& appraisal) {
    if (appraisal.notes.empty()) [[likely]] {
      return;
    }
    appraisal.notes.for_each([&](Note kind) {
      if (only_ && kind != *only_) return;
      if (events_.size() >= most_) {
        ++left_out_;
        return;
      }
      events_.append() = {seg.time,
                          seg.frame,
                          connection,
                          kind == Note::duplicate_ack ? appraisal.duplicate : 0,
                          static_cast<std::uint8_t>(sender),
                          kind};
    });
  }

  [[nodiscard]] const Arena<LoggedEvent>& events() const { return events_; }
  // Those that there was no room for.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  std::optional<Note> only_;
  std::uint32_t most_;
  std::uint64_t left_out_ = 0;
  Arena<LoggedEvent> events_;
};

}  // namespace tapstat::analysis::tcp
