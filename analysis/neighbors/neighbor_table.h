// Which MAC address each IP address has, as ARP (RFC 826), RARP (RFC 903) and IPv6 neighbour
// discovery (RFC 4861) tell, and how that changed.
#pragma once

#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::neighbors {

class NeighborTable {
 public:
  // In the order they were captured.
  void see(const capture::Frame& frame, const decode::Packet& packet);
  // A frame that holds nothing but a TCP segment.
  void see(const capture::Frame& frame, const decode::Segment& segment);
};

}  // namespace tapstat::analysis::neighbors
