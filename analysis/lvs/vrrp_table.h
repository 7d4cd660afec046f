// Who is master of each virtual router, as VRRP adverts tell: RFC 3768 (version 2), RFC 9568
// (version 3).
#pragma once

#include <cstdint>

#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::lvs {

class VrrpTable {
 public:
  // `secret` keys the hashes, as the tracker's.
  explicit VrrpTable(std::uint64_t secret);

  // In the order they were captured.
  void see(const capture::Frame& frame, const decode::Packet& packet);
};

}  // namespace tapstat::analysis::lvs
