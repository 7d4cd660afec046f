#include "analysis/neighbors/repeats.h"

namespace tapstat::analysis::neighbors {

std::uint64_t Repeats::content_of(const decode::Packet& packet, const Network& network) const {
  std::uint64_t hash = network.overlay_id;
  for (int i = 0; i < network.vlans.size(); ++i) hash = hash_.add(hash, network.vlans[i]);
  if (packet.macs != nullptr) {
    for (int i = 0; i < 12; ++i) hash = hash_.add(hash, packet.macs[i]);
  }
  for (const std::uint8_t byte : packet.body) hash = hash_.add(hash, byte);
  return hash;
}

bool Repeats::is_repeat(const capture::Frame& frame, const decode::Packet& packet,
                        const Network& network) {
  const std::uint64_t content = content_of(packet, network);
  const std::uint64_t input = std::uint64_t{1} << (frame.input % 64);
  for (Slot& slot : slots_) {
    if (slot.content != content || std::chrono::abs(frame.time - slot.time) > kSpread) continue;
    if ((slot.inputs & input) != 0) continue;
    slot.inputs |= input;
    return true;
  }
  slots_[next_] = {.content = content, .time = frame.time, .inputs = input};
  next_ = (next_ + 1) % slots_.size();
  return false;
}

}  // namespace tapstat::analysis::neighbors
