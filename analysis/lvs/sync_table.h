// What directors tell one another of their connections: the IPVS synchronisation protocol
// (net/netfilter/ipvs/ip_vs_sync.c).
#pragma once

#include <cstdint>

#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::lvs {

class SyncTable {
 public:
  // `secret` keys the hashes, as the tracker's.
  explicit SyncTable(std::uint64_t secret);

  // In the order they were captured.
  void see(const capture::Frame& frame, const decode::Packet& packet);
};

}  // namespace tapstat::analysis::lvs
