// Several sources as one, in the order of their frames' times.
#pragma once

#include <memory>
#include <vector>

#include "capture/source.h"

namespace tapstat::capture {

// Always hands out the earliest of the inputs' next frames, the first input's where times are
// equal, so that an input which is itself out of order keeps its order. Frames are numbered from 1
// as they are merged and Frame::input tells the inputs apart. A pipe among the inputs is waited
// for. One source is given back as it is. Needs at least one source; more than 65536 inputs are an
// error.
[[nodiscard]] Result<std::unique_ptr<Source>> merge(std::vector<std::unique_ptr<Source>> sources);

}  // namespace tapstat::capture
