#include "analysis/tcp/connection.h"

#include <algorithm>
#include <cstring>

namespace tapstat::analysis::tcp {
namespace {

// Segments of one connection that took two paths are this close in both sequence spaces; two
// connections whose initial sequence numbers are random are, once in a million.
constexpr std::int32_t kNear = 1 << 22;

[[nodiscard]] bool near(Seq a, Seq b) {
  const std::int32_t d = distance(a, b);
  return d < kNear && d > -kNear;
}

// Without a handshake the end with the lower port is taken for the server, as services have theirs
// below the ephemeral ones; for equal ports, the one that was spoken to first.
[[nodiscard]] int guess_client(const FlowKey& key, int sender) {
  if (key.port[0] == key.port[1]) return sender;
  return key.port[0] > key.port[1] ? 0 : 1;
}

}  // namespace

std::optional<Duration> Handshake::server_rtt() const {
  if (!syn || !syn_ack || *syn_ack < *syn) return std::nullopt;
  return *syn_ack - *syn;
}

std::optional<Duration> Handshake::client_rtt() const {
  if (!syn_ack || !ack || *ack < *syn_ack) return std::nullopt;
  return *ack - *syn_ack;
}

void Connection::open(const FlowKey& key, std::uint32_t id, const Segment& seg, int sender) {
  key_ = key;
  id_ = id;
  first_ = last_ = seg.time;
  client_ = guess_client(key, sender);
}

void Connection::open_after(Connection& old, std::uint32_t id, const Segment& seg, int sender,
                            UnsettledPool& pool) {
  open(old.key_, id, seg, sender);
  // The peer's socket, if it still has one, is the same that the old connection ended at: it
  // answers this SYN with a challenge ACK, or from TIME_WAIT (RFC 5961 section 4, RFC 6191).
  ends_[1 - sender] = Endpoint::successor_of(old.ends_[1 - sender]);
  for (int i = 0; i < 2; ++i) {
    paths_[i] = old.paths_[i];
    path_known_[i] = old.path_known_[i];
    old.ends_[i].supersede(seg.time, pool);
  }
}

void Connection::take_slowly(const Segment& seg, int sender, UnsettledPool& pool) {
  Endpoint& from = ends_[sender];
  Endpoint& to = ends_[1 - sender];
  const State from_before = from.state();
  const State to_before = to.state();
  note_path(seg, sender);
  note_roles(seg, sender);
  note_handshake(seg, sender);
  note_base(seg, sender);
  from.sent(seg, to, pool);
  const State from_sent = from.settled();
  to.received(seg, from, pool);
  if (seg.flags.fin() && first_fin_ >= 0 && first_fin_ != sender && from.fin()) {
    // Had it received the other's FIN it would be in LAST_ACK.
    if (!both_fins_) fins_crossed_ = from_sent == State::fin_wait_1 || from_sent == State::closing;
    both_fins_ = true;
  }
  note_end(seg, sender, from_before, to_before);
}

void Connection::note_path(const Segment& seg, int sender) {
  if (!path_known_[sender]) {
    path_known_[sender] = true;
    paths_[sender] = path_of(seg);
  }
  Traffic& t = traffic_[sender];
  if (!t.has_mac && seg.macs != nullptr) {
    std::memcpy(t.mac.data(), seg.macs + 6, t.mac.size());
    t.has_mac = true;
  }
}

void Connection::note_roles(const Segment& seg, int sender) {
  if (!seg.flags.syn() || seg.flags.rst() || roles_ == Roles::handshake) return;
  roles_ = Roles::handshake;
  client_ = seg.flags.ack() ? 1 - sender : sender;
}

void Connection::note_handshake(const Segment& seg, int sender) {
  if (handshake_.ack || seg.flags.rst()) return;
  if (seg.flags.syn()) {
    (seg.flags.ack() ? handshake_.syn_ack : handshake_.syn) = seg.time;
  } else if (seg.flags.ack() && handshake_.syn_ack && sender == client_) {
    handshake_.ack = seg.time;
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
    first_fin_ = sender;
  }
  if (!seg.flags.rst() || reset_by_ >= 0) return;
  const State receiver_after = ends_[1 - sender].state();
  const bool took_effect = receiver_after != receiver_before && has_no_socket(receiver_after);
  const bool sender_left = sender_before != State::time_wait && !has_no_socket(sender_before) &&
                           has_no_socket(ends_[sender].state());
  if (!took_effect && !sender_left) return;
  reset_by_ = sender;
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
  if (path_known_[sender] || !path_known_[1 - sender]) return false;
  const Path& other = paths_[1 - sender];
  return other.vlans == seg.vlans && (other.tunnel == 0) == (seg.tunnel == 0);
}

std::optional<Timestamp> Connection::deadline() const {
  const auto a = ends_[0].deadline();
  const auto b = ends_[1].deadline();
  if (a && b) return std::min(*a, *b);
  return a ? a : b;
}

void Connection::expire(Timestamp now, UnsettledPool& pool) {
  for (Endpoint& e : ends_) e.expire(now, pool);
}

bool Connection::is_over() const {
  const auto gone = [](State s) { return has_no_socket(s) || s == State::time_wait; };
  const State c = ends_[client_].state();
  const State s = ends_[1 - client_].state();
  return gone(c) && (gone(s) || s == State::unknown);
}

ClosedBy Connection::closed_by() const {
  if (!is_over()) return ClosedBy::open;
  const auto side = [this](int end, ClosedBy client, ClosedBy server) {
    return end == client_ ? client : server;
  };
  if (refused_) return ClosedBy::refused;
  if (both_fins_ && fins_crossed_) return ClosedBy::both;
  if (both_fins_) return side(first_fin_, ClosedBy::client, ClosedBy::server);
  if (reset_by_ >= 0) return side(reset_by_, ClosedBy::reset_by_client, ClosedBy::reset_by_server);
  return ClosedBy::timeout;
}

const Path& Connection::path() const {
  return paths_[path_known_[client_] ? client_ : 1 - client_];
}

}  // namespace tapstat::analysis::tcp
