// One TCP connection as two kernels hold it and a tap between them sees it: handshake, requests and
// responses, delayed ACKs, loss and its repair, close.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/frame_writer.h"
#include "bench/random.h"
#include "capture/frame.h"

namespace tapstat::bench {

// What lies between the two hosts, the same for all connections.
struct Path {
  std::uint32_t loss_per_million = 0;  // of data segments: half of them before the tap, half behind
  std::uint32_t ack_every = 2;  // segments; a response's last one is acknowledged in any case
};

// What one connection is to do.
struct Plan {
  Socket client;
  Socket server;
  bool ipv6 = false;
  Encapsulation encapsulation;
  std::uint32_t segments = 1;      // of data that the server sends in all, at least 1
  std::uint32_t per_response = 0;  // of them in one response; 0 for 1 to 16, drawn anew each time
  bool established = false;        // begins in the middle, without a handshake
  bool stays_open = false;         // falls silent instead of closing
};

// Repair is as in Linux with SACK: each segment above a hole brings a duplicate ACK, three of them
// or the end of what there is to send the retransmission, and where nothing followed the lost
// segment the retransmission timer does. A connection has one hole at a time, and ACKs are not
// lost.
class Connection {
 public:
  Connection(const Plan& plan, Random& random);

  // The next thing that happens. Returns whether it passes the tap, in `out`, which points into
  // this connection; must not be called once done().
  [[nodiscard]] bool step(const Path& path, capture::Timestamp now, Random& random,
                          SegmentFields& out);

  [[nodiscard]] bool done() const { return step_ == Step::done; }

  // Until then it waits for a retransmission timer.
  [[nodiscard]] capture::Timestamp not_before() const { return not_before_; }

 private:
  enum class Step : std::uint8_t {
    syn,
    syn_ack,
    ack,
    request,
    response,
    fin,  // of the end that closes first
    fin_ack,
    last_fin,
    last_ack,
    done,
  };

  struct End {
    Socket socket;
    std::uint16_t ip_id = 0;
    std::uint32_t nxt = 0;
    std::uint32_t clock = 0;      // of its timestamps option, ahead of packet time by this
    std::uint32_t ts_recent = 0;  // RFC 7323 section 4.3
  };

  void send(std::size_t sender, std::uint8_t flags, capture::Timestamp now, SegmentFields& out,
            std::uint32_t payload_len = 0);
  bool send_request(const Path& path, capture::Timestamp now, Random& random, SegmentFields& out);
  bool send_response(const Path& path, capture::Timestamp now, Random& random, SegmentFields& out);
  bool send_data(const Path& path, capture::Timestamp now, Random& random, SegmentFields& out);
  void send_ack(capture::Timestamp now, SegmentFields& out);
  void send_duplicate_ack(capture::Timestamp now, SegmentFields& out);
  void repair(const Path& path, capture::Timestamp now, SegmentFields& out);
  [[nodiscard]] bool hole() const { return hole_len_ != 0; }

  std::array<End, 2> ends_;  // client, server
  capture::Timestamp not_before_ = capture::kEarliest;
  std::uint32_t segments_;      // the server has still to send, this response's not counted
  std::uint32_t response_ = 0;  // segments of it still to send
  std::uint32_t unacked_ = 0;   // data segments that came since the client's last ACK
  std::uint32_t hole_seq_ = 0;
  std::uint32_t hole_len_ = 0;  // 0 where nothing is missing
  std::uint16_t request_len_ = 0;
  std::uint16_t per_response_;
  Encapsulation encapsulation_;
  std::uint8_t duplicates_ = 0;  // ACKs since the hole
  Step step_;
  std::uint8_t first_to_close_;
  bool owes_duplicate_ = false;
  bool request_lost_ = false;
  bool ipv6_;
  bool stays_open_;
};

}  // namespace tapstat::bench
