// The five-tuple of a TCP connection, the same for both directions, and its keyed hash.
#pragma once

#include <cstdint>

#include "analysis/ip_address.h"
#include "decode/segment.h"

namespace tapstat::analysis {

// Ends are ordered (lower address, then lower port, first), so that a segment and its answer have
// the same key. Which end is the client is not the key's business.
struct FlowKey {
  IpAddress address[2];
  std::uint16_t port[2];

  friend bool operator==(const FlowKey& a, const FlowKey& b) = default;
};

struct DirectedKey {
  FlowKey key;
  int sender;  // index into the key's arrays
};

[[nodiscard]] inline DirectedKey key_of(const decode::Segment& seg) {
  const IpAddress src = IpAddress::from_wire(seg.ip_src, seg.ip_version);
  const IpAddress dst = IpAddress::from_wire(seg.ip_dst, seg.ip_version);
  const bool in_order = src == dst ? seg.src_port <= seg.dst_port : src < dst;
  if (in_order) return {{{src, dst}, {seg.src_port, seg.dst_port}}, 0};
  return {{{dst, src}, {seg.dst_port, seg.src_port}}, 1};
}

// Hash with a key of its own for each run, so that nobody can prepare addresses that collide. The
// mixing step (multiply 64 by 64 bits, fold) is that of wyhash and rapidhash.
class KeyedHash {
 public:
  explicit KeyedHash(std::uint64_t secret) : secret_(secret | 1) {}

  [[nodiscard]] std::uint32_t operator()(const FlowKey& k) const {
    const std::uint64_t ports = std::uint64_t{k.port[0]} << 16 | k.port[1];
    const std::uint64_t a = mix(k.address[0].low() ^ secret_, k.address[1].low() ^ kOdd1);
    const std::uint64_t b = mix(k.address[0].high() ^ kOdd2, k.address[1].high() ^ secret_);
    return static_cast<std::uint32_t>(mix(a ^ ports ^ kOdd3, b ^ secret_));
  }

 private:
  static constexpr std::uint64_t kOdd1 = 0xa0761d6478bd642fu, kOdd2 = 0xe7037ed1a0b428dbu,
                                 kOdd3 = 0x8ebc6af09c88c6e3u;
  [[nodiscard]] static std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  std::uint64_t secret_;
};

}  // namespace tapstat::analysis
