// The MAC addresses of the capture: what a switch would have learned of them.
#pragma once

#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::stations {

class StationTable {
 public:
  // In the order they were captured.
  void see(const capture::Frame& frame, const decode::Packet& packet);
  // A frame that holds nothing but a TCP segment.
  void see(const capture::Frame& frame, const decode::Segment& segment);
};

}  // namespace tapstat::analysis::stations
