#include "analysis/findings/handshake_watcher.h"

#include <algorithm>

namespace tapstat::analysis {

void HandshakeWatcher::take(const decode::Segment& segment) {
  const DirectedKey key = key_of(segment);
  Slot& slot = slots_[hash_(key.key) % kSlots];
  const bool is_same = slot.opener >= 0 && slot.key == key.key;
  if (!segment.flags.ack()) return take_syn(slot, key, segment);
  if (is_same) take_syn_ack(slot, key.sender);
}

void HandshakeWatcher::take_syn(Slot& slot, const DirectedKey& key,
                                const decode::Segment& segment) {
  const bool is_answer = slot.opener >= 0 && slot.key == key.key && slot.opener != key.sender;
  if (!is_answer) {
    slot = {.key = key.key, .opener = key.sender};
  } else if (slot.frame == 0) {
    slot.time = segment.time;
    slot.frame = segment.frame;
  }
}

// Who really opens at the same time, too, answers the other's SYN with a SYN-ACK (RFC 9293 section
// 3.10.7.3) as soon as that comes; one that was asked first and never does had nothing to open.
void HandshakeWatcher::take_syn_ack(Slot& slot, int sender) {
  if (slot.frame == 0) return;
  if (sender == slot.opener) {
    if (turned_.size() < kMost) turned_.push_back({slot.key, 1 - sender, slot.time, slot.frame});
    return;
  }
  std::erase_if(turned_, [&](const TurnedHandshake& t) { return t.frame == slot.frame; });
  slot.opener = -1;
}

}  // namespace tapstat::analysis
