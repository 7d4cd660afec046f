#include "analysis/tcp/closing.h"

#include <chrono>

#include "analysis/tcp/resending.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {
namespace {

using namespace std::chrono_literals;
using decode::TcpFlags;

constexpr std::uint8_t kAck = TcpFlags::kAck;
constexpr std::uint8_t kFinAck = TcpFlags::kFin | TcpFlags::kAck;

// Sooner than a FIN without an answer is missed, and than an end in FIN_WAIT2 gives up (Timers).
constexpr Duration kAnswered = Resending::kFirstPatience - kAside;
constexpr Duration kCloseWait = 10s;

}  // namespace

bool Closing::begins(const Segment& seg, int sender, const FlowRecord& record) {
  const Seq ack{seg.ack};
  return weighty_flags(seg) == kFinAck && Seq{seg.seq} == record.flight[sender].nxt &&
         at_or_before(record.flight[sender].acked, ack) &&
         at_or_before(ack, record.flight[1 - sender].nxt) && record.last <= seg.time;
}

bool Closing::begin(const Segment& seg, int sender, const Clocks& clocks) {
  const auto step = step_of(seg, sender);
  if (!step) return false;
  count_ = 0;
  first_ = static_cast<std::uint8_t>(sender);
  other_fin_ = 0;
  has_clock_ = 0;
  for (int i = 0; i < 2; ++i) begin_clock(i, clocks[static_cast<std::size_t>(i)]);
  return note(*step);
}

bool Closing::take(const Segment& seg, int sender, const FlowRecord& record) {
  const auto step = step_of(seg, sender);
  if (!step || seg.time < last()) return false;
  const Duration since = seg.time - last();
  const bool is_others = sender != first_;
  const Seq others_next = record.flight[1 - first_].nxt;
  const bool answers = is_others && Seq{seg.seq} == others_next &&
                       Seq{seg.ack} == end_of_first_fin(record) && seg.payload_len == 0;
  switch (next()) {
    case Next::answer:
      if (!answers || since >= kAnswered) return false;
      if (weighty_flags(seg) == kFinAck) other_fin_ = count_;
      return (weighty_flags(seg) == kAck || weighty_flags(seg) == kFinAck) && note(*step);
    case Next::other_fin:
      if (!answers || since >= kCloseWait || weighty_flags(seg) != kFinAck) return false;
      other_fin_ = count_;
      return note(*step);
    case Next::last_ack:
      return !is_others && since < kAnswered && weighty_flags(seg) == kAck &&
             seg.payload_len == 0 && Seq{seg.seq} == end_of_first_fin(record) &&
             Seq{seg.ack} == others_next + 1 && note(*step);
    case Next::nothing:
      return false;
  }
  return false;
}

Closing::Next Closing::next() const {
  if (count_ == 1) return Next::answer;
  if (other_fin_ == 0) return Next::other_fin;
  return other_fin_ == count_ - 1 ? Next::last_ack : Next::nothing;
}

std::optional<Closing::Step> Closing::step_of(const Segment& seg, int sender) {
  if (seg.is_short || seg.window == 0 || seg.payload_len > UINT16_MAX) return std::nullopt;
  const auto options = decode::TcpOptions::of(seg);
  if (options.sack.size() > 0) return std::nullopt;
  Step step{.time = seg.time,
            .ack = seg.ack,
            .tsval = options.timestamps ? options.timestamps->tsval : 0,
            .payload_len = static_cast<std::uint16_t>(seg.payload_len),
            .window = seg.window,
            .flags = seg.flags.bits()};
  step.sender = static_cast<std::uint8_t>(sender & 1);
  step.has_clock = options.timestamps.has_value();
  return step;
}

void Closing::begin_clock(int end, const std::optional<Clock>& clock) {
  if (!clock) return;
  has_clock_ |= static_cast<std::uint8_t>(1u << end);
  clock_[static_cast<std::size_t>(end)] = clock->value;
  clock_since_[static_cast<std::size_t>(end)] = clock->since;
}

// A segment with the clock of a moment that is past may be an old one.
bool Closing::has_new_clock(const Step& step) const {
  if (!step.has_clock || (has_clock_ >> step.sender & 1) == 0) return true;
  return Clock{clock_[step.sender], clock_since_[step.sender]}.allows(step.tsval, step.time);
}

void Closing::note_clock(const Step& step) {
  const bool had_one = (has_clock_ >> step.sender & 1) != 0;
  if (!step.has_clock || (had_one && !before(Seq{clock_[step.sender]}, Seq{step.tsval}))) return;
  begin_clock(step.sender, Clock{step.tsval, step.time});
}

bool Closing::note(const Step& step) {
  if (!has_new_clock(step)) {
    if (other_fin_ == count_) other_fin_ = 0;
    return false;
  }
  note_clock(step);
  steps_[count_++] = step;
  return true;
}

KeptSegment Closing::segment(const Step& step, const FlowRecord& record) const {
  KeptSegment seg;
  const bool is_first = &step == steps_.data();
  const bool is_others = step.sender != first_;
  seg.time = step.time;
  seg.seq = is_first || is_others ? record.flight[step.sender].nxt.value()
                                  : end_of_first_fin(record).value();
  seg.ack = step.ack;
  seg.payload_len = step.payload_len;
  seg.window = step.window;
  seg.flags = step.flags;
  seg.sender = step.sender;
  if (step.has_clock) seg.put_clock(step.tsval);
  return seg;
}

std::optional<std::array<State, 2>> Closing::states_at(Timestamp now, const Timers& timers) const {
  if (!is_over()) return std::nullopt;
  const auto wait = timers.of(State::time_wait);
  const Timestamp entered = steps_[other_fin_].time;
  const bool is_over = wait && entered + *wait + timers.coarseness / 2 <= now;
  std::array<State, 2> states{State::closed, State::closed};
  if (!is_over) states[first_] = State::time_wait;
  return states;
}

}  // namespace tapstat::analysis::tcp
