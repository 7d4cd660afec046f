// The stretch of time that findings are asked for.
#pragma once

#include <optional>

#include "capture/frame.h"

namespace tapstat::analysis {

struct Period {
  // nullopt: since the capture began. What lies all before it is not told.
  std::optional<capture::Timestamp> from = std::nullopt;
  // The instant of the model (Snapshot), whose journal may know more; nullopt: the end of the
  // input.
  std::optional<capture::Timestamp> at = std::nullopt;
};

}  // namespace tapstat::analysis
