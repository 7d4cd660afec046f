// A TCP connection by Zeek's rules, for conn_state and history as its conn.log has them.
//
// The rules are those of TCPSessionAdapter.cc, TCP_Endpoint.cc and TCP_Reassembler.cc in Zeek's
// src/, and of scripts/base/protocols/conn/main.zeek; docs/compatibility.md has them in words.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "analysis/prefetch.h"
#include "analysis/zeek/history.h"
#include "analysis/zeek/tcp_endpoint.h"
#include "decode/segment.h"

namespace tapstat::analysis::zeek {

using capture::Timestamp;
using decode::Segment;

// Ends are told apart by an index that the owner gives them (that of the FlowKey); which of them is
// the originator may change.
class TcpSession {
 public:
  // Begins a connection; its first segment is still to be taken.
  void open(const Segment& first, int sender);
  [[nodiscard]] bool is_open() const { return inactivity_ != std::chrono::nanoseconds{}; }

  // Whether `seg`, of the same five-tuple, opens a new connection (IsReuse), or came so late that
  // this one was removed before it.
  [[nodiscard]] bool is_reused_by(const Segment& seg) const;
  [[nodiscard]] bool is_removed_at(Timestamp now) const;

  void take(const Segment& seg, int sender, Pool<Pieces>& pool) {
    if (!take_in_stride(seg, sender, pool)) take_slowly(seg, sender, pool);
  }
  // A segment whose checksum is wrong: noted, and ignored.
  void take_corrupt(int sender);

  // Gives back what waits for a hole to be filled: no segment follows.
  void finish(Pool<Pieces>& pool);

  void prefetch() const { fetch_lines(*this); }

  [[nodiscard]] int originator() const { return originator_; }
  [[nodiscard]] int responder() const { return 1 - originator_; }
  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] std::string_view conn_state() const;
  // Payload bytes that end `i` sent, by its sequence numbers.
  [[nodiscard]] std::uint64_t size(int i) const { return ends_[i].size(ends_[1 - i]); }
  [[nodiscard]] std::uint64_t missed_bytes() const { return missed_bytes_; }
  [[nodiscard]] Timestamp first() const { return first_; }
  // The last segment that counts for the duration: none does once both ends have closed.
  [[nodiscard]] Timestamp last() const { return last_; }

 private:
  struct Turn;  // what the steps of one segment share

  [[nodiscard]] bool is_originator(int i) const { return i == originator_; }
  [[nodiscard]] TcpEndpoint& originator_end() { return ends_[originator_]; }
  [[nodiscard]] const TcpEndpoint& originator_end() const { return ends_[originator_]; }
  [[nodiscard]] const TcpEndpoint& responder_end() const { return ends_[1 - originator_]; }

  // Data or an acknowledgment that goes on where both ends stood, on an open connection: what most
  // segments are. False where there is more to say; nothing happened then.
  [[nodiscard]] bool take_in_stride(const Segment& seg, int sender, Pool<Pieces>& pool);
  [[nodiscard]] bool is_in_stride(const Segment& seg, int sender) const;
  void take_slowly(const Segment& seg, int sender, Pool<Pieces>& pool);
  void flip();
  void note_partial(const Turn& turn);
  static void begin_numbers(const Turn& turn);
  void note_flags(const Turn& turn);
  void note_one_flag(const Turn& turn);
  void note_data_or_ack(char letter, std::uint8_t bit, int sender);
  bool note_once(char letter, std::uint8_t bit, int sender);
  void note_zero_window(const Turn& turn);
  [[nodiscard]] static std::uint64_t take_ack(const Turn& turn);
  void note_last(const Turn& turn);
  void move(Turn& turn);
  void move_inactive(Turn& turn);
  void move_inactive_by_syn(const Turn& turn);
  void move_inactive_by_other(const Turn& turn);
  static void move_established(Turn& turn);
  void move_endpoint(TcpEndpoint& end, TcpState next);
  void note_acknowledged(const Turn& turn, std::uint64_t number, Pool<Pieces>& pool);
  void check_end(int i);
  void close(int i);

  TcpEndpoint ends_[2];
  History history_;
  Timestamp first_{}, last_{};
  Timestamp removal_ = Timestamp::max();           // once both ends have closed
  Timestamp attempt_deadline_ = Timestamp::max();  // an unanswered SYN is given up then
  std::chrono::nanoseconds inactivity_{};
  std::uint64_t missed_bytes_ = 0;
  std::uint8_t noted_[2] = {0, 0};  // letters that come once, by role: originator, responder
  std::uint8_t roles_seen_ = 0;     // bit 0: a packet of the originator, bit 1: of the responder
  std::int8_t originator_ = 0;
  bool is_partial_ = false;
  bool close_deferred_ = false;
};

}  // namespace tapstat::analysis::zeek
