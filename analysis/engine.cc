#include "analysis/engine.h"

#include <algorithm>
#include <utility>

#include "decode/icmp_error.h"

namespace tapstat::analysis {
namespace {

void count_frames(std::span<const capture::Frame> frames, Totals& totals) {
  if (frames.empty()) return;
  totals.packets += frames.size();
  std::uint64_t bytes = 0;
  auto first = totals.first.value_or(frames.front().time);
  auto last = totals.last.value_or(first);
  for (const capture::Frame& f : frames) {
    bytes += f.wire_len;
    first = std::min(first, f.time);
    last = std::max(last, f.time);
  }
  totals.bytes += bytes;
  totals.first = first;
  totals.last = last;
}

}  // namespace

Engine::Engine(std::uint64_t secret, const tcp::Settings& settings, const Wanted& wanted,
               HostNames* names)
    : tcp_(secret, settings, wanted.tcp_sessions),
      wanted_(wanted),
      events_(settings.events),
      decoder_(wanted.checksums, secret),
      flows_(secret, wanted.memory),
      conns_(secret, wanted.memory),
      names_(names) {
  if (wanted.packets) watch_.emplace(secret);
  if (wanted.neighbors) neighbors_.emplace(secret);
  if (wanted.stations) stations_.emplace(secret);
  if (wanted.trees) trees_.emplace();
  if (wanted.bpdus) bpdus_.emplace();
  if (wanted.vrrp) vrrp_.emplace(secret);
  if (wanted.sync) sync_.emplace(secret);
  if (wanted.legs) legs_.emplace(secret, wanted.toa_kinds, wanted.memory);
  restart_totals();
}

Engine::~Engine() = default;

Model Engine::model() const {
  return {totals_,
          TcpTables(tcp_.tables()),
          decoder_,
          flows_.flows(),
          conns_.conns(),
          {neighbors_ ? &*neighbors_ : nullptr, stations_ ? &*stations_ : nullptr,
           trees_ ? &*trees_ : nullptr, bpdus_ ? &*bpdus_ : nullptr},
          watch_ ? &*watch_ : nullptr,
          events_,
          false,
          vrrp_ ? &*vrrp_ : nullptr,
          sync_ ? &*sync_ : nullptr,
          legs_ ? &*legs_ : nullptr,
          flows_.unkept(),
          conns_.unkept()};
}

void Engine::restart_totals() {
  totals_ = {};
  if (wanted_.checksums == decode::Checksums::verified) totals_.bad_checksums = 0;
}

void Engine::take(std::span<const capture::Frame> frames) {
  count_frames(frames, totals_);
  decoder_.begin_batch();
  // The straight way verifies no checksum, and does not tell what Zeek counts.
  const bool straight = !wanted_.conns && wanted_.checksums == decode::Checksums::ignored;
  const bool is_seen = names_ != nullptr || neighbors_ || stations_ || legs_ || watch_;
  while (!frames.empty()) {
    if (straight && !is_seen && !in_tunnels_) {
      const std::size_t taken = tcp_.take_plain(frames);
      totals_.tcp += taken;
      frames = frames.subspan(taken);
      if (frames.empty()) break;
    }
    const capture::Frame& frame = frames.front();
    decode::Segment& segment = tcp_.next();
    if (straight && decode_straight(frame, segment)) {
      if (is_seen) see(frame, segment);
      ++totals_.tcp;
      tcp_.take();
    } else {
      take_any(frame);
    }
    tcp_.end_frame(frame.time);
    frames = frames.subspan(1);
  }
  see_block();
  tcp_.end_batch();
}

bool Engine::decode_straight(const capture::Frame& frame, decode::Segment& segment) {
  if (in_tunnels_) {
    in_tunnels_ = decoder_.decode_tunnelled_tcp(frame, segment);
    return in_tunnels_ || decode::decode_tcp(frame, segment);
  }
  if (decode::decode_tcp(frame, segment)) return true;
  in_tunnels_ = decoder_.decode_tunnelled_tcp(frame, segment);
  return in_tunnels_;
}

void Engine::take_any(const capture::Frame& frame) {
  see_block();
  const decode::Packet& packet = packet_;
  decoder_.decode(frame, packet_);
  take_packet(packet, frame);
  if (packet.stop.reason == decode::StopReason::bad_checksum) return;
  if (names_ != nullptr) names_->take(packet);
  see_layer2(frame, packet);
  see_forwarding(frame, packet);
  if (watch_ && packet.content != decode::Content::tcp) watch_->see(packet, frame);
  if (const auto error = decode::icmp_error_of(packet, frame)) {
    if (legs_) legs_->see_error(frame, packet, *error);
    tcp_.take_error(*error);
  }
}

void Engine::see_forwarding(const capture::Frame& frame, const decode::Packet& packet) {
  if (vrrp_) vrrp_->see(frame, packet, decoder_);
  if (sync_) sync_->see(frame, packet);
  if (legs_) legs_->see(frame, packet);
}

void Engine::see_layer2(const capture::Frame& frame, const decode::Packet& packet) {
  if (neighbors_) neighbors_->see(frame, packet, decoder_);
  if (stations_) stations_->see(frame, packet);
  if (trees_) trees_->see(frame, packet);
  if (bpdus_) bpdus_->see(frame, packet);
}

// A segment that came the straight way, for all but the connections.
void Engine::see(const capture::Frame& frame, const decode::Segment& segment) {
  block_[in_block_++] = {&frame, segment};
  if (in_block_ == block_.size()) see_block();
}

void Engine::see_block() {
  const SegmentBlock block = std::span(block_).first(std::exchange(in_block_, 0));
  if (block.empty()) return;
  for (const auto& [frame, segment] : block) {
    if (names_ != nullptr) names_->take(segment);
    if (neighbors_) neighbors_->see(*frame, segment, decoder_);
  }
  if (stations_) stations_->see(block);
  if (legs_) legs_->see(block);
  if (watch_) watch_->see(block);
}

void Engine::take_packet(const decode::Packet& packet, const capture::Frame& frame) {
  if (wanted_.conns) conns_.take(packet, frame.time);
  if (packet.stop.reason == decode::StopReason::bad_checksum) {
    ++*totals_.bad_checksums;
    return;
  }
  if (wanted_.flows) flows_.take(packet, frame);
  count(packet);
}

void Engine::count(const decode::Packet& packet) {
  using decode::Content;
  using decode::StopReason;
  switch (packet.stop.reason) {
    case StopReason::malformed:
      ++totals_.malformed;
      break;
    case StopReason::truncated:
      ++totals_.truncated;
      break;
    default:
      break;
  }
  switch (packet.content) {
    case Content::tcp:
      tcp_.next() = packet.segment;
      if (watch_) watch_->see(packet.segment);
      ++totals_.tcp;
      tcp_.take();
      return;
    case Content::udp:
      ++totals_.udp;
      return;
    case Content::icmp:
    case Content::icmpv6:
      ++totals_.icmp;
      return;
    case Content::arp:
    case Content::rarp:
      ++totals_.arp;
      return;
    case Content::bpdu:
      ++totals_.bpdu;
      return;
    case Content::sctp:
    case Content::ip_other:
      ++totals_.other;
      return;
    case Content::none:
      break;
  }
  if (packet.stop.reason == StopReason::fragment) {
    ++totals_.fragments;
  } else if (packet.stop.reason == StopReason::unsupported ||
             packet.stop.reason == StopReason::too_deep) {
    ++totals_.undecoded;
  }
}

}  // namespace tapstat::analysis
