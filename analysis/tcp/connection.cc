#include "analysis/tcp/connection.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "analysis/tcp/flow_record.h"
#include "analysis/tcp/icmp_rule.h"

namespace tapstat::analysis::tcp {
namespace {

// Segments of one connection that took two paths are this close in both sequence spaces; two
// connections whose initial sequence numbers are random are, once in a million.
constexpr std::uint32_t kNear = 1u << 22;

[[nodiscard]] bool near(Seq a, Seq b) { return apart(a, b) < kNear; }

}  // namespace

std::optional<Duration> Handshake::server_rtt() const {
  if (!saw_syn() || !saw_syn_ack() || syn_ack < syn) return std::nullopt;
  return syn_ack - syn;
}

std::optional<Duration> Handshake::client_rtt() const {
  if (!saw_syn_ack() || !saw_ack() || ack < syn_ack) return std::nullopt;
  return ack - syn_ack;
}

void Connection::open(const FlowKey& key, std::uint32_t id, const Segment& seg, int sender) {
  key_ = key;
  id_ = id;
  first_ = last_ = seg.time;
  client_ = static_cast<std::int8_t>(guess_client(key.port, sender));
}

void Connection::open_after(Connection& old, std::uint32_t id, const Segment& seg, int sender,
                            const Stage& stage) {
  open(old.key_, id, seg, sender);
  const Sighting at{seg.time, seg.frame};
  // The peer's socket, if it still has one, is the same that the old connection ended at: it
  // answers this SYN with a challenge ACK, or from TIME_WAIT (RFC 5961 section 4, RFC 6191).
  const int peer = 1 - sender;
  ends_[peer].succeed(old.ends_[peer], old.ends_[sender], at, scene(peer, stage));
  // The sender's is gone, since some time after it was last heard.
  if (old.ends_[sender].state() != State::time_wait) {
    old.ends_[sender].doubt(old.ends_[sender].heard(), old.scene(sender, stage));
  }
  for (int i = 0; i < 2; ++i) {
    paths_[i] = old.paths_[i];
    old.ends_[i].supersede(at, old.scene(i, stage));
  }
}

// At the start, and wherever another capture point comes in. A connection that has shown so many
// packets once is not seen twice.
bool Connection::is_another_sighting(const Segment& seg, int sender, const Stage& stage) {
  constexpr std::uint64_t kEnough = 2;
  if (sightings_ == nullptr) sightings_ = stage.sightings.take();
  if (sightings_->is_another(seg, sender)) {
    ++duplicates_[sender];
    count(seg, sender);
    return true;
  }
  const bool seen_once = duplicates_[0] + duplicates_[1] == 0;
  const bool one_point = (inputs_ & ~input_bit(seg)) == 0;
  if (seen_once && one_point && traffic_[0].packets + traffic_[1].packets >= kEnough) {
    release_sightings(stage);
  }
  return false;
}

bool Connection::learn_from(const Connection& successor, const Stage& stage) {
  const int server = successor.server();
  const Endpoint& seen = successor.ends_[server];
  if (!seen.was_seen()) return false;
  // A socket that was still there answers a SYN with a bare ACK (RFC 5961 section 4).
  const bool was_there = !seen.iss() && !seen.sent_rst();
  for (int i = 0; i < 2; ++i) ends_[i].resolve(was_there && i == server, scene(i, stage));
  return true;
}

bool Connection::take(const Segment& seg, int sender, const Stage& stage) {
  if (watches(seg) && is_another_sighting(seg, sender, stage)) return false;
  if (count_in_stride(seg, sender)) return true;
  count(seg, sender);
  Endpoint& from = ends_[sender];
  Endpoint& to = ends_[1 - sender];
  const State from_before = from.state();
  const State to_before = to.state();
  if (!from.was_seen() && !to.was_seen()) note_where(stage, &NearEnds::at_first);
  note_path(seg, sender);
  note_roles(seg, sender, stage);
  note_handshake(seg, sender, stage);
  note_base(seg, sender);
  look_for_unseen(seg, sender, stage);
  from.sent(seg, to, scene(sender, stage));
  const State from_sent = from.settled();
  to.received(seg, from, scene(1 - sender, stage));
  if (seg.flags.fin() && first_fin_ >= 0 && first_fin_ != sender && from.fin()) {
    // Had it received the other's FIN it would be in LAST_ACK.
    if (!both_fins_) fins_crossed_ = from_sent == State::fin_wait_1 || from_sent == State::closing;
    both_fins_ = true;
  }
  note_end(seg, sender, from_before, to_before);
  return true;
}

void Connection::note_path(const Segment& seg, int sender) {
  if (!paths_[sender].known) paths_[sender] = path_of(seg);
  LinkSource& source = link_source_[sender];
  if (!source.known && seg.macs != nullptr) {
    source.mac = decode::mac_from_wire(seg.macs + 6);
    source.known = true;
  }
}

void Connection::note_roles(const Segment& seg, int sender, const Stage& stage) {
  if (!seg.flags.syn() || seg.flags.rst() || roles_ == Roles::handshake) return;
  roles_ = Roles::handshake;
  const int guessed =
      std::exchange(client_, static_cast<std::int8_t>(seg.flags.ack() ? 1 - sender : sender));
  if (guessed != client_ && stage.journal != nullptr) stage.journal->turn(id_);
}

void Connection::note_handshake(const Segment& seg, int sender, const Stage& stage) {
  if (handshake_.saw_ack() || seg.flags.rst()) return;
  if (seg.flags.syn()) {
    // One that is sent again by itself answers nothing.
    const bool answers = seg.flags.ack() && !handshake_.saw_syn_ack();
    (seg.flags.ack() ? handshake_.syn_ack : handshake_.syn) = seg.time;
    if (const auto rtt = handshake_.server_rtt(); rtt && answers) {
      ends_[sender].note_response(*rtt);
      const auto answered = ends_[1 - sender].syn_answered_by(seg);
      if (answered) {
        ends_[sender].note_longest_response(seg.time - answered->time, scene(sender, stage));
      }
    }
  } else if (seg.flags.ack() && handshake_.saw_syn_ack() && sender == client_) {
    handshake_.ack = seg.time;
    if (const auto rtt = handshake_.client_rtt()) ends_[sender].note_response(*rtt);
    const auto client = ends_[client_].response();
    const auto server = ends_[1 - client_].response();
    if (client && server) {
      if (stage.near != nullptr) return note_where(stage, &NearEnds::at_handshake);
      const Vantage::Handshake told{key_.address[client_], *client, key_.address[1 - client_],
                                    *server, seg.frame};
      stage.vantage.note(told);
      for (int i = 0; i < 2; ++i) ends_[i].note_near(stage.vantage.is_at(key_.address[i], told));
    }
  }
}

void Connection::note_where(const Stage& stage, std::uint8_t NearEnds::*then) {
  for (int i = 0; i < 2; ++i) {
    const bool near = stage.near == nullptr ? stage.vantage.is_at(key_.address[i])
                                            : (stage.near->*then >> i & 1) != 0;
    ends_[i].note_near(near);
  }
}

// A SYN-ACK tells better than whatever was noted before, a stray segment of an older connection.
void Connection::note_base(const Segment& seg, int sender) {
  const bool syn_ack = seg.flags.syn() && seg.flags.ack();
  if (!has_base_[sender] || syn_ack) {
    base_[sender] = Seq{seg.seq} - (seg.flags.syn() ? 0u : 1u);
    has_base_[sender] = true;
  }
  if (!has_base_[1 - sender] && seg.flags.ack()) {
    base_[1 - sender] = Seq{seg.ack} - 1;
    has_base_[1 - sender] = true;
  }
}

void Connection::note_end(const Segment& seg, int sender, State sender_before,
                          State receiver_before) {
  if (seg.flags.fin() && first_fin_ < 0 && ends_[sender].fin()) {
    first_fin_ = static_cast<std::int8_t>(sender);
  }
  const bool goes_on = reset_by_ >= 0 && !has_no_socket(ends_[reset_by_].state());
  if (goes_on && reset_ended_sender_) {
    reset_was_false_ = true;
    reset_by_ = -1;
    refused_ = false;
  }
  if (!seg.flags.rst() || reset_by_ >= 0) return;
  const State receiver_after = ends_[1 - sender].state();
  const bool took_effect = receiver_after != receiver_before && has_no_socket(receiver_after);
  const bool sender_left = sender_before != State::time_wait && !has_no_socket(sender_before) &&
                           has_no_socket(ends_[sender].state());
  if (!took_effect && !sender_left) return;
  reset_by_ = static_cast<std::int8_t>(sender);
  if (!reset_was_false_) reset_ = {seg.time, seg.frame};
  reset_ended_sender_ = has_no_socket(ends_[sender].state());
  refused_ = receiver_before == State::syn_sent && !ends_[sender].iss();
}

bool Connection::is_reopened_by(const Segment& seg, int sender) const {
  return seg.flags.syn() && !seg.flags.ack() && has_base_[sender] && base_[sender] != Seq{seg.seq};
}

bool Connection::continues(const Segment& seg, int sender) const {
  const Endpoint& from = ends_[sender];
  const Endpoint& to = ends_[1 - sender];
  if (seg.flags.syn() && !seg.flags.ack()) return from.iss() == Seq{seg.seq};
  if (!from.was_seen() && !to.was_seen()) return false;
  const bool seq_fits = !from.was_seen() || near(from.nxt(), Seq{seg.seq});
  const bool ack_fits = !to.was_seen() || !seg.flags.ack() || near(to.nxt(), Seq{seg.ack});
  return seq_fits && ack_fits;
}

bool Connection::may_be_answered_by(const Segment& seg, int sender) const {
  if (paths_[sender].known || !paths_[1 - sender].known) return false;
  const Path& other = paths_[1 - sender];
  return other.vlans == seg.vlans && (other.tunnel == 0) == (seg.tunnel == 0);
}

Timestamp Connection::deadline(const Stage& stage) const {
  return std::min(ends_[0].deadline(stage.timers), ends_[1].deadline(stage.timers));
}

void Connection::take_error(int end, const Segment& quoted, std::uint8_t type, std::uint8_t code,
                            const Stage& stage) {
  Endpoint& e = ends_[end];
  if (!ends_handshake(e.settled(), quoted.ip_version, type, code)) return;
  const Event lost = e.settled() == State::syn_sent ? Event::rcv_syn : Event::rcv_syn_ack;
  e.received_error(Seq{quoted.seq}, {quoted.time, quoted.frame}, scene(end, stage));
  ends_[1 - end].not_delivered(lost);
}

void Connection::expire(Timestamp now, const Stage& stage) {
  if (ends_[0].is_ordinary() && ends_[1].is_ordinary()) return;  // it was filed for the handshake
  for (int i = 0; i < 2; ++i) {
    const auto in_vain = sent_in_vain_since(i);
    if (ends_[i].expire(now, scene(i, stage)) && in_vain) {
      ends_[1 - i].doubt(*in_vain, scene(1 - i, stage));
    }
  }
}

// Since when this end has been sending to one that does not answer; nullopt when it does.
std::optional<Timestamp> Connection::sent_in_vain_since(int end) const {
  const Resending* resending = ends_[end].resending();
  if (resending == nullptr || resending->times() < 3) return std::nullopt;
  if (resending->first() <= ends_[1 - end].heard()) return std::nullopt;
  return resending->first();
}

void Connection::finish(Timestamp now, const Stage& stage) {
  for (int i = 0; i < 2; ++i) {
    if (const auto in_vain = sent_in_vain_since(i)) {
      ends_[1 - i].doubt(*in_vain, scene(1 - i, stage));
    }
  }
  for (int i = 0; i < 2; ++i) ends_[i].finish(ends_[1 - i], now, scene(i, stage));
  release_sightings(stage);
}

void Connection::release(const Stage& stage) {
  for (Endpoint& end : ends_) end.release(stage.pools);
  release_sightings(stage);
}

Worth Connection::worth() const {
  const auto opens = [](State s) {
    return s == State::listen || s == State::syn_sent || s == State::syn_received;
  };
  const State states[] = {ends_[0].state(), ends_[1].state()};
  const bool both = ends_[0].was_seen() && ends_[1].was_seen();
  if (!both && handshake_.saw_syn() && !handshake_.saw_ack()) return Worth::unanswered;
  if (is_over(states[0], states[1])) return Worth::closed;
  return both && !opens(states[0]) && !opens(states[1]) ? Worth::open : Worth::half_open;
}

bool Connection::is_over(State end_0, State end_1) const {
  const auto gone = [](State s) { return has_no_socket(s) || s == State::time_wait; };
  const State c = client_ == 0 ? end_0 : end_1;
  const State s = client_ == 0 ? end_1 : end_0;
  return gone(c) && (gone(s) || s == State::unknown);
}

ClosedBy Connection::closed_by(State end_0, State end_1) const {
  if (!is_over(end_0, end_1)) return ClosedBy::open;
  const auto side = [this](int end, ClosedBy client, ClosedBy server) {
    return end == client_ ? client : server;
  };
  if (refused_ || ends_[client_].cause() == Event::rcv_error) return ClosedBy::refused;
  if (both_fins_ && fins_crossed_) return ClosedBy::both;
  if (both_fins_) return side(first_fin_, ClosedBy::client, ClosedBy::server);
  if (reset_by_ >= 0) return side(reset_by_, ClosedBy::reset_by_client, ClosedBy::reset_by_server);
  return ClosedBy::timeout;
}

bool Connection::rest_in(FlowRecord& record) const {
  const bool is_watched = sightings_ != nullptr || !std::has_single_bit(inputs_);
  if (is_watched || inputs_ >> 63 != 0) return false;
  for (int i = 0; i < 2; ++i) {
    if (!ends_[i].rest_in(record, i)) return false;
  }
  record.last = last_;
  record.input = static_cast<std::uint16_t>(std::countr_zero(inputs_));
  return true;
}

void Connection::absorb(const FlowRecord& record) {
  for (int i = 0; i < 2; ++i) {
    ends_[i].absorb(record, i);
    traffic_[i].packets += record.packets[i];
    traffic_[i].wire_bytes += record.wire_bytes[i];
  }
  for (int i = 0; i < 2; ++i) {
    ends_[i].note_una(record.flight[1 - i].acked);
    ends_[i].note_data_of(ends_[1 - i]);
  }
  last_ = record.last;
}

void Connection::absorb_opening(const std::uint32_t (&wire_bytes)[2],
                                std::span<const Sightings::Seen> packets) {
  for (int i = 0; i < 2; ++i) traffic_[i].wire_bytes += wire_bytes[i];
  if (sightings_ != nullptr) sightings_->restart(packets);
}

const Path& Connection::path() const {
  return paths_[paths_[client_].known ? client_ : 1 - client_];
}

}  // namespace tapstat::analysis::tcp
