// What a connection is worth keeping for, where there is not room for all.
#pragma once

#include <cstdint>

namespace tapstat::analysis::tcp {

// From the first to be given up to the last.
enum class Worth : std::uint8_t {
  unanswered,  // one end was heard alone, and asks to connect: what a SYN flood consists of
  closed,      // both ends are done with it
  half_open,   // no third segment of the handshake, or one end was never heard
  open,        // both ends were heard
};

}  // namespace tapstat::analysis::tcp
