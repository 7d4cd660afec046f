// What must see packets as they come, for the findings that no connection's record shows.
#pragma once

#include "analysis/findings/handshake_watcher.h"
#include "analysis/findings/loop_watcher.h"
#include "analysis/findings/offload_watcher.h"

namespace tapstat::analysis {

// Memory is fixed from the start; nothing is allocated for a packet.
class PacketWatch {
 public:
  // `secret` keys the hashes, as the tracker's.
  explicit PacketWatch(std::uint64_t secret)
      : loops_(KeyedHash(secret)), offload_(KeyedHash(secret)), handshakes_(KeyedHash(secret)) {}

  void see(const decode::Segment& segment) {
    loops_.see(segment);
    offload_.see(segment);
    handshakes_.see(segment);
  }
  void see(SegmentBlock block) {
    loops_.see(block);
    for (const auto& [frame, segment] : block) {
      offload_.see(segment);
      handshakes_.see(segment);
    }
  }
  // A packet that holds no TCP segment.
  void see(const decode::Packet& packet, const capture::Frame& frame) {
    loops_.see(packet, frame);
    offload_.see(packet, frame);
  }

  [[nodiscard]] const LoopWatcher& loops() const { return loops_; }
  [[nodiscard]] const OffloadWatcher& offload() const { return offload_; }
  [[nodiscard]] const HandshakeWatcher& handshakes() const { return handshakes_; }

 private:
  LoopWatcher loops_;
  OffloadWatcher offload_;
  HandshakeWatcher handshakes_;
};

}  // namespace tapstat::analysis
