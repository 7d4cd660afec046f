#include "analysis/tcp/origin.h"

#include <algorithm>
#include <new>

#include "analysis/tcp/resending.h"

namespace tapstat::analysis::tcp {
namespace {

using namespace std::chrono_literals;
using decode::TcpFlags;

// Before a host would tell its program that it has given up (Timers).
constexpr Duration kMostPatient = 20s;
// Segments of one burst.
constexpr Duration kBurst = 1ms;

}  // namespace

bool Origin::begins(const Segment& seg) {
  return weighty_flags(seg) == TcpFlags::kSyn && seg.payload_len == 0 && fits(seg);
}

Origin::Origin(const FlowRecord& asking)
    : time_(asking.last),
      count_(1),
      client_(static_cast<std::uint8_t>(asking.client & 1)),
      near{.at_first = asking.alone.near},
      key(asking.detail) {
  end(client_) = asking.alone.syn;
}

Origin::Verdict Origin::take(const Segment& seg, int sender, FlowRecord& record) {
  if (!fits(seg) || !is_in_time(seg, record.last)) return Verdict::strange;
  if (count_ > 1) {
    const Arrival arrival{seg, decode::TcpOptions::of(seg)};
    if (!goes_on(arrival, sender)) return Verdict::strange;
    return sender == client_ ? take_of_client(arrival, record) : take_of_server(arrival, record);
  }
  const bool is_syn_ack = sender != client_ &&
                          weighty_flags(seg) == (TcpFlags::kSyn | TcpFlags::kAck) &&
                          seg.payload_len == 0 && seg.ack == client_first();
  if (!is_syn_ack) return Verdict::strange;
  set_after(kSynAck, seg.time - time_);
  ::new (&end(sender)) SynNote(SynNote::of(seg));
  ++count_;
  return Verdict::noted;
}

bool Origin::is_in_time(const Segment& seg, Timestamp last) const {
  if (seg.time < last) return false;
  const Duration after = seg.time - last;
  if (count_ > kAck) return after < kMostIdle;
  const Duration to_patience = std::chrono::abs(after - Resending::kFirstPatience);
  return to_patience > kAside && after < kMostPatient;
}

// In order, and with a clock that does too.
bool Origin::goes_on(const Arrival& arrival, int sender) const {
  const auto& [seg, options] = arrival;
  const std::uint32_t next =
      sender == client_ ? client_first() + ack_len_ + data_len_ : server_first();
  if (weighty_flags(seg) != TcpFlags::kAck || seg.seq != next) return false;
  if (options.sack.size() > 0) return false;
  if (!options.timestamps) return true;
  const auto latest = clock(sender);
  return !latest || latest->allows(options.timestamps->tsval, seg.time);
}

Origin::Verdict Origin::take_of_client(const Arrival& arrival, FlowRecord& record) {
  const Segment& seg = arrival.seg;
  if (seg.ack != server_first()) return Verdict::strange;
  if (count_ == kAck) {
    ack_len_ = static_cast<std::uint16_t>(seg.payload_len);
    note(kAck, arrival, record.last);
    return Verdict::noted;
  }
  if (seg.payload_len == 0) return Verdict::strange;
  if (!has_data_) {
    has_data_ = true;
    note(kData, arrival, record.last);
  } else {
    if (!joins_data(arrival, record)) return Verdict::strange;
    ++more_data_;
    set_after(kData, after(kData) + (seg.time - record.last));
  }
  data_len_ += seg.payload_len;
  return Verdict::noted;
}

// A few of a burst are kept as one that is given out several times.
bool Origin::joins_data(const Arrival& arrival, const FlowRecord& record) const {
  constexpr std::uint8_t kMost = 3;
  const Segment& seg = arrival.seg;
  const auto& clock = arrival.options.timestamps;
  const Note first = note_of(kData);
  const bool same_clock =
      clock.has_value() == first.has_tsval && (!clock || clock->tsval == first.tsval);
  return more_data_ < kMost && same_clock && seg.window == first.window &&
         seg.time - record.last < kBurst && data_len_ + seg.payload_len <= UINT16_MAX;
}

// That it has the third segment of the handshake only data tells, its own or that which it
// acknowledges: without that it may be a challenge ACK.
Origin::Verdict Origin::take_of_server(const Arrival& arrival, FlowRecord& record) {
  const Segment& seg = arrival.seg;
  const Seq first{client_first()};
  const Seq ack{seg.ack};
  const bool acknowledges =
      at_or_before(first, ack) && at_or_before(ack, first + ack_len_ + data_len_);
  const bool tells = seg.payload_len > 0 || before(first, ack);
  if (count_ <= kAck || !acknowledges || !tells) return Verdict::strange;
  return settle(arrival, record) ? Verdict::settled : Verdict::strange;
}

void Origin::note(Step step, const Arrival& arrival, Timestamp last) {
  const Segment& seg = arrival.seg;
  set_after(step, seg.time - last);
  const auto& clock = arrival.options.timestamps;
  notes_[step - kAck] = {clock ? clock->tsval : 0, seg.window, clock.has_value()};
  ++count_;
}

Origin::Note Origin::note_of(Step step) const {
  if (step >= kAck) return notes_[step - kAck];
  const SynNote& syn = end(step == kSyn ? client_ : 1 - client_);
  return {syn.tsval, syn.window, syn.has_tsval};
}

// The numbers of the record become what Endpoint::sent() makes of the segments.
bool Origin::settle(const Arrival& arrival, FlowRecord& record) {
  const Segment& proof = arrival.seg;
  const int client = client_;
  const int server = 1 - client;
  std::array<ReceiveWindow, 2> windows;
  if (end(client).has_window_shift && end(server).has_window_shift) {
    for (int i = 0; i < 2; ++i) windows[static_cast<std::size_t>(i)].set_shift(end(i).window_shift);
  }
  ReceiveWindow& of_client = windows[static_cast<std::size_t>(client)];
  of_client.offer(Seq{server_first()}, note_of(kAck).window);
  if (has_data_) of_client.offer(Seq{server_first()}, note_of(kData).window);
  ReceiveWindow& of_server = windows[static_cast<std::size_t>(server)];
  of_server.offer(Seq{proof.ack}, proof.window);
  const auto client_wide = of_client.wide();
  const auto server_wide = of_server.wide();
  if (!client_wide || !server_wide) return false;
  const Timestamp last = record.last;
  const std::uint32_t sent = ack_len_ + data_len_;
  proof_len_ = static_cast<std::uint16_t>(proof.payload_len);
  proof_ack_ = proof.ack;
  note(kProof, arrival, last);
  record.flight[client] = {Seq{client_first()} + sent, Seq{server_first()}};
  record.flight[server] = {Seq{server_first()} + proof.payload_len, Seq{proof.ack}};
  record.window[client] = note_of(has_data_ ? kData : kAck).window;
  record.window[server] = proof.window;
  record.rest = {};
  record.rest.heard[client] = last;
  record.rest.heard[server] = proof.time;
  record.rest.offered[client] = *client_wide;
  record.rest.offered[server] = *server_wide;
  record.sent_data = static_cast<std::uint8_t>((sent > 0 ? 1u : 0u) << client |
                                               (proof.payload_len > 0 ? 1u : 0u) << server);
  return true;
}

std::optional<Clock> Origin::clock(int end) const {
  std::optional<Step> latest;
  const auto look_at = [&](Step step) {
    const Note note = note_of(step);
    if (!note.has_tsval) return;
    if (!latest || before(Seq{note_of(*latest).tsval}, Seq{note.tsval})) latest = step;
  };
  if (end == client_) {
    for (const Step step : {kSyn, kAck, kData}) look_at(step);
  } else {
    for (const Step step : {kSynAck, kProof}) look_at(step);
  }
  if (!latest) return std::nullopt;
  return Clock{note_of(*latest).tsval, time_of(*latest)};
}

Timestamp Origin::time_of(Step step) const {
  Timestamp time = time_;
  for (Step i = kSynAck; i <= step; ++i) time += after(i);
  return time;
}

KeptSegment Origin::segment(int index) const {
  const Step step = step_at(index);
  const bool is_servers = step == kSynAck || step == kProof;
  KeptSegment seg;
  seg.sender = static_cast<std::uint8_t>(is_servers ? 1 - client_ : client_);
  const SynNote& from = end(seg.sender);
  const Note of_it = note_of(step);
  seg.time = time_of(step);
  seg.seq = is_servers ? server_first() : client_first();
  seg.ack = is_servers ? client_first() : server_first();
  seg.window = of_it.window;
  seg.flags = TcpFlags::kAck;
  if (from.has_mac) seg.put_source(from.mac);
  if (of_it.has_tsval) seg.put_clock(of_it.tsval);
  switch (step) {
    case kSyn:
    case kSynAck:
      --seg.seq;
      if (step == kSyn) seg.ack = 0;
      seg.flags = step == kSyn ? TcpFlags::kSyn : TcpFlags::kSyn | TcpFlags::kAck;
      if (from.has_mss) {
        seg.put({decode::tcp_option::kMss, 4, static_cast<std::uint8_t>(from.mss >> 8),
                 static_cast<std::uint8_t>(from.mss)});
      }
      if (from.has_window_shift) {
        seg.put({decode::tcp_option::kWindowScale, 3, from.window_shift});
      }
      if (from.allows_sack) seg.put({decode::tcp_option::kSackPermitted, 2});
      break;
    case kAck:
      seg.payload_len = ack_len_;
      break;
    case kData:
      seg.seq += ack_len_;
      seg.payload_len = data_len_;
      break;
    default:
      seg.payload_len = proof_len_;
      seg.ack = proof_ack_;
      break;
  }
  return seg;
}

// One of the segments that `seg` stands for.
KeptSegment Origin::share_of(KeptSegment seg, int sending, int times) {
  const auto share = seg.payload_len / static_cast<std::uint32_t>(times);
  const auto before_it = share * static_cast<std::uint32_t>(sending);
  seg.seq += before_it;
  seg.payload_len = sending == times - 1 ? seg.payload_len - before_it : share;
  return seg;
}

}  // namespace tapstat::analysis::tcp
