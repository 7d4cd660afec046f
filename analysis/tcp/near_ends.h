// At whose own interface the tap was taken to be, when.
#pragma once

#include <cstdint>

namespace tapstat::analysis::tcp {

// As Vantage said, bit by end.
struct NearEnds {
  std::uint8_t at_first = 0;      // when the first segment came
  std::uint8_t at_handshake = 0;  // once the handshake was done
};

}  // namespace tapstat::analysis::tcp
