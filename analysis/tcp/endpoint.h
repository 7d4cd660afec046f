// One end of a TCP connection as its own host would show it, told from packets alone.
//
// Every segment is two events. Its sender *sent* it: certain, and acted on at once. Its receiver
// *received* it: an assumption, since it may be lost behind the tap. So an endpoint has two states:
//   settled()  what its own segments prove;
//   state()    settled, with the receipts that are still assumed applied in their order.
// Each segment an endpoint sends carries its acknowledgment number, which says exactly what it had
// received by then (RFC 9293 section 3.10.7.4 sends SEG.ACK = RCV.NXT): that settles older
// receipts, or refutes them, and a refuted one never touched settled().
//
// The sequence space of one endpoint, as the tap sees it:
//
//      iss            una              edge           nxt
//   ----|--------------|----------------|--------------|---->
//        acknowledged    seen, in order   sent, with
//        by the peer                      holes before it
//
// All times are packet time. Nothing here allocates for an ordinary segment; what is needed to
// settle receipts lives in an Unsettled that is taken from a pool and given back.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "analysis/pool.h"
#include "analysis/seq.h"
#include "analysis/tcp/figure5.h"
#include "analysis/tcp/sequence_ranges.h"
#include "analysis/tcp/state.h"
#include "analysis/tcp/timers.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;
using decode::Segment;

// A receipt that would change the state, and by which segment of the receiver's it is settled.
struct Receipt {
  Event event{};
  Seq end;  // what the receiver acknowledges once it has it (the peer's sequence space)
  Timestamp time;
};

// What an endpoint keeps only while something about it is open.
struct Unsettled {
  static constexpr int kMaxReceipts = 6;  // SYN, SYN-ACK or ACK, FIN, ACK of FIN, RST, one to spare
  std::array<Receipt, kMaxReceipts> receipts;
  int count = 0;
  Islands islands;  // of what this endpoint sent
};

using UnsettledPool = Pool<Unsettled>;

// Options of the SYN or SYN-ACK an endpoint sent. Absent ones are nullopt.
struct Offer {
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_shift;
  bool sack = false;
  bool timestamps = false;
};

class Endpoint {
 public:
  // The tap saw this endpoint send `seg`. `peer` is the other end, before it receives it.
  void sent(const Segment& seg, const Endpoint& peer, UnsettledPool& pool);

  // The same segment reaches this endpoint, sent by `peer`.
  void received(const Segment& seg, const Endpoint& peer, UnsettledPool& pool);

  // The segment both fast paths may take without sent() and received(): plain data or a plain ACK
  // that goes on where the sender stood, on a connection with nothing open.
  [[nodiscard]] bool takes_in_stride(const Segment& seg, const Endpoint& peer) const {
    return ordinary_ && peer.ordinary_ &&
           (seg.flags.bits() & ~(TcpFlags::kPsh | TcpFlags::kEce | TcpFlags::kCwr)) ==
               TcpFlags::kAck &&
           Seq{seg.seq} == nxt_ && at_or_before(acked_, Seq{seg.ack}) &&
           at_or_before(Seq{seg.ack}, peer.nxt_);
  }
  void sent_in_stride(const Segment& seg, Endpoint& peer) {
    nxt_ = edge_ = nxt_ + seg.payload_len;
    acked_ = peer.una_ = Seq{seg.ack};
    bytes_ += seg.payload_len;
    window_ = seg.window;
    if (seg.payload_len > 0) {
      sent_data_ = true;
      if (peer.sent_data_) picked_up_ = peer.picked_up_ = false;
    }
  }

  // When the state changes by itself, or an open receipt is settled by silence; nullopt for never.
  [[nodiscard]] std::optional<Timestamp> deadline() const;

  // Packet time has come to `now`, at or past deadline().
  void expire(Timestamp now, UnsettledPool& pool);

  // A new incarnation on the same five-tuple began; this end's socket lives on in it (or is gone).
  void supersede(Timestamp now, UnsettledPool& pool);

  // What a new incarnation starts from: the socket of `old`, without its counters.
  [[nodiscard]] static Endpoint successor_of(const Endpoint& old);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] State settled() const { return settled_; }
  // When state() was entered; nullopt while nothing was.
  [[nodiscard]] std::optional<Timestamp> since() const { return since_; }
  // The state rests on what this endpoint itself sent, and on no timer.
  [[nodiscard]] bool sure() const {
    return state_ == settled_ && state_ != State::unknown && !timed_ && !picked_up_;
  }

  // It sent something itself; what is known of it otherwise comes from its peer's segments.
  [[nodiscard]] bool was_seen() const { return seen_; }
  [[nodiscard]] std::optional<Seq> iss() const {
    return iss_known_ ? std::optional{iss_} : std::nullopt;
  }
  [[nodiscard]] std::optional<Seq> fin() const {
    return has_fin_ ? std::optional{fin_} : std::nullopt;
  }
  [[nodiscard]] Seq nxt() const { return nxt_; }
  [[nodiscard]] const Offer& offer() const { return offer_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }    // unique payload
  [[nodiscard]] std::uint16_t window() const { return window_; }  // last one sent, unscaled
  [[nodiscard]] bool sent_rst() const { return sent_rst_; }

 private:
  using TcpFlags = decode::TcpFlags;

  // sent(), in its steps.
  void settle_receipts(const Segment& seg);
  [[nodiscard]] static bool refutes(const Segment& seg, const Receipt& receipt);
  void note_payload(const Segment& seg, UnsettledPool& pool);
  void advance_edge(Seq edge);
  void note_offer(const Segment& seg);
  void sent_reset(const Segment& seg);
  void sent_syn(const Segment& seg, UnsettledPool& pool);
  void sent_ack(const Segment& seg, const Endpoint& peer, bool new_data);
  void sent_fin(const Segment& seg);

  // received(), in the order of RFC 9293 section 3.10.7.4.
  void check_reset(const Segment& seg, const Endpoint& peer, UnsettledPool& pool);
  void check_syn(const Segment& seg, const Endpoint& peer, UnsettledPool& pool);
  void check_ack(const Segment& seg, UnsettledPool& pool);
  void check_fin(const Segment& seg, const Endpoint& peer, UnsettledPool& pool);

  void pick_up_mid_stream(Timestamp t);
  void settle(Event event);  // certain
  void assume(Event event, Seq end, Timestamp t, UnsettledPool& pool);
  void renew(Event event, Timestamp t);
  void enter(State s, Timestamp t);
  void replay(Timestamp t);  // state_ from settled_ and the receipts
  void revive();             // it sent something although it had been taken for gone
  void forget_receipts();
  void expire_receipts(Timestamp now);
  void tidy(UnsettledPool& pool);  // gives back what is no longer needed; ordinary_ anew

  // Touched by every segment.
  Seq nxt_;    // end of what it sent
  Seq edge_;   // end of what it sent and the tap saw without a hole, or its peer acknowledged
  Seq una_;    // highest acknowledgment its peer sent: assumed to have reached it
  Seq acked_;  // highest acknowledgment it sent itself: it certainly holds the peer's bytes below
  std::uint64_t bytes_ = 0;
  std::uint16_t window_ = 0;
  State state_ = State::unknown;
  State settled_ = State::unknown;
  bool ordinary_ : 1 = false;  // ESTABLISHED and nothing open: takes_in_stride() may apply
  bool sent_data_ : 1 = false;
  bool has_nxt_ : 1 = false;
  bool has_una_ : 1 = false;
  bool has_acked_ : 1 = false;
  bool iss_known_ : 1 = false;  // from its own SYN
  bool seen_ : 1 = false;
  bool answer_missed_ : 1 = false;  // a SYN reached it and no answer came
  bool has_fin_ : 1 = false;
  bool sent_rst_ : 1 = false;
  bool timed_ : 1 = false;      // settled_ was reached by a timer
  bool picked_up_ : 1 = false;  // first met mid-stream, and nothing has proved its state since
  bool half_closed_ : 1 =
      false;  // took data after its own FIN: FIN_WAIT2 without the orphan's timer

  // Touched when it opens, closes, or something odd happens.
  Seq iss_;
  Seq fin_;                           // sequence number of its FIN
  State gone_from_ = State::unknown;  // the state before a reset or timer made settled_ CLOSED
  Offer offer_;
  std::optional<Timestamp> since_;
  Timestamp waiting_since_{};  // what the state's timer counts from
  Unsettled* unsettled_ = nullptr;
};

}  // namespace tapstat::analysis::tcp
