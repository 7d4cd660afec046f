// Whether the segments of a connection reached their receiver, told from those that followed.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/tcp/segment_log.h"

namespace tapstat::analysis::tcp {

enum class Fate : std::uint8_t {
  unknown,
  arrived,
  // Behind the tap it was lost, or its receiver dropped it: the receiver went on as if it had never
  // come.
  lost,
};

// One for each segment of the log, in its order.
//
// What takes sequence space is lost when it was sent again and the acknowledgment that covers it at
// last was caused by the later copy (timestamps tell, RFC 3522), or when acknowledgments went on
// below it to the end. And whatever acknowledges is lost when its receiver, well after it passed
// the tap, sent again what it acknowledged. Where the capture allows another reading the fate is
// unknown.
[[nodiscard]] std::vector<Fate> fates_of(const SegmentLog& log);

}  // namespace tapstat::analysis::tcp
