#include "analysis/neighbors/repeats.h"

#include <algorithm>

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
  const std::uint32_t point = std::uint32_t{frame.input} << 16 | frame.interface;
  for (Slot& slot : slots_) {
    const auto apart = std::chrono::abs(frame.time - slot.time);
    if (slot.content != content || apart > kSpread) continue;
    const auto end = slot.points.begin() + static_cast<std::ptrdiff_t>(slot.shown);
    const bool is_again = std::find(slot.points.begin(), end, point) != end;
    if (is_again && apart > kAtOnce) continue;
    if (!is_again && slot.shown < slot.points.size()) slot.points[slot.shown++] = point;
    return true;
  }
  slots_[next_] = {.content = content, .time = frame.time, .points = {point}, .shown = 1};
  next_ = (next_ + 1) % slots_.size();
  return false;
}

}  // namespace tapstat::analysis::neighbors
