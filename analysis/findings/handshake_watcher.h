// Handshakes that a server turns around: it answers a SYN with a SYN of its own, so that the client
// sends the SYN-ACK ("The TCP Split Handshake", Beardsley and Qian, 2010).
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/findings/finding.h"
#include "analysis/flow_key.h"
#include "decode/segment.h"

namespace tapstat::analysis {

struct TurnedHandshake {
  FlowKey key{};
  int answerer = 0;  // the end that was asked; indexes the key's ends
  Timestamp time{};  // of its SYN
  std::uint64_t frame = 0;
};

// Remembers the last few thousand SYNs, whatever there are, in fixed memory.
class HandshakeWatcher {
 public:
  explicit HandshakeWatcher(KeyedHash hash) : hash_(hash), slots_(kSlots) {
    turned_.reserve(kMost);
  }

  void see(const decode::Segment& segment) {
    if (segment.flags.syn()) take(segment);
  }

  [[nodiscard]] const std::vector<TurnedHandshake>& turned() const { return turned_; }

 private:
  static constexpr std::size_t kSlots = 4096;
  static constexpr std::size_t kMost = 64;

  struct Slot {
    FlowKey key{};
    Timestamp time{};         // of the answerer's SYN
    std::uint64_t frame = 0;  // likewise; 0 while it has sent none
    int opener = -1;          // -1: free
  };

  void take(const decode::Segment& segment);
  void take_syn(Slot& slot, const DirectedKey& key, const decode::Segment& segment);
  void take_syn_ack(Slot& slot, int sender);

  KeyedHash hash_;
  std::vector<Slot> slots_;
  std::vector<TurnedHandshake> turned_;
};

}  // namespace tapstat::analysis
