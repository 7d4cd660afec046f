// The spanning trees that the BPDUs of all capture points tell of.
#pragma once

#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::spanning_tree {

class SpanningTrees {
 public:
  // In the order they were captured.
  void see(const capture::Frame& frame, const decode::Packet& packet);
};

}  // namespace tapstat::analysis::spanning_tree
