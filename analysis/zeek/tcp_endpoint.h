// One end of a TCP connection as Zeek follows it: a state, and the numbers that sizes come from.
#pragma once

#include <cstdint>

#include "analysis/zeek/history.h"
#include "analysis/zeek/stream.h"
#include "decode/segment.h"

namespace tapstat::analysis::zeek {

// TCP_Endpoint.h
enum class TcpState : std::uint8_t {
  inactive,
  syn_sent,
  syn_ack_sent,  // by the originator: its SYN was not seen
  partial,       // something else came first
  established,
  closed,  // it sent a FIN
  reset,   // it sent an RST
};

[[nodiscard]] constexpr bool is_inactive_or_partial(TcpState state) {
  return state == TcpState::inactive || state == TcpState::partial;
}

// A 32-bit number and how often it went round (TCP_Endpoint::ToFullSeqSpace).
struct LongSeq {
  std::uint32_t value = 0;
  std::uint32_t rounds = 0;

  void advance_to(std::uint32_t to) {
    if (to < value) ++rounds;
    value = to;
  }
  [[nodiscard]] std::uint64_t full() const { return (std::uint64_t{rounds} << 32) + value; }
};

// Plain state; TcpSession moves it.
struct TcpEndpoint {
  TcpState state = TcpState::inactive;
  TcpState state_before = TcpState::inactive;
  bool has_closed = false;  // Zeek's did_close
  bool has_ended = false;   // Zeek's did_EOF: all it sent was delivered
  bool sent_fin = false;
  std::uint32_t start = 0;  // of the SYN, or one less than the first number seen
  LongSeq last;             // one past the last one it sent
  LongSeq acked;            // what the other end acknowledged
  std::uint64_t fin = 0;    // relative, one past its FIN
  // Relative, of the last one noted in the history.
  std::uint64_t last_syn = 0, last_fin = 0, last_rst = 0;
  ScaledCount retransmissions, zero_windows, gaps, bad_checksums;
  Stream stream;

  void begin_at(std::uint32_t number, std::uint32_t end);
  void move_to(TcpState next);

  // `number` from the start on, given that `near` is one of this direction's; negative ones
  // (`underflows`) come out as 2^64 less.
  [[nodiscard]] std::uint64_t relative(std::uint32_t number, const LongSeq& near,
                                       bool& underflows) const;
  [[nodiscard]] bool has_nothing_acknowledged() const {
    return acked.full() == start || acked.full() == std::uint64_t{start} + 1;
  }
  // Payload bytes by sequence numbers (TCP_Endpoint::Size).
  [[nodiscard]] std::uint64_t size(const TcpEndpoint& peer) const;
  // Whether data it sent waits to be delivered before its FIN or RST counts (DataPending).
  [[nodiscard]] bool has_data_pending(const TcpEndpoint& peer) const;
};

}  // namespace tapstat::analysis::zeek
