// What became of a connection, in a word. Of several that hold, the first.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "analysis/tcp/connection.h"

namespace tapstat::analysis::tcp {

enum class Verdict : std::uint8_t {
  refused,            // a reset answered the SYN
  refused_by_icmp,    // an ICMP error did
  no_answer,          // nothing did
  one_way,            // packets of one direction only: what the other end did is guessed
  half_handshake,     // the SYN-ACK was not acknowledged
  aborted_handshake,  // it was answered by a reset
  reset,
  reused,       // a new connection took its place before it had ended
  timed_out,    // an end gave up on the other
  closed,       // by a FIN of each end
  half_closed,  // one end has sent its FIN
  open_midway,  // open, and its beginning was not seen
  open,
};

inline constexpr std::array<std::string_view, 13> kVerdictNames = {
    "refused",           "refused-by-icmp", "no-answer", "one-way",   "half-handshake",
    "aborted-handshake", "reset",           "reused",    "timed-out", "closed",
    "half-closed",       "open-midway",     "open",
};

[[nodiscard]] constexpr std::string_view name(Verdict v) {
  return kVerdictNames[static_cast<std::size_t>(v)];
}

// From all that was seen of it so far.
[[nodiscard]] Verdict verdict_of(const Connection& c);

}  // namespace tapstat::analysis::tcp
