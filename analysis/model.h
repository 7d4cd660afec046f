// What the views read: everything the engine has worked out so far.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/tcp/tracker.h"
#include "decode/decoder.h"

namespace tapstat::analysis {

// Frames that were analysed, by what they held.
struct Totals {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;               // wire lengths
  std::optional<Timestamp> first, last;  // earliest and latest
  std::uint64_t tcp = 0, udp = 0, icmp = 0, arp = 0, bpdu = 0, other = 0;
  std::uint64_t fragments = 0;  // of IP datagrams that never became whole, or not yet
  std::uint64_t undecoded = 0;  // no decoder understood them
  std::uint64_t malformed = 0;
  std::uint64_t truncated = 0;  // the snap length cut off a header
};

// Borrowed from an Engine, and valid while it is.
struct Model {
  const Totals& totals;
  const tcp::Tracker& tcp;
  const decode::Decoder& decoder;  // names the tunnels of tcp::Path
};

}  // namespace tapstat::analysis
