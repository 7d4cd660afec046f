// Segments that would change the state of the endpoint they were sent to, once it has them: assumed
// to have arrived until its own segments prove or refute it (inference rule "two events").
#pragma once

#include <array>
#include <cstdint>

#include "analysis/seq.h"
#include "analysis/tcp/figure5.h"
#include "analysis/tcp/state.h"
#include "capture/frame.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;

// When a packet was seen, and which.
struct Sighting {
  Timestamp time{};
  std::uint64_t frame = 0;  // 0: none, a timer
};

struct Receipt {
  Event event{};
  Seq end;          // what the receiver acknowledges once it has it (the peer's sequence space)
  Seq end_of_any;   // likewise, whichever of its sendings it was
  Sighting first;   // the earliest sending that may have arrived
  Sighting latest;  // the last one
  std::uint8_t sendings = 1;
  bool certain = false;  // seen at the receiver's own interface: only the order is open
  bool overdue = false;  // the receiver owed an answer, and none came

  // What its sender sends again until it is answered; an ACK is not.
  [[nodiscard]] bool is_repeated() const {
    return event == Event::rcv_syn || event == Event::rcv_syn_ack || event == Event::rcv_fin;
  }
  // Sent in vain so often that the state before it is the better guess.
  [[nodiscard]] bool is_doubtful() const {
    if (certain) return false;
    return overdue || (is_repeated() && sendings > (event == Event::rcv_syn ? 1 : 2));
  }
  // A sending that was followed by another had not been answered when its sender lost patience.
  [[nodiscard]] Sighting shown() const { return is_repeated() && sendings > 1 ? latest : first; }
};

// In the order in which they take effect.
class Receipts {
 public:
  static constexpr int kMost = 6;  // SYN, SYN-ACK or ACK, FIN, ACK of FIN, RST, one to spare

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] int size() const { return count_; }
  [[nodiscard]] const Receipt* begin() const { return list_.data(); }
  [[nodiscard]] const Receipt* end() const { return list_.data() + count_; }
  [[nodiscard]] Receipt* begin() { return list_.data(); }
  [[nodiscard]] Receipt* end() { return list_.data() + count_; }

  [[nodiscard]] Receipt* find(Event event);
  // One too many is left out: what it says is then learned from the receiver's own segments.
  void add(const Receipt& receipt);
  void clear() { count_ = 0; }

  // Calls `keep(receipt)` on each in turn, which may change it; drops those it says false of.
  template <typename Keep>
  void keep_if(Keep&& keep) {
    int kept = 0;
    for (int i = 0; i < count_; ++i) {
      Receipt& r = list_[static_cast<std::size_t>(i)];
      if (keep(r)) list_[static_cast<std::size_t>(kept++)] = r;
    }
    count_ = kept;
  }

 private:
  std::array<Receipt, kMost> list_;
  int count_ = 0;
};

}  // namespace tapstat::analysis::tcp
