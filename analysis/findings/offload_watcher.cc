#include "analysis/findings/offload_watcher.h"

namespace tapstat::analysis {

using decode::Checksum;

void OffloadWatcher::see(const decode::Segment& s) {
  SentChecksums* host = place_of(IpAddress::from_wire(s.ip_src, s.ip_version));
  if (host == nullptr) return;
  if (const auto checksum = checksum_of(s)) note(*host, *checksum, s.time, s.frame);
}

void OffloadWatcher::see(const decode::Packet& p, const capture::Frame& frame) {
  if (p.content != decode::Content::udp || p.ip_src == nullptr) return;
  SentChecksums* host = place_of(IpAddress::from_wire(p.ip_src, p.ip_version));
  if (host == nullptr) return;
  if (const auto checksum = checksum_of_udp(p)) note(*host, *checksum, frame.time, frame.number);
}

SentChecksums* OffloadWatcher::place_of(const IpAddress& address) {
  const std::size_t start = hash_(address);
  for (std::size_t i = 0; i < kProbes; ++i) {
    SentChecksums& place = hosts_[(start + i) % kHosts];
    if (place.looked_at == 0) place.host = address;
    if (place.host == address) return place.looked_at < kEnough ? &place : nullptr;
  }
  return nullptr;
}

void OffloadWatcher::note(SentChecksums& host, Checksum checksum, Timestamp time,
                          std::uint64_t frame) {
  ++host.looked_at;
  if (checksum == Checksum::right) ++host.right;
  if (checksum != Checksum::unfilled) return;
  if (host.unfilled == 0) host.first = time;
  host.last = time;
  if (host.unfilled < kMostFrames) host.frames[host.unfilled] = frame;
  ++host.unfilled;
}

}  // namespace tapstat::analysis
