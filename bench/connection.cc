#include "bench/connection.h"

#include <algorithm>
#include <chrono>

#include "decode/segment.h"

namespace tapstat::bench {
namespace {

using capture::Timestamp;
using decode::TcpFlags;

constexpr std::size_t kClient = 0, kServer = 1;
constexpr std::uint32_t kMostPerResponse = 16;
constexpr std::uint8_t kDuplicateAcks = 3;  // RFC 5681 section 3.2
// Linux's least, 200 ms, and a round trip of some milliseconds.
constexpr std::chrono::milliseconds kRetransmissionTimeout{210};
constexpr std::uint16_t kSynWindow = 64240;
constexpr std::uint16_t kWindow = 502;  // scaled by 7

constexpr std::uint8_t kAck = TcpFlags::kAck;
constexpr std::uint8_t kPshAck = TcpFlags::kPsh | TcpFlags::kAck;
constexpr std::uint8_t kFinAck = TcpFlags::kFin | TcpFlags::kAck;

}  // namespace

Connection::Connection(const Plan& plan, Random& random)
    : segments_(plan.segments),
      per_response_(static_cast<std::uint16_t>(plan.per_response)),
      encapsulation_(plan.encapsulation),
      step_(plan.established ? Step::request : Step::syn),
      first_to_close_(static_cast<std::uint8_t>(random.below(2))),
      ipv6_(plan.ipv6),
      stays_open_(plan.stays_open) {
  ends_[kClient].socket = plan.client;
  ends_[kServer].socket = plan.server;
  for (End& end : ends_) {
    end.ip_id = static_cast<std::uint16_t>(random.bits());
    end.nxt = random.bits();
    end.clock = random.bits();
  }
}

bool Connection::step(const Path& path, Timestamp now, Random& random, SegmentFields& out) {
  const std::size_t first = first_to_close_;
  switch (step_) {
    case Step::syn:
      step_ = Step::syn_ack;
      send(kClient, TcpFlags::kSyn, now, out);
      return true;
    case Step::syn_ack:
      step_ = Step::ack;
      send(kServer, TcpFlags::kSyn | TcpFlags::kAck, now, out);
      return true;
    case Step::ack:
      step_ = Step::request;
      send(kClient, kAck, now, out);
      return true;
    case Step::request:
      return send_request(path, now, random, out);
    case Step::response:
      return send_response(path, now, random, out);
    case Step::fin:
      step_ = Step::fin_ack;
      send(first, kFinAck, now, out);
      return true;
    case Step::fin_ack:
      step_ = Step::last_fin;
      send(1 - first, kAck, now, out);
      return true;
    case Step::last_fin:
      step_ = Step::last_ack;
      send(1 - first, kFinAck, now, out);
      return true;
    case Step::last_ack:
    case Step::done:
      break;
  }
  step_ = Step::done;
  send(first, kAck, now, out);
  return true;
}

// A lost request is sent again when the timer says so, there being nothing behind it.
bool Connection::send_request(const Path& path, Timestamp now, Random& random, SegmentFields& out) {
  if (!request_lost_) request_len_ = static_cast<std::uint16_t>(50 + random.below(750));
  if (!request_lost_ && random.per_million(path.loss_per_million)) {
    request_lost_ = true;
    not_before_ = now + kRetransmissionTimeout;
    if (random.percent(50)) return false;
    const End before = ends_[kServer];
    send(kClient, kPshAck, now, out, request_len_);
    ends_[kClient].nxt -= request_len_;
    ends_[kServer] = before;
    return true;
  }
  request_lost_ = false;
  step_ = Step::response;
  const std::uint32_t wanted =
      per_response_ != 0 ? per_response_ : 1 + random.below(kMostPerResponse);
  response_ = std::min(segments_, wanted);
  segments_ -= response_;
  unacked_ = 0;
  send(kClient, kPshAck, now, out, request_len_);
  return true;
}

bool Connection::send_response(const Path& path, Timestamp now, Random& random,
                               SegmentFields& out) {
  if (owes_duplicate_) {
    send_duplicate_ack(now, out);
  } else if (hole() && (duplicates_ >= kDuplicateAcks || response_ == 0)) {
    repair(path, now, out);
  } else if (unacked_ >= path.ack_every || (response_ == 0 && unacked_ > 0)) {
    send_ack(now, out);
  } else {
    return send_data(path, now, random, out);
  }
  return true;
}

// Of every five segments four make a packet of 576 bytes and one of 1500, as in the Internet mix.
bool Connection::send_data(const Path& path, Timestamp now, Random& random, SegmentFields& out) {
  End& server = ends_[kServer];
  const std::uint32_t largest = FrameWriter::max_payload(ipv6_);
  const std::uint32_t len = random.below(5) == 0 ? largest : largest - (1500 - 576);
  const bool lost = !hole() && random.per_million(path.loss_per_million);
  const bool before_tap = lost && random.percent(50);
  --response_;
  if (lost) {
    hole_seq_ = server.nxt;
    hole_len_ = len;
    duplicates_ = 0;
    if (response_ == 0) not_before_ = now + kRetransmissionTimeout;
  } else if (hole()) {
    owes_duplicate_ = true;
  } else {
    ++unacked_;
  }
  if (before_tap) {
    server.nxt += len;
    return false;
  }
  send(kServer, response_ == 0 ? kPshAck : kAck, now, out, len);
  return true;
}

void Connection::send_ack(Timestamp now, SegmentFields& out) {
  unacked_ = 0;
  if (response_ == 0) {
    step_ = segments_ > 0 ? Step::request : stays_open_ ? Step::done : Step::fin;
  }
  send(kClient, kAck, now, out);
}

void Connection::send_duplicate_ack(Timestamp now, SegmentFields& out) {
  owes_duplicate_ = false;
  ++duplicates_;
  send(kClient, kAck, now, out);
  out.sack_left = hole_seq_ + hole_len_;
  out.sack_right = ends_[kServer].nxt;
}

// What fills a hole is acknowledged at once (RFC 5681 section 4.2).
void Connection::repair(const Path& path, Timestamp now, SegmentFields& out) {
  const std::uint32_t nxt = ends_[kServer].nxt;
  const std::uint32_t len = hole_len_;
  ends_[kServer].nxt = hole_seq_;
  hole_len_ = 0;
  unacked_ = path.ack_every;
  send(kServer, kAck, now, out, len);
  ends_[kServer].nxt = nxt;
}

// From the sender's next sequence number on. While there is a hole the client acknowledges no more
// than what lies below it, and echoes no newer timestamp.
void Connection::send(std::size_t sender, std::uint8_t flags, Timestamp now, SegmentFields& out,
                      std::uint32_t payload_len) {
  End& from = ends_[sender];
  End& to = ends_[1 - sender];
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const bool acks = (flags & TcpFlags::kAck) != 0;
  const bool syn = (flags & TcpFlags::kSyn) != 0;
  out = {.src = &from.socket,
         .dst = &to.socket,
         .ipv6 = ipv6_,
         .encapsulation = encapsulation_,
         .flags = flags,
         .ip_id = from.ip_id++,
         .window = syn ? kSynWindow : kWindow,
         .seq = from.nxt,
         .ack = acks ? (sender == kClient && hole() ? hole_seq_ : to.nxt) : 0,
         .tsval = from.clock + static_cast<std::uint32_t>(ms.count()),
         .tsecr = acks ? from.ts_recent : 0,
         .payload_len = payload_len};
  if (sender == kClient || !hole()) to.ts_recent = out.tsval;
  from.nxt += payload_len + ((flags & (TcpFlags::kSyn | TcpFlags::kFin)) != 0 ? 1 : 0);
}

}  // namespace tapstat::bench
