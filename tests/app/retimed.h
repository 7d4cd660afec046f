// Captures made from others, with the packets' dates and order changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tapstat::test {

struct Packet {
  std::int64_t time = 0;  // nanoseconds since 1970
  std::string bytes;
};

// Of a sample of Ethernet frames.
[[nodiscard]] std::vector<Packet> packets_of_sample(const std::string& name);

// As pcapng of Ethernet frames, with the times as they are: of negative ones as 64 bits without a
// sign, which are beyond all dates.
[[nodiscard]] std::string pcapng_of(const std::vector<Packet>& packets);

}  // namespace tapstat::test
