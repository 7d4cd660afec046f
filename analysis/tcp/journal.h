// What each end of each connection went through: every change of its state, dated when it happened
// as far as the packets read so far tell.
//
// Offline it is written with hindsight. A receipt is entered only once it is proved, under the time
// at which it must have happened; one that turned out not to have happened is never entered; what a
// later packet takes back is taken out again. So of each end the entries are in the order of time,
// and what is still open at the end of the input comes last and is not sure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/arena.h"
#include "analysis/tcp/figure5.h"
#include "analysis/tcp/state.h"
#include "capture/frame.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;

struct Step {
  Timestamp time{};
  State from = State::unknown;
  State to = State::unknown;  // equal to `from` where only `sure` changed
  Event cause{};
  bool sure = false;        // of `to`, until the next step
  std::uint64_t frame = 0;  // the packet that caused it; 0 for none: a timer, or silence
};

// What the steps before one say of the state that it left.
struct StateLeft {
  // How long it had lasted; nullopt where its beginning was not seen.
  std::optional<std::chrono::nanoseconds> held;
  bool was_sure = true;  // true before the first step, too
};

// A change of a journal: of what was known, not of a state.
struct JournalChange {
  enum class Kind : std::uint8_t {
    appended,
    taken_back,
    vouched,  // the step stays, and it and the state that it left are sure now
    turned,   // client and server change places: nothing but the connection is said
  };

  Kind kind{};
  std::uint8_t end = 0;          // index
  std::uint32_t connection = 0;  // index in the journal; told outside (OnSteps): id
  // As they were before they were taken back or vouched for.
  Step step{};
  StateLeft left{};
};

class Journal {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  struct Entry {
    Step step;
    std::uint32_t connection = 0;
    std::uint32_t previous = kNone;  // of the same end
    std::uint8_t end = 0;
    bool taken_back = false;
  };

  // `keeps_changes`: changes() has what happened to it.
  explicit Journal(bool keeps_changes = false) : keeps_changes_(keeps_changes) {}

  // `step` must not lie before the last one of that end.
  void append(std::uint32_t connection, int end, const Step& step);

  // Takes the last step of that end out again.
  void take_back(std::uint32_t connection, int end);

  // Takes a FIN out again that was none: the last step of that end with this cause, but for the end
  // of the handshake where that came with it. What came after is told as it was without it:
  // `without` gives the state that each of theirs really was.
  void leave_out(std::uint32_t connection, int end, Event fin, State (*without)(State));

  // Everything that end went through so far is proved after all.
  void vouch(std::uint32_t connection, int end);

  // The client turned out to be the server. That changes no entry, but what was told of each: it is
  // as if all were taken back and made again.
  void turn(std::uint32_t connection);

  // That connection is forgotten; another one may have its index.
  void forget(std::uint32_t connection);

  // What the entries take.
  [[nodiscard]] std::size_t bytes() const { return entries_.size() * sizeof(Entry); }

  // The step in force at `t`; nullptr before the first.
  [[nodiscard]] const Step* at(std::uint32_t connection, int end, Timestamp t) const;

  // The last step; nullptr for none.
  [[nodiscard]] const Step* last(std::uint32_t connection, int end) const;

  // All steps of one end, in the order of time.
  [[nodiscard]] std::vector<Step> steps(std::uint32_t connection, int end) const;

  // All entries, in the order they were made: not that of time, and with some taken back.
  [[nodiscard]] const Arena<Entry>& entries() const { return entries_; }

  // Of one of these, what those before it of the same end say.
  [[nodiscard]] StateLeft left_by(const Entry& entry) const;
  // Likewise of a step that would come next.
  [[nodiscard]] StateLeft left_at(std::uint32_t connection, int end, Timestamp time) const {
    return left_by({.step = {.time = time}, .previous = last_index(connection, end)});
  }

  // What changed since somebody cleared it, in order: whoever applies that to the steps of each end
  // as they were then has the steps as they are now. What was forgotten is not in it.
  [[nodiscard]] std::vector<JournalChange>& changes() { return changes_; }

 private:
  [[nodiscard]] std::uint32_t last_index(std::uint32_t connection, int end) const;

  void note(JournalChange::Kind kind, std::uint32_t index);

  void strike(std::uint32_t index) {
    entries_[index].taken_back = true;
    ++struck_;
  }
  void tidy();

  Arena<Entry> entries_;
  std::uint32_t struck_ = 0;                        // of these, taken back
  std::vector<std::array<std::uint32_t, 2>> last_;  // by connection and end
  bool keeps_changes_;
  std::vector<JournalChange> changes_;
};

}  // namespace tapstat::analysis::tcp
