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
#include <utility>

#include "analysis/pool.h"
#include "analysis/seq.h"
#include "analysis/tcp/figure5.h"
#include "analysis/tcp/journal.h"
#include "analysis/tcp/receipts.h"
#include "analysis/tcp/receive_window.h"
#include "analysis/tcp/resending.h"
#include "analysis/tcp/sent_syns.h"
#include "analysis/tcp/sequence_ranges.h"
#include "analysis/tcp/state.h"
#include "analysis/tcp/timers.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

struct FlowRecord;

using capture::Timestamp;
using decode::Segment;

// What an endpoint keeps only while something about it is open.
struct Unsettled {
  Receipts receipts;
  Resending resending;       // of what this endpoint sent and waits to have acknowledged
  Islands islands;           // likewise, seen beyond a hole
  std::uint8_t refuted = 0;  // ACKs that did not arrive, as what was sent again showed

  void clear() {
    receipts.clear();
    resending = {};
    islands.clear();
    refuted = 0;
  }
  [[nodiscard]] bool is_empty() const {
    return receipts.empty() && islands.empty() && !resending.is_open();
  }
};

// What few endpoints need: those to which something out of the ordinary happened. Kept from then
// on.
struct Incidents {
  // Where it stood when its peer first acknowledged more, and in which packet.
  struct Unseen {
    Seq nxt;
    std::uint64_t frame;
  };
  std::optional<Unseen> unseen;
  // What it sent by then that the tap did not see ended there.
  struct Gap {
    Seq end;
    Sighting at;
  };
  std::optional<Gap> gap;
  // What its peer last acknowledged and the tap had not seen.
  struct Hole {
    Seq first, end;
  };
  std::optional<Hole> hole;
  // When the peer's window was last closed to it.
  struct Stall {
    Timestamp since;
    std::optional<Timestamp> until;
  };
  std::optional<Stall> stall;
  bool fin_is_guessed = false;
  std::optional<Sighting> replaced;  // by a new incarnation, and whether it was gone is open
  // Before the one that its SYN-ACK seemed to answer; while nothing came of that.
  std::optional<Sighting> earlier_syn;
  std::optional<Sighting> missed;  // the first ACK of what the tap did not see
  std::optional<Seq> recent;       // the peer's TSval that a socket of an old incarnation last took
  SentSyns syns;                   // empty where it sent but one
  std::optional<Duration> longest_response;

  void clear() { *this = {}; }
};

// What endpoints take from when they need it.
struct Pools {
  Pool<Unsettled> unsettled;
  Pool<Incidents> incidents;

  [[nodiscard]] std::size_t bytes() const { return unsettled.bytes() + incidents.bytes(); }
};

// Where an endpoint's part is played: whose it is, and what it may use.
struct Scene {
  Pools& pools;
  const Timers& timers;
  Journal* journal;  // nullptr: nobody asks for the past
  std::uint32_t connection;
  int end;
};

// Options of the SYN or SYN-ACK an endpoint sent. Absent ones are nullopt.
struct Offer {
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_shift;
  bool sack = false;
  bool timestamps = false;
};

struct QueueBounds {
  std::uint64_t min = 0;
  std::optional<std::uint64_t> max;  // nullopt: nothing bounds it
};

class alignas(64) Endpoint {
 public:
  // The tap saw this endpoint send `seg`. `peer` is the other end, before it receives it.
  void sent(const Segment& seg, const Endpoint& peer, const Scene& scene);

  // The same segment reaches this endpoint, sent by `peer`.
  void received(const Segment& seg, const Endpoint& peer, const Scene& scene);

  // An ICMP error that ends a handshake reaches this endpoint, quoting its segment at `quoted`.
  void received_error(Seq quoted, Sighting at, const Scene& scene);

  // Somebody on the way said that a segment did not come through to this endpoint.
  void not_delivered(Event event);

  // ESTABLISHED, and nothing about it is open.
  [[nodiscard]] bool is_ordinary() const { return ordinary_; }

  // The segment both fast paths may take without sent() and received(): plain data or a plain ACK
  // that goes on where the sender stood, on a connection with nothing open.
  [[nodiscard]] bool takes_in_stride(const Segment& seg, const Endpoint& peer) const {
    return ordinary_ && peer.ordinary_ &&
           (seg.flags.bits() & ~(TcpFlags::kPsh | TcpFlags::kEce | TcpFlags::kCwr)) ==
               TcpFlags::kAck &&
           (seg.window != 0) == (window_ != 0) && Seq{seg.seq} == nxt_ &&
           at_or_before(acked_, Seq{seg.ack}) && at_or_before(Seq{seg.ack}, peer.nxt_);
  }
  void sent_in_stride(const Segment& seg, Endpoint& peer) {
    nxt_ = edge_ = nxt_ + seg.payload_len;
    if (acked_ != Seq{seg.ack} || window_ != seg.window) {
      acked_ = peer.una_ = Seq{seg.ack};
      window_ = seg.window;
      offered_.offer(acked_, window_);
    }
    bytes_ += seg.payload_len;
    heard_ = seg.time;
    if (seg.payload_len > 0) {
      sent_data_ = true;
      if (peer.sent_data_) picked_up_ = peer.picked_up_ = false;
    }
  }

  // See Connection; `i` is the end's index.
  [[nodiscard]] bool rest_in(FlowRecord& record, int i) const;
  void absorb(const FlowRecord& record, int i);
  void note_una(Seq una) { una_ = later(una_, una); }
  void note_data_of(const Endpoint& peer) {
    if (sent_data_ && peer.sent_data_) picked_up_ = false;
  }

  // When the state changes by itself, or an open receipt is settled by silence; Timestamp::max()
  // for never.
  [[nodiscard]] Timestamp deadline(const Timers& timers) const;

  // Packet time has come to `now`, at or past deadline(). True when the endpoint gave up on its
  // peer.
  bool expire(Timestamp now, const Scene& scene);

  // The peer has sent to it in vain since `since`: that it is still there is not sure from then on.
  void doubt(Timestamp since, const Scene& scene);

  // The peer acknowledged what the tap did not see this end send, some time after `since`: perhaps
  // a FIN. Of neither end is the state sure until this one sends something that no FIN can precede.
  [[nodiscard]] bool may_have_sent_fin_unseen() const { return unseen_; }
  void note_unseen(Timestamp since, bool own, const Scene& scene);
  // Its SYN-ACK was a late copy: it has sent data since.
  void meet_late(const Scene& scene);
  // It was never seen, and by `at` its peer has had its answer to a SYN or SYN-ACK.
  void answered_unseen(Sighting at, const Scene& scene);
  [[nodiscard]] bool denies_unseen(const Segment& seg) const {
    return incidents_ != nullptr && incidents_->unseen && seg.seg_len() == 0 &&
           Seq{seg.seq} == incidents_->unseen->nxt;
  }
  void take_back_unseen();
  [[nodiscard]] bool has_old_clock(const Segment& seg) const;
  // That was one more than data: a FIN, as far as anyone knows, sent by `at`; and the other end has
  // it. Each is taken back when more data shows that it was none.
  void guess_fin(Sighting at, const Scene& scene);
  void guess_ack_of_fin(Sighting at, const Scene& scene);
  void take_back_fin(bool own, const Scene& scene);
  [[nodiscard]] bool fin_is_guessed() const {
    return incidents_ != nullptr && incidents_->fin_is_guessed;
  }
  // It sent what the tap did not see, before `seg`; and whether `seg` is that, sent again.
  void note_gap(const Segment& seg, const Scene& scene);
  [[nodiscard]] bool sent_unseen(const Segment& seg) const {
    return incidents_ != nullptr && incidents_->gap && seg.flags.fin() &&
           Seq{seg.seq} + seg.seg_len() == incidents_->gap->end;
  }
  // New data, or another FIN, behind a FIN that was acknowledged.
  [[nodiscard]] bool sends_beyond_fin(const Segment& seg) const;
  void forget_unseen(bool own) {
    if (own) unseen_ = false;
    if (!own) peer_unseen_ = false;
  }

  // It is forgotten: gives back the parts it has.
  void release(Pools& pools);

  // The input ends: what is open is entered in the journal as it stands.
  void finish(const Endpoint& peer, Timestamp now, const Scene& scene);

  // A new incarnation on the same five-tuple began with `at`; this end's socket lives on in it (or
  // is gone).
  void supersede(Sighting at, const Scene& scene);

  // Makes this the end of a new incarnation that has the socket of `old`, without its counters.
  // `old_peer` is the one it was connected to.
  void succeed(const Endpoint& old, const Endpoint& old_peer, Sighting at, const Scene& scene);

  // Whether, as the new incarnation showed, the old socket was still there when that began.
  void resolve(bool was_there, const Scene& scene);

  // What the handshake tells: how long after a segment passed the tap this end's answer does, and
  // whether the tap is at this end's own interface.
  void note_response(Duration response) { response_ = response; }
  // It may have been as long as that: it answers an earlier SYN than the last one.
  void note_longest_response(Duration response, const Scene& scene) {
    incidents(scene).longest_response = response;
  }
  void note_near(bool near) { near_ = near; }
  [[nodiscard]] bool is_near() const { return near_; }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] State settled() const { return settled_; }
  // When state() was entered; nullopt while nothing was.
  [[nodiscard]] std::optional<Timestamp> since() const;
  // The state rests on what this endpoint itself sent, or on what certainly reached it, and on no
  // timer.
  [[nodiscard]] bool sure() const;
  // What leads from settled() to state(): steps that its journal has only once they are proved, not
  // before `last`, which is the journal's.
  [[nodiscard]] std::vector<Step> guesses(Timestamp last) const;

  // It sent something itself; what is known of it otherwise comes from its peer's segments.
  [[nodiscard]] bool was_seen() const { return seen_; }
  [[nodiscard]] std::optional<Seq> iss() const {
    return iss_known_ ? std::optional{iss_} : std::nullopt;
  }
  [[nodiscard]] std::optional<Seq> fin() const {
    return has_fin_ ? std::optional{fin_} : std::nullopt;
  }
  [[nodiscard]] Seq nxt() const { return nxt_; }
  [[nodiscard]] bool has_nxt() const { return has_nxt_; }
  [[nodiscard]] const Offer& offer() const { return offer_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  // unique payload
  // What it sent, its peer has, and the tap did not see: lost on the way to the capture, and the
  // first ACK of such. Nullopt where nothing it sent was seen.
  [[nodiscard]] std::optional<std::uint64_t> missed() const;
  [[nodiscard]] std::optional<Sighting> first_missed() const {
    return incidents_ != nullptr ? incidents_->missed : std::nullopt;
  }
  [[nodiscard]] std::uint16_t window() const { return window_; }  // last one sent, unscaled
  // What its host's socket table shows in state `s` (A TIME_WAIT socket and one that only waits for
  // its handshake have no queues, and no socket has none either; then nullopt.)
  //   Send-Q: at least so many bytes, a SYN and a FIN each for one: sent and not acknowledged. What
  //   its program has written and it has not sent yet nobody sees.
  //   Recv-Q: received and not read. At most all that `peer` has sent, where that was seen from the
  //   start.
  [[nodiscard]] std::optional<std::uint32_t> send_queue(State s) const;
  [[nodiscard]] std::optional<QueueBounds> receive_queue(State s, const Endpoint& peer) const;
  [[nodiscard]] bool sent_rst() const { return sent_rst_; }
  // What last changed its state.
  [[nodiscard]] Event cause() const { return cause_; }
  // Segments that would have ended its handshake, some with data, and did not: as a SYN-ACK showed
  // that it sent again.
  [[nodiscard]] int ignored_acks() const { return ignored_acks_; }
  // It reset a connection whose peer had left its keep-alives unanswered.
  [[nodiscard]] bool keep_alive_failed() const { return keep_alive_failed_; }
  [[nodiscard]] Timestamp heard() const { return heard_; }  // last sent something but a RST
  [[nodiscard]] std::optional<Duration> response() const { return response_; }
  // Which of several SYNs, or SYN-ACKs, that it sent its peer's `seg` answers, where that tells.
  [[nodiscard]] std::optional<Sighting> syn_answered_by(const Segment& seg) const;
  // What it waits to have acknowledged, if it has sent that before in vain.
  [[nodiscard]] const Resending* resending() const {
    return unsettled_ != nullptr && unsettled_->resending.is_open() ? &unsettled_->resending
                                                                    : nullptr;
  }

 private:
  using TcpFlags = decode::TcpFlags;

  // sent(), in its steps.
  void note_syn_again(Seq clock, const Segment& seg, const Scene& scene);
  void settle_receipts(const Segment& seg, const Endpoint& peer, const Scene& scene);
  [[nodiscard]] bool goes_on(const Segment& seg) const;
  [[nodiscard]] bool refutes(const Segment& seg, const Receipt& receipt) const;
  void prove(const Receipt& receipt, const Segment& seg, const Endpoint& peer, const Scene& scene);
  void prove_if_assumed(Event event, const Segment& seg, const Endpoint& peer, const Scene& scene);
  [[nodiscard]] bool prove_by_timestamp(const Receipt& r, const Segment& seg, const Endpoint& peer,
                                        const Scene& scene);
  void settle_late(const Receipt& r, Sighting at, bool sure, const Scene& scene);
  void date_syn_back(const Segment& seg, const Scene& scene);
  [[nodiscard]] bool is_old(std::optional<Seq> clock, Timestamp t) const;
  [[nodiscard]] bool is_late(const Segment& seg, std::optional<Seq> clock) const;
  void note_clock(std::optional<Seq> clock, Timestamp t);
  [[nodiscard]] bool is_behind_reset(const Segment& seg) const;
  [[nodiscard]] bool is_probe(const Segment& seg) const;
  [[nodiscard]] bool is_beyond_fin(Seq end) const;
  void finish_handshake(const Segment& seg, const Endpoint& peer, const Scene& scene);
  [[nodiscard]] bool is_of_another_socket(const Segment& seg) const;
  void start_anew(Sighting at, const Scene& scene);
  void note_repetition(const Segment& seg, const Scene& scene);
  void note_payload(const Segment& seg, const Scene& scene);
  void note_resending(const Segment& seg, Seq end, const Scene& scene);
  void advance_edge(Seq edge);
  void note_missed(const Segment& seg, const Scene& scene);
  void fill_hole(Seq first, Seq end);
  void note_offer(const Segment& seg);
  void sent_reset(const Segment& seg, const Endpoint& peer, const Scene& scene);
  void sent_syn(const Segment& seg, const Endpoint& peer, const Scene& scene);
  void sent_ack(const Segment& seg, const Endpoint& peer, bool new_data, const Scene& scene);
  void sent_fin(const Segment& seg, const Endpoint& peer, const Scene& scene);
  void date_fin_back(const Scene& scene);

  // received(), in the order of RFC 9293 section 3.10.7.4.
  void check_reset(const Segment& seg, const Endpoint& peer, const Scene& scene);
  void check_syn(const Segment& seg, const Endpoint& peer, const Scene& scene);
  [[nodiscard]] bool gives_way_to(const Segment& syn) const;
  [[nodiscard]] bool check_ack(const Segment& seg, const Endpoint& peer, const Scene& scene);
  void check_window(const Segment& seg, const Scene& scene);
  void check_fin(const Segment& seg, const Endpoint& peer, const Scene& scene);

  void pick_up_mid_stream(Sighting at, const Scene& scene);
  void prove_picked_up(const Endpoint& peer, const Scene& scene);
  void settle(Event event, Sighting at, bool sure, const Scene& scene);  // final
  void step(State to, Event cause, Sighting at, bool sure, const Scene& scene);
  void enter(State to, Event cause, Sighting at, bool sure, const Scene& scene) const;  // journal
  void question(Timestamp since, const Scene& scene);
  [[nodiscard]] bool may_be_further(State s, Event cause, Timestamp t) const;
  void assume(Event event, Seq end, const Segment& seg, const Endpoint& peer, const Scene& scene);
  void settle_all(const Scene& scene);
  void give_up(const Scene& scene);
  void replay();  // state_ from settled_ and the receipts
  void replay_receipts();
  void revive(const Scene& scene);  // it sent something although it had been taken for gone
  void take_back_end(const Scene& scene);
  void expire_receipts(Timestamp now, const Scene& scene);
  [[nodiscard]] Timestamp due(const Receipt& r) const;
  [[nodiscard]] Timestamp end_of_wait(const Timers& timers) const;
  [[nodiscard]] bool would_repeat(const Receipt& r) const;
  [[nodiscard]] bool gives_up() const;
  [[nodiscard]] bool owes_fin() const;
  [[nodiscard]] bool is_at_last_try() const;
  [[nodiscard]] Duration crossing_time() const;
  [[nodiscard]] bool has_no_queues(State s) const;
  [[nodiscard]] Unsettled& unsettled(const Scene& scene);
  [[nodiscard]] Incidents& incidents(const Scene& scene);
  void release_unsettled(Pools& pools) {
    if (unsettled_ != nullptr) pools.unsettled.give_back(std::exchange(unsettled_, nullptr));
  }
  void tidy(const Scene& scene);  // gives back what is no longer needed; ordinary_ anew

  // Touched by every segment.
  Seq nxt_;    // end of what it sent
  Seq edge_;   // end of what it sent and the tap saw without a hole, or its peer acknowledged
  Seq una_;    // highest acknowledgment its peer sent: assumed to have reached it
  Seq acked_;  // highest acknowledgment it sent itself: it certainly holds the peer's bytes below
  std::uint64_t bytes_ = 0;
  Timestamp heard_{};
  ReceiveWindow offered_;
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
  bool has_fin_ : 1 = false;
  bool sent_rst_ : 1 = false;
  bool settled_sure_ : 1 = true;    // settled_ rests on no timer and no silence
  bool doubted_ : 1 = false;        // settled_sure_ was lost since settled_ was entered
  bool picked_up_ : 1 = false;      // first met mid-stream, and nothing proved its state since
  bool was_picked_up_ : 1 = false;  // likewise, as far as the journal knows
  bool sent_data_with_syn_ : 1 = false;
  bool fast_open_ : 1 = false;    // took data with the peer's SYN
  bool unseen_ : 1 = false;       // see may_have_sent_fin_unseen()
  bool peer_unseen_ : 1 = false;  // likewise, of the peer
  bool half_closed_ : 1 = false;  // took data after its own FIN: no orphan, whose FIN_WAIT2 ends
  bool near_ : 1 = false;         // the tap is at this end's own interface
  bool probing_ : 1 = false;      // what it sends again are keep-alives or window probes
  bool has_clock_ : 1 = false;
  bool has_fast_clock_ : 1 = false;  // that ticks every few milliseconds
  bool was_gone_ : 1 = false;        // gone_from_ is known, with these:
  bool gone_from_sure_ : 1 = true;
  bool gone_from_doubted_ : 1 = false;
  bool succeeds_ : 1 = false;        // has the socket of an old incarnation, as far as anyone knows
  bool had_fin_before_ : 1 = false;  // of its peer, in that old incarnation
  bool reopened_ : 1 = false;        // by a SYN that found the old socket gone, or in TIME_WAIT

  // Touched when it opens, closes, or something odd happens.
  Seq iss_;
  Seq fin_;                           // sequence number of its FIN
  Seq reset_;                         // likewise of its reset, where sent_rst_
  std::uint64_t missed_ = 0;          // bytes; a FIN among them counts for one
  State gone_from_ = State::unknown;  // the state before a reset or timer made settled_ CLOSED
  Event cause_{};
  std::uint8_t ignored_acks_ = 0;
  bool keep_alive_failed_ = false;
  Offer offer_;
  // The highest TSval it sent, of the segments that were looked at closely, and when.
  Seq clock_;
  Timestamp clock_time_{};
  std::optional<Duration> response_;
  Timestamp settled_since_ = Timestamp::min();
  Timestamp stepped_ = Timestamp::min();  // the last step entered in the journal
  Timestamp gone_from_since_ = Timestamp::min();
  Timestamp waiting_since_{};  // what the state's timer counts from
  Unsettled* unsettled_ = nullptr;
  Incidents* incidents_ = nullptr;
};

}  // namespace tapstat::analysis::tcp
