// Everything notable that happened, in the order in which it happened.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/arena.h"
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
  // Of all kinds, or of one only.
  explicit EventLog(std::optional<Note> only = std::nullopt) : only_(only) {}

  // Connection `connection` took `seg`, sent by its end `sender`.
  void note(std::uint32_t connection, const Segment& seg, int sender, const Appraisal& appraisal) {
    if (appraisal.notes.empty()) [[likely]] {
      return;
    }
    appraisal.notes.for_each([&](Note kind) {
      if (only_ && kind != *only_) return;
      events_.append() = {seg.time,
                          seg.frame,
                          connection,
                          kind == Note::duplicate_ack ? appraisal.duplicate : 0,
                          static_cast<std::uint8_t>(sender),
                          kind};
    });
  }

  [[nodiscard]] const Arena<LoggedEvent>& events() const { return events_; }

 private:
  std::optional<Note> only_;
  Arena<LoggedEvent> events_;
};

}  // namespace tapstat::analysis::tcp
