// The five-tuple of a TCP connection, the same for both directions, and its keyed hash.
#pragma once

#include <array>
#include <cstdint>

#include "analysis/ip_address.h"
#include "decode/hash.h"
#include "decode/plain_tcp.h"
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

// What of a segment says whose it is. Borrows the addresses, 4 or 16 bytes each.
struct Ends {
  const std::uint8_t* ip_src;
  const std::uint8_t* ip_dst;
  std::uint16_t src_port;
  std::uint16_t dst_port;
  std::uint8_t ip_version;

  [[nodiscard]] static Ends of(const decode::Segment& seg) {
    return {seg.ip_src, seg.ip_dst, seg.src_port, seg.dst_port, seg.ip_version};
  }
  [[nodiscard]] static Ends of(const decode::PlainTcp& plain) {
    return {plain.source(), plain.destination(), plain.src_port(), plain.dst_port(),
            plain.ip_version()};
  }
};

struct DirectedKey {
  FlowKey key;
  int sender;  // index into the key's arrays
};

// The lower end first. Without branches: which end sends is a coin's toss to the processor.
[[nodiscard]] inline DirectedKey in_order(const IpAddress& src, const IpAddress& dst,
                                          std::uint16_t src_port, std::uint16_t dst_port,
                                          bool src_is_first) {
  const std::uint64_t other = src_is_first ? 0 : ~std::uint64_t{0};
  const std::uint64_t high = (src.high() ^ dst.high()) & other;
  const std::uint64_t low = (src.low() ^ dst.low()) & other;
  const auto port = static_cast<std::uint16_t>((src_port ^ dst_port) & other);
  return {.key = {.address = {{src.high() ^ high, src.low() ^ low},
                              {dst.high() ^ high, dst.low() ^ low}},
                  .port = {static_cast<std::uint16_t>(src_port ^ port),
                           static_cast<std::uint16_t>(dst_port ^ port)}},
          .sender = src_is_first ? 0 : 1};
}

[[nodiscard]] inline DirectedKey key_of(const Ends& ends) {
  const IpAddress src = IpAddress::from_wire(ends.ip_src, ends.ip_version);
  const IpAddress dst = IpAddress::from_wire(ends.ip_dst, ends.ip_version);
  const int by_address = src < dst, by_port = ends.src_port <= ends.dst_port;
  const bool src_is_first = (by_address | (int{src == dst} & by_port)) != 0;
  return in_order(src, dst, ends.src_port, ends.dst_port, src_is_first);
}
[[nodiscard]] inline DirectedKey key_of(const decode::Segment& seg) {
  return key_of(Ends::of(seg));
}

// Keyed for each run: nobody can prepare addresses that collide, nor any that make a factor zero.
class KeyedHash : public decode::WordHash {
 public:
  using WordHash::WordHash;

  [[nodiscard]] std::uint32_t operator()(const FlowKey& k) const {
    const std::uint64_t ports = std::uint64_t{k.port[0]} << 16 | k.port[1];
    const std::uint64_t a = mix(k.address[0].low() ^ keys_[0], k.address[1].low() ^ keys_[1]);
    const std::uint64_t b = mix(k.address[0].high() ^ keys_[2], k.address[1].high() ^ keys_[3]);
    return static_cast<std::uint32_t>(mix(a ^ ports ^ keys_[4], b ^ keys_[5]));
  }
  [[nodiscard]] std::uint32_t operator()(std::uint64_t a, std::uint64_t b) const {
    const std::uint64_t mixed = mix(a ^ keys_[0], b ^ keys_[1]);
    return static_cast<std::uint32_t>(mix(mixed ^ keys_[2], keys_[3]));
  }
  [[nodiscard]] std::uint32_t operator()(const IpAddress& a) const {
    return static_cast<std::uint32_t>(mix(a.low() ^ keys_[0], a.high() ^ keys_[1]));
  }
};

}  // namespace tapstat::analysis
