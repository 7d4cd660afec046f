// TCP segments that the tables beside the connections look at a handful at a time: what one of them
// needs of memory is fetched while another is in hand.
#pragma once

#include <cstddef>
#include <span>

#include "capture/frame.h"
#include "decode/segment.h"

namespace tapstat::analysis {

// A segment and the frame that it came in, which is borrowed.
struct FramedSegment {
  const capture::Frame* frame;
  decode::Segment segment;
};

inline constexpr std::size_t kMostInBlock = 16;

// At most kMostInBlock, in the order they were captured.
using SegmentBlock = std::span<const FramedSegment>;

}  // namespace tapstat::analysis
