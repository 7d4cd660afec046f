#include "analysis/engine.h"

#include <algorithm>

#include "decode/icmp_error.h"

namespace tapstat::analysis {
namespace {

void count_frames(std::span<const capture::Frame> frames, Totals& totals) {
  totals.packets += frames.size();
  for (const capture::Frame& f : frames) {
    totals.bytes += f.wire_len;
    if (!totals.first || f.time < *totals.first) totals.first = f.time;
    if (!totals.last || *totals.last < f.time) totals.last = f.time;
  }
}

}  // namespace

void Engine::take(std::span<const capture::Frame> frames) {
  count_frames(frames, totals_);
  decoder_.begin_batch();
  if (segments_.size() < frames.size()) segments_.resize(frames.size());
  for (const capture::Frame& frame : frames) {
    if (decode::decode_tcp(frame, segments_[pending_])) {
      ++pending_;
      continue;
    }
    decode::Packet packet;
    decoder_.decode(frame, packet);
    take_packet(packet);
    if (watch_ && packet.content != decode::Content::tcp) watch_->see(packet, frame);
    if (const auto error = decode::icmp_error_of(packet, frame)) {
      take_segments();  // what came before it
      tcp_.take_error(*error);
    }
  }
  take_segments();
  if (!frames.empty()) tcp_.advance_to(frames.back().time);
}

void Engine::take_segments() {
  totals_.tcp += pending_;
  const auto segments = std::span(segments_).first(pending_);
  if (watch_) {
    for (const decode::Segment& segment : segments) watch_->see(segment);
  }
  tcp_.take(segments);
  pending_ = 0;
}

void Engine::take_packet(const decode::Packet& packet) {
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
      segments_[pending_++] = packet.segment;
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
