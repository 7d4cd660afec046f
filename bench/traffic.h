// TCP traffic as a tap sees it: a constant number of connections at once, each with handshake, data
// both ways, delayed ACKs and close, as kernels without loss exchange them.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "bench/frame_writer.h"
#include "capture/frame.h"

namespace tapstat::bench {

struct TrafficOptions {
  std::uint32_t flows = 10'000;    // at once
  std::uint32_t ipv6_percent = 0;  // of the connections
  std::uint64_t seed = 1;          // the same one gives the same packets, bit by bit
};

// Each packet belongs to a connection drawn at random, so that no cache helps: the flows of a real
// tap come in bursts. A connection that has closed gives its place to a new one.
class Traffic {
 public:
  struct Packet {
    capture::Timestamp time;
    std::span<const std::uint8_t> bytes;  // the whole frame; valid until the next call
  };

  explicit Traffic(const TrafficOptions& options);

  [[nodiscard]] Packet next();

 private:
  enum class Step : std::uint8_t {
    syn,
    syn_ack,
    ack,
    request,
    response,
    close,      // FIN of the server
    close_ack,  // the client's ACK of it
    last_fin,
    last_ack,
  };

  struct End {
    Socket socket;
    std::uint32_t nxt = 0;
    std::uint32_t clock = 0;       // of its timestamps option, ahead of packet time by this
    std::uint32_t last_tsval = 0;  // sent, and echoed by the other end
    std::uint16_t ip_id = 0;
    std::uint16_t window = 0;
  };

  struct Flow {
    std::array<End, 2> ends;      // client, server
    std::uint32_t exchanges = 0;  // requests still to come
    std::uint32_t response = 0;   // segments of the response still to come
    std::uint32_t unacked = 0;    // data segments of the server since the client's last segment
    Step step = Step::syn;
    bool ipv6 = false;
  };

  [[nodiscard]] std::uint32_t below(std::uint32_t limit);
  [[nodiscard]] Socket draw_socket(std::uint8_t net, std::uint32_t hosts, bool ipv6);
  void open(Flow& flow);
  std::span<const std::uint8_t> step(Flow& flow);
  std::span<const std::uint8_t> send_request(Flow& flow);
  std::span<const std::uint8_t> send_response(Flow& flow);
  std::span<const std::uint8_t> send(Flow& flow, std::size_t sender, std::uint8_t flags,
                                     std::uint32_t payload_len = 0);

  TrafficOptions options_;
  std::mt19937_64 random_;
  FrameWriter writer_;
  std::vector<Flow> flows_;
  capture::Timestamp now_;
};

}  // namespace tapstat::bench
