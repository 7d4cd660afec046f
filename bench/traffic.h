// TCP traffic as a tap sees it: many connections at once, each of which is replaced when it ends.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bench/connection.h"
#include "bench/packet_clock.h"
#include "bench/population.h"
#include "bench/random.h"

namespace tapstat::bench {

struct TrafficOptions {
  std::uint32_t flows = 10'000;    // at once
  std::uint64_t connections = 0;   // in all, until the last has ended; 0 for ever new ones
  std::uint32_t established = 0;   // percentage of the first `flows` that are entered mid-stream
  std::uint32_t rate = 1'000'000;  // packets a second
  std::uint64_t seed = 1;          // the same one gives the same packets, bit by bit
  Mixture mixture;
  Path path;
};

// Each packet belongs to a connection drawn at random, so that no cache helps: the flows of a real
// tap come in bursts.
class Traffic {
 public:
  explicit Traffic(const TrafficOptions& options);

  // Nothing once the last connection has ended.
  [[nodiscard]] std::optional<Packet> next();

 private:
  [[nodiscard]] bool more() const;
  [[nodiscard]] Connection& draw();
  void retire(Connection& connection);

  TrafficOptions options_;
  Random random_;
  PacketClock clock_;
  Population population_;
  FrameWriter writer_;
  std::vector<Connection> flows_;
};

}  // namespace tapstat::bench
