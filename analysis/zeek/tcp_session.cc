#include "analysis/zeek/tcp_session.h"

#include "analysis/seq.h"
#include "analysis/zeek/conn_state.h"
#include "analysis/zeek/likely_server_ports.h"
#include "analysis/zeek/timeouts.h"

namespace tapstat::analysis::zeek {
namespace {

// TOO_LARGE_SEQ_DELTA: numbers of a SYN or RST that far off are not believed.
constexpr std::int32_t kTooFar = 1 << 20;

// Letters that come once, by their bit in noted_.
constexpr std::uint8_t kSynBit = 1, kFinBit = 2, kRstBit = 4, kFinRstBit = 8, kDataBit = 16,
                       kAckBit = 32, kMultiFlagBit = 64;

// Of roles_seen_.
constexpr std::uint8_t kOriginatorSeen = 1, kResponderSeen = 2;

[[nodiscard]] bool is_handshake(TcpState state) {
  return state == TcpState::inactive || state == TcpState::syn_sent ||
         state == TcpState::syn_ack_sent;
}

// Only a SYN without ACK tells who opens. Otherwise the port may (TCPAnalyzer::WantConnection).
[[nodiscard]] bool comes_from_server(const Segment& first) {
  const bool syn = first.flags.syn();
  if (syn && !first.flags.ack()) return false;
  if (!is_likely_tcp_server(first.src_port)) return false;
  return !is_likely_tcp_server(first.dst_port) || (!syn && first.src_port < first.dst_port);
}

[[nodiscard]] bool is_clean(const TcpEndpoint& end) {
  return end.state == TcpState::established ||
         (end.state == TcpState::closed && end.state_before == TcpState::established);
}

}  // namespace

struct TcpSession::Turn {
  const Segment& seg;
  int sender;
  TcpEndpoint& end;
  TcpEndpoint& peer;
  std::uint64_t relative = 0;  // the segment's sequence number
  bool underflows = false;     // it lies before the start
  bool closes = false;         // the sender is done

  [[nodiscard]] std::uint32_t length() const { return seg.payload_len; }
  // The data of a reset takes no numbers.
  [[nodiscard]] std::uint32_t next() const {
    return seg.seq + seg.seg_len() - (seg.flags.rst() ? seg.payload_len : 0);
  }
};

void TcpSession::open(const Segment& first, int sender) {
  *this = TcpSession{};
  first_ = last_ = first.time;
  inactivity_ = kTcpHandshakeInactivity;
  originator_ = static_cast<std::int8_t>(sender);
  if (comes_from_server(first)) flip();
}

void TcpSession::flip() {
  originator_ = static_cast<std::int8_t>(1 - originator_);
  roles_seen_ = static_cast<std::uint8_t>((roles_seen_ & 1) << 1 | roles_seen_ >> 1);
  is_partial_ = false;
  history_.add('^');
}

bool TcpSession::is_reused_by(const Segment& seg) const {
  if (!seg.flags.syn()) return false;
  const TcpEndpoint& orig = originator_end();
  const TcpEndpoint& resp = responder_end();
  if (seg.flags.ack() && orig.state != TcpState::inactive) return false;
  if (orig.has_closed || resp.has_closed) return true;
  const TcpEndpoint& opener = seg.flags.ack() ? resp : orig;
  if (seg.seq == opener.start) return false;
  // A SYN that comes after its SYN-ACK.
  const bool is_reversed = !seg.flags.ack() && opener.state == TcpState::syn_ack_sent &&
                           resp.state == TcpState::inactive && seg.seq == resp.start;
  return !is_reversed;
}

bool TcpSession::is_removed_at(Timestamp now) const {
  const TcpState orig = originator_end().state;
  const bool is_attempt = (orig == TcpState::syn_sent || orig == TcpState::syn_ack_sent) &&
                          responder_end().state == TcpState::inactive;
  return removal_ <= now || (is_attempt && attempt_deadline_ <= now) || last_ + inactivity_ <= now;
}

void TcpSession::take_corrupt(int sender) {
  if (ends_[sender].bad_checksums.count()) history_.add('C', is_originator(sender));
}

bool TcpSession::is_in_stride(const Segment& seg, int sender) const {
  using decode::TcpFlags;
  const TcpEndpoint& end = ends_[sender];
  const TcpEndpoint& peer = ends_[1 - sender];
  const bool is_open = end.state == TcpState::established && peer.state == TcpState::established &&
                       !peer.sent_fin && !is_partial_;
  const bool is_plain = seg.flags.ack() &&
                        !seg.flags.has_any(TcpFlags::kSyn | TcpFlags::kFin | TcpFlags::kRst) &&
                        seg.window != 0;
  const std::uint8_t bit = seg.payload_len > 0 ? kDataBit : kAckBit;
  const bool is_noted = (noted_[is_originator(sender) ? 0 : 1] & bit) != 0;
  // In the first round of numbers relative ones are differences.
  const bool is_first_round = end.last.rounds == 0 && peer.acked.rounds == 0 &&
                              seg.seq >= end.start && seg.seq + seg.payload_len >= seg.seq &&
                              seg.ack >= peer.acked.value && peer.acked.value >= peer.start;
  return is_open && is_plain && is_noted && is_first_round && seg.seq == end.last.value &&
         distance(Seq{peer.acked.value}, Seq{seg.ack}) >= 0;
}

bool TcpSession::take_in_stride(const Segment& seg, int sender, Pool<Pieces>& pool) {
  if (!is_in_stride(seg, sender)) return false;
  TcpEndpoint& end = ends_[sender];
  TcpEndpoint& peer = ends_[1 - sender];
  last_ = seg.time;
  if (seg.ack != peer.acked.value) {
    peer.acked.value = seg.ack;
    Turn turn{seg, sender, end, peer};
    note_acknowledged(turn, seg.ack - peer.start, pool);
  }
  if (seg.payload_len == 0) return true;
  end.last.value = seg.seq + seg.payload_len;
  if (seg.payload_captured >= seg.payload_len) {
    end.stream.add(seg.seq - end.start, seg.payload_len, end.acked.value - end.start,
                   end.has_nothing_acknowledged(), pool);
  }
  return true;
}

void TcpSession::take_slowly(const Segment& seg, int sender, Pool<Pieces>& pool) {
  Turn turn{seg, sender, ends_[sender], ends_[1 - sender]};
  note_partial(turn);
  begin_numbers(turn);
  turn.relative = turn.end.relative(seg.seq, turn.end.last, turn.underflows);
  note_flags(turn);
  note_zero_window(turn);
  if (!turn.end.has_closed || !turn.peer.has_closed) last_ = seg.time;
  if (seg.flags.fin()) {
    turn.end.sent_fin = true;
    turn.end.fin = turn.relative + (turn.next() - seg.seq);
  }
  const std::uint64_t acknowledged = seg.flags.ack() ? take_ack(turn) : 0;
  note_last(turn);
  move(turn);
  if (seg.flags.ack()) note_acknowledged(turn, acknowledged, pool);
  roles_seen_ |= is_originator(sender) ? kOriginatorSeen : kResponderSeen;
  if (turn.length() > 0 && seg.payload_captured >= turn.length() && !seg.flags.rst() &&
      !turn.underflows) {
    bool underflows = false;
    const std::uint64_t acked = turn.end.relative(turn.end.acked.value, turn.end.acked, underflows);
    turn.end.stream.add(turn.relative + (seg.flags.syn() ? 1 : 0), turn.length(), acked,
                        turn.end.has_nothing_acknowledged(), pool);
  }
  check_end(sender);
  if (turn.closes) close(sender);
}

void TcpSession::finish(Pool<Pieces>& pool) {
  for (TcpEndpoint& end : ends_) end.stream.give_back(pool);
}

std::string_view TcpSession::conn_state() const {
  return tcp_conn_state(originator_end(), responder_end(), history_.letters());
}

// SetPartialStatus.
void TcpSession::note_partial(const Turn& turn) {
  const decode::TcpFlags flags = turn.seg.flags;
  if (is_originator(turn.sender)) {
    if ((roles_seen_ & kOriginatorSeen) == 0) is_partial_ = !flags.syn() || flags.ack();
  } else if ((roles_seen_ & kResponderSeen) == 0 && !is_partial_) {
    is_partial_ = !flags.syn();
  }
}

// init_endpoint.
void TcpSession::begin_numbers(const Turn& turn) {
  const Segment& seg = turn.seg;
  TcpEndpoint& end = turn.end;
  switch (end.state) {
    case TcpState::inactive:
      // As though there had been a SYN, so that relative numbers stay what they are.
      if (seg.flags.syn()) {
        end.begin_at(seg.seq, turn.next());
      } else {
        end.begin_at(seg.seq - 1, seg.seq);
      }
      return;
    case TcpState::syn_sent:
    case TcpState::syn_ack_sent:
      if (seg.flags.syn() && seg.seq != end.start) end.begin_at(seg.seq, turn.next());
      return;
    case TcpState::established:
    case TcpState::partial:
      if (seg.flags.syn()) end.begin_at(seg.seq, turn.next());
      return;
    case TcpState::reset:
      // The reset that came first may have been forged.
      if (seg.flags.syn() && end.state_before == TcpState::inactive) {
        end.begin_at(seg.seq, turn.next());
      }
      return;
    case TcpState::closed:
      return;
  }
}

// update_history.
void TcpSession::note_flags(const Turn& turn) {
  const decode::TcpFlags flags = turn.seg.flags;
  const int control = int{flags.syn()} + int{flags.fin()} + int{flags.rst()};
  if (control > 1) {
    const bool fin_rst = flags.fin() && flags.rst();
    note_once(fin_rst ? 'I' : 'Q', fin_rst ? kFinRstBit : kMultiFlagBit, turn.sender);
  } else if (control == 1) {
    note_one_flag(turn);
  } else if (turn.length() > 0) {
    note_data_or_ack('D', kDataBit, turn.sender);
  } else if (flags.ack()) {
    note_data_or_ack('A', kAckBit, turn.sender);
  }
}

// Once, and again where the number is another than that of the one before.
void TcpSession::note_one_flag(const Turn& turn) {
  const decode::TcpFlags flags = turn.seg.flags;
  TcpEndpoint& end = turn.end;
  const auto note = [&](char letter, std::uint8_t bit, std::uint64_t number, std::uint64_t& last) {
    if (!note_once(letter, bit, turn.sender) && number != last) {
      history_.add(letter, is_originator(turn.sender));
    }
    last = number;
  };
  if (flags.syn()) return note(flags.ack() ? 'H' : 'S', kSynBit, turn.relative, end.last_syn);
  if (flags.fin()) return note('F', kFinBit, turn.relative + turn.length(), end.last_fin);
  note('R', kRstBit, turn.relative, end.last_rst);
}

// A connection that began with a SYN-ACK and goes on: who sent that is the responder.
void TcpSession::note_data_or_ack(char letter, std::uint8_t bit, int sender) {
  if (history_.letters() == "H") {
    flip();
    history_.replace_by("^h");
  }
  note_once(letter, bit, sender);
}

bool TcpSession::note_once(char letter, std::uint8_t bit, int sender) {
  std::uint8_t& noted = noted_[is_originator(sender) ? 0 : 1];
  if ((noted & bit) != 0) return false;
  noted |= bit;
  history_.add(letter, is_originator(sender));
  return true;
}

// update_window. Scaled or not: only zero matters.
void TcpSession::note_zero_window(const Turn& turn) {
  if (turn.seg.window != 0 || turn.seg.flags.rst() || turn.peer.state == TcpState::closed ||
      turn.end.state == TcpState::reset) {
    return;
  }
  if (turn.end.zero_windows.count()) history_.add('W', is_originator(turn.sender));
}

// What it acknowledges, relative; init_peer and update_ack_seq.
std::uint64_t TcpSession::take_ack(const Turn& turn) {
  const std::uint32_t ack = turn.seg.ack;
  TcpEndpoint& peer = turn.peer;
  if (peer.state == TcpState::inactive) {
    peer.begin_at(ack - 1, ack - 1);
    return 1;
  }
  bool underflows = false;
  const std::uint64_t relative = peer.relative(ack, peer.acked, underflows);
  if (underflows) return 0;
  const std::int32_t ahead = distance(Seq{peer.acked.value}, Seq{ack});
  const bool is_broken = ack == 0 && ahead > kTooFar;
  if (!turn.seg.flags.rst() && ahead > 0 && !is_broken) peer.acked.advance_to(ack);
  return relative;
}

// update_last_seq.
void TcpSession::note_last(const Turn& turn) {
  TcpEndpoint& end = turn.end;
  const decode::TcpFlags flags = turn.seg.flags;
  const std::int32_t ahead = distance(Seq{end.last.value}, Seq{turn.next()});
  if ((flags.syn() || flags.rst()) && (ahead > kTooFar || ahead < -kTooFar)) return;
  // Where only its SYN was seen, whatever the FIN says is right.
  const bool is_first_after_syn = flags.fin() && end.last.value == end.start + 1;
  if (end.state == TcpState::reset && !is_first_after_syn) return;
  if (ahead > 0 || is_first_after_syn) {
    end.last.advance_to(turn.next());
  } else if (turn.length() > 0 && end.retransmissions.count()) {
    history_.add('T', is_originator(turn.sender));
  }
}

void TcpSession::move(Turn& turn) {
  TcpEndpoint& end = turn.end;
  const decode::TcpFlags flags = turn.seg.flags;
  switch (end.state) {
    case TcpState::inactive:
      return move_inactive(turn);
    case TcpState::syn_sent:
    case TcpState::syn_ack_sent:
      if (flags.fin()) move_endpoint(end, TcpState::closed);
      if (flags.rst()) move_endpoint(end, TcpState::reset);
      turn.closes = flags.fin() || flags.rst();
      return;
    case TcpState::established:
    case TcpState::partial:
      return move_established(turn);
    case TcpState::closed:
      // After both FINs a reset changes nothing.
      if (flags.rst() && turn.peer.state != TcpState::closed) {
        move_endpoint(end, TcpState::reset);
        turn.closes = !end.has_closed;
      }
      return;
    case TcpState::reset:
      return;
  }
}

// UpdateInactiveState.
void TcpSession::move_inactive(Turn& turn) {
  TcpEndpoint& end = turn.end;
  const decode::TcpFlags flags = turn.seg.flags;
  if (flags.syn()) move_inactive_by_syn(turn);
  if (flags.fin()) move_endpoint(end, TcpState::closed);
  if (flags.rst()) move_endpoint(end, TcpState::reset);
  turn.closes = flags.fin() || flags.rst();
  if (end.state == TcpState::inactive) move_inactive_by_other(turn);
}

void TcpSession::move_inactive_by_syn(const Turn& turn) {
  const Segment& seg = turn.seg;
  TcpEndpoint& end = turn.end;
  TcpEndpoint& peer = turn.peer;
  if (is_originator(turn.sender)) {
    move_endpoint(end, seg.flags.ack() ? TcpState::syn_ack_sent : TcpState::syn_sent);
    attempt_deadline_ = seg.time + kTcpAttemptDelay;
    return;
  }
  if (!seg.flags.ack() && peer.state == TcpState::syn_ack_sent && seg.seq == end.start) {
    flip();
    move_endpoint(peer, TcpState::established);
    roles_seen_ |= kOriginatorSeen;
  }
  if (peer.state == TcpState::syn_sent) move_endpoint(peer, TcpState::established);
  move_endpoint(end, TcpState::established);
}

void TcpSession::move_inactive_by_other(const Turn& turn) {
  const bool answers_syn = !is_originator(turn.sender) && turn.length() == 0 &&
                           originator_end().state == TcpState::syn_sent;
  if (answers_syn) return;  // some acknowledge a SYN before they send theirs
  if (turn.seg.flags.ack() && turn.peer.state == TcpState::established) {
    move_endpoint(turn.end, TcpState::established);  // its SYN was missed
    is_partial_ = false;
  } else {
    move_endpoint(turn.end, TcpState::partial);
  }
}

// UpdateEstablishedState.
void TcpSession::move_established(Turn& turn) {
  TcpEndpoint& end = turn.end;
  TcpEndpoint& peer = turn.peer;
  const decode::TcpFlags flags = turn.seg.flags;
  if (flags.syn() && !flags.ack() && end.state == TcpState::partial &&
      peer.state == TcpState::inactive) {
    end.move_to(TcpState::syn_sent);
  }
  if (flags.fin() && !flags.rst()) {
    end.move_to(TcpState::closed);
    // A FIN followed by an RST was a normal end after all.
    if (peer.state == TcpState::reset && peer.state_before == TcpState::closed) {
      peer.move_to(TcpState::closed);
    }
    turn.closes = true;
  }
  if (flags.rst()) {
    end.move_to(TcpState::reset);
    turn.closes = true;
  }
}

// SetState: the handshake is over with the first end that leaves it.
void TcpSession::move_endpoint(TcpEndpoint& end, TcpState next) {
  const TcpEndpoint& peer = &end == &ends_[0] ? ends_[1] : ends_[0];
  if (!is_handshake(next) && is_handshake(end.state) && is_handshake(peer.state)) {
    inactivity_ = kTcpInactivity;
  }
  end.move_to(next);
}

// AckReceived and Gap: gaps count where both ends are established or close in order.
void TcpSession::note_acknowledged(const Turn& turn, std::uint64_t number, Pool<Pieces>& pool) {
  TcpEndpoint& peer = turn.peer;
  if (peer.sent_fin && number >= peer.fin) number = peer.fin - 1;
  const Stream::Gap gap = peer.stream.acknowledge(number, is_partial_, pool);
  if (gap.holes > 0 && is_clean(turn.end) && is_clean(peer)) {
    missed_bytes_ += gap.bytes;
    for (std::uint32_t i = 0; i < gap.holes; ++i) {
      if (peer.gaps.count()) history_.add('G', !is_originator(turn.sender));
    }
  }
  check_end(1 - turn.sender);
}

// CheckEOF: all that this end sent before its FIN or RST was delivered.
void TcpSession::check_end(int i) {
  TcpEndpoint& end = ends_[i];
  const bool is_done =
      end.sent_fin || end.state == TcpState::closed || end.state == TcpState::reset;
  if (end.has_ended || !is_done || end.has_data_pending(ends_[1 - i])) return;
  end.has_ended = true;
  if (!close_deferred_) return;
  close(i);
  close_deferred_ = false;
}

// ConnectionClosed.
void TcpSession::close(int i) {
  TcpEndpoint& end = ends_[i];
  const TcpEndpoint& peer = ends_[1 - i];
  close_deferred_ = end.has_data_pending(peer);
  if (close_deferred_ || end.has_closed) return;
  end.has_closed = true;
  const bool is_complete =
      end.state == TcpState::reset || peer.has_closed || peer.state == TcpState::inactive;
  if (is_complete) removal_ = last_ + kTcpCloseDelay;
}

}  // namespace tapstat::analysis::zeek
