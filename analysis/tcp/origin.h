// How a connection began, kept instead of worked out: nearly all begin in the same way, and of
// nearly all nobody ever asks what each end went through on the way to ESTABLISHED.
//
// SYN, SYN-ACK, ACK, perhaps data of the client, then something of the server that shows that it
// has the ACK: after these both ends are ESTABLISHED and nothing is open, whatever the machinery of
// Endpoint says in between. So what it depends on is kept, and given to a Connection where one is
// needed: all that is known of such a connection still comes from that machinery.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "analysis/prefetch.h"
#include "analysis/tcp/flow_record.h"
#include "analysis/tcp/folded.h"
#include "analysis/tcp/kept_segment.h"
#include "analysis/tcp/near_ends.h"
#include "analysis/tcp/syn_note.h"
#include "analysis/tcp/worth.h"
#include "decode/segment.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {

class alignas(64) Origin {
 public:
  enum class Verdict : std::uint8_t {
    noted,    // it goes on as it should
    settled,  // with this one both ends are ESTABLISHED, and the record has the numbers
    strange,  // it does not, and nothing was noted
  };

  // Whether `seg` begins a connection like that.
  [[nodiscard]] static bool begins(const Segment& seg);

  Origin() = default;
  // Of one that asks: its first segment, which begins().
  explicit Origin(const FlowRecord& asking);
  // A further one of the same path and input, before it is settled.
  [[nodiscard]] Verdict take(const Segment& seg, int sender, FlowRecord& record);

  // The segments, as far as anything depends on them, in order: calls `use(segment)` on each.
  template <typename Use>
  void unfold(Use&& use) const {
    for (int i = 0; i < count_; ++i) {
      const KeptSegment seg = segment(i);
      const int times = step_at(i) == kData ? 1 + more_data_ : 1;
      for (int sending = 0; sending < times; ++sending) use(share_of(seg, sending, times));
    }
  }

  // Segments noted so far, repeated data of the client counted once.
  [[nodiscard]] int count() const { return count_; }
  [[nodiscard]] int client() const { return client_; }
  // What it took each end to answer the other, once the handshake is done.
  [[nodiscard]] Duration server_response() const { return after(kSynAck); }
  [[nodiscard]] Duration client_response() const { return after(kAck); }
  [[nodiscard]] std::optional<Clock> clock(int end) const;

  // What would be lost with it.
  [[nodiscard]] Worth worth() const {
    if (count_ <= kSynAck) return Worth::unanswered;
    return count_ <= kAck ? Worth::half_open : Worth::open;
  }

  void prefetch() const { fetch_lines(*this); }

 private:
  // What each of the segments is; the client may send no data before the server's.
  using Step = std::size_t;
  static constexpr Step kSyn = 0, kSynAck = 1, kAck = 2, kData = 3, kProof = 4, kSteps = 5;

  // Of one of them but SYN and SYN-ACK.
  struct Note {
    std::uint32_t tsval = 0;
    std::uint16_t window = 0;
    bool has_tsval = false;
  };

  // A segment and its options, which are picked out once.
  struct Arrival {
    const Segment& seg;
    const decode::TcpOptions options;
  };

  [[nodiscard]] Verdict take_of_client(const Arrival& arrival, FlowRecord& record);
  [[nodiscard]] Verdict take_of_server(const Arrival& arrival, FlowRecord& record);
  [[nodiscard]] bool is_in_time(const Segment& seg, Timestamp last) const;
  [[nodiscard]] bool goes_on(const Arrival& arrival, int sender) const;
  [[nodiscard]] bool joins_data(const Arrival& arrival, const FlowRecord& record) const;
  void note(Step step, const Arrival& arrival, Timestamp last);
  [[nodiscard]] bool settle(const Arrival& arrival, FlowRecord& record);
  [[nodiscard]] Timestamp time_of(Step step) const;
  [[nodiscard]] KeptSegment segment(int index) const;
  [[nodiscard]] Step step_at(int index) const {
    return index == kData && !has_data_ ? kProof : static_cast<Step>(index);
  }
  [[nodiscard]] static KeptSegment share_of(KeptSegment seg, int sending, int times);
  [[nodiscard]] SynNote& end(int i) { return ends_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] const SynNote& end(int i) const { return ends_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] Note note_of(Step step) const;
  // The step before it, or the last one there was; of a step that was left out it says nothing.
  [[nodiscard]] Duration after(Step step) const { return after_[step - kSynAck].duration(); }
  void set_after(Step step, Duration after) { after_[step - kSynAck] = Gap{after}; }
  [[nodiscard]] std::uint32_t client_first() const { return end(client_).isn + 1; }
  [[nodiscard]] std::uint32_t server_first() const { return end(1 - client_).isn + 1; }

  Timestamp time_{};  // of the SYN
  std::array<SynNote, 2> ends_;
  std::array<Gap, kSteps - kSynAck> after_;    // see after()
  std::array<Note, kSteps - kAck> notes_;      // from kAck on
  std::uint16_t ack_len_ = 0, proof_len_ = 0;  // payload
  std::uint32_t data_len_ = 0;
  std::uint32_t proof_ack_ = 0;
  std::uint8_t count_ = 0;
  std::uint8_t more_data_ = 0;  // segments with data after the first one
  std::uint8_t client_ : 1 = 0;
  bool has_data_ : 1 = false;

 public:
  NearEnds near;
  std::uint32_t key = FlowRecord::kNone;  // of IPv6, as the store keeps it
};

static_assert(sizeof(Origin) == 128);

}  // namespace tapstat::analysis::tcp
