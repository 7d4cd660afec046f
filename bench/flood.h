// A SYN flood from spoofed addresses, with real connections in the midst of it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bench/connection.h"
#include "bench/packet_clock.h"
#include "bench/random.h"

namespace tapstat::bench {

struct FloodOptions {
  std::uint32_t sources = 10'000'000;  // each sends one SYN; at most 2^27
  bool answered = false;               // the server sends each a SYN-ACK, which nobody answers
  std::uint32_t real = 0;              // connections, at most 2^16
  std::uint32_t rate = 1'000'000;      // packets a second
  std::uint64_t seed = 1;
  Path path;
};

// What a real connection has where nothing is lost: handshake, eight exchanges of a request, two
// segments and an ACK, close.
inline constexpr std::uint32_t kRealPackets = 39;

// All to 10.2.0.1 port 18080. Spoofed addresses are in 64.0.0.0/5, no two the same; real clients in
// 10.9.0.0/16, one connection each. The real ones begin with the flood, proceed side by side and
// close as it ends.
class Flood {
 public:
  explicit Flood(const FloodOptions& options);

  // Nothing once the flood is over and the last real connection has closed.
  [[nodiscard]] std::optional<Packet> next();

 private:
  [[nodiscard]] bool real_is_due() const;
  [[nodiscard]] std::optional<Packet> next_real();
  [[nodiscard]] Packet next_spoofed();
  void draw_source();

  FloodOptions options_;
  Random random_;
  PacketClock clock_;
  FrameWriter writer_;
  std::vector<Connection> real_;  // those that are not done
  std::size_t turn_ = 0;          // of real_
  std::uint64_t real_steps_ = 0;
  std::uint64_t real_planned_;
  std::uint64_t spoofed_packets_ = 0;
  std::uint64_t spoofed_planned_;
  Socket server_;
  Socket source_;
  std::uint32_t source_seq_ = 0;
  std::uint32_t source_tsval_ = 0;
};

}  // namespace tapstat::bench
