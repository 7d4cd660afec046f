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

  // Without branches: two keys are compared for every packet, and nearly always equal.
  friend bool operator==(const FlowKey& a, const FlowKey& b) {
    const std::uint64_t addresses =
        (a.address[0].high() ^ b.address[0].high()) | (a.address[0].low() ^ b.address[0].low()) |
        (a.address[1].high() ^ b.address[1].high()) | (a.address[1].low() ^ b.address[1].low());
    return (addresses | static_cast<std::uint64_t>(a.port[0] ^ b.port[0]) |
            static_cast<std::uint64_t>(a.port[1] ^ b.port[1])) == 0;
  }
};

struct DirectedKey {
  FlowKey key;
  int sender;  // index into the key's arrays
};

// The lower end first. Without branches: which end sends is a coin's toss to the processor.
[[nodiscard]] inline DirectedKey in_order(const IpAddress& src, const IpAddress& dst,
                                          bool src_is_first, const decode::Segment& seg) {
  const std::uint64_t other = src_is_first ? 0 : ~std::uint64_t{0};
  const std::uint64_t high = (src.high() ^ dst.high()) & other;
  const std::uint64_t low = (src.low() ^ dst.low()) & other;
  const auto port = static_cast<std::uint16_t>((seg.src_port ^ seg.dst_port) & other);
  return {.key = {.address = {{src.high() ^ high, src.low() ^ low},
                              {dst.high() ^ high, dst.low() ^ low}},
                  .port = {static_cast<std::uint16_t>(seg.src_port ^ port),
                           static_cast<std::uint16_t>(seg.dst_port ^ port)}},
          .sender = src_is_first ? 0 : 1};
}

[[nodiscard]] inline DirectedKey key_of(const decode::Segment& seg) {
  const IpAddress src = IpAddress::from_wire(seg.ip_src, seg.ip_version);
  const IpAddress dst = IpAddress::from_wire(seg.ip_dst, seg.ip_version);
  const bool by_port = seg.src_port <= seg.dst_port;
  return in_order(src, dst, (src < dst) | ((src == dst) & by_port), seg);
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

  [[nodiscard]] std::uint32_t operator()(const IpAddress& a) const {
    return static_cast<std::uint32_t>(mix(a.low() ^ secret_, a.high() ^ kOdd1));
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
