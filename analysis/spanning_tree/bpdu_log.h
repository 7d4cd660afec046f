// Each BPDU of a capture, decoded or refused: for the view bpdus.
#pragma once

#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::spanning_tree {

class BpduLog {
 public:
  void see(const capture::Frame& frame, const decode::Packet& packet);
};

}  // namespace tapstat::analysis::spanning_tree
