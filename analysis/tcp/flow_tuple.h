// A segment's five-tuple as the tracker's records keep it: small for IPv4, and hashed but once.
#pragma once

#include <array>
#include <cstdint>

#include "analysis/flow_key.h"
#include "decode/bytes.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

// Ends are ordered as in FlowKey.
struct FlowTuple {
  std::uint32_t address[2] = {0, 0};  // of IPv4, in host order; of IPv6 a keyed hash of both
  std::uint16_t port[2] = {0, 0};
  bool is_v6 = false;
  std::uint8_t sender = 0;  // index of the end that sent the segment
  std::uint32_t hash = 0;
};

[[nodiscard]] inline IpAddress ipv4_address(std::uint32_t address) {
  const std::array<std::uint8_t, 4> wire{
      static_cast<std::uint8_t>(address >> 24), static_cast<std::uint8_t>(address >> 16),
      static_cast<std::uint8_t>(address >> 8), static_cast<std::uint8_t>(address)};
  return IpAddress::from_wire(wire.data(), 4);
}

// Of addresses and ports that are kept as in FlowTuple, of IPv4.
[[nodiscard]] inline FlowKey ipv4_key_of(const std::uint32_t (&address)[2],
                                         const std::uint16_t (&port)[2]) {
  return {.address = {ipv4_address(address[0]), ipv4_address(address[1])},
          .port = {port[0], port[1]}};
}

// Of the rest of it: what `hash` says of a FlowTuple.
[[nodiscard]] inline std::uint32_t hash_of(const std::uint32_t (&address)[2],
                                           const std::uint16_t (&port)[2], bool is_v6,
                                           const KeyedHash& hash) {
  if (is_v6) {
    return hash(std::uint64_t{address[0]} << 32 | address[1],
                std::uint64_t{port[0]} << 16 | port[1]);
  }
  return hash(std::uint64_t{address[0]} << 16 | port[0], std::uint64_t{address[1]} << 16 | port[1]);
}

[[nodiscard]] inline FlowTuple ipv4_tuple_of(const Ends& ends, const KeyedHash& hash) {
  const std::uint32_t src = decode::be32({ends.ip_src, 4}, 0);
  const std::uint32_t dst = decode::be32({ends.ip_dst, 4}, 0);
  // Without branches: which end sends is a coin's toss to the processor.
  const std::uint64_t from = std::uint64_t{src} << 16 | ends.src_port;
  const std::uint64_t to = std::uint64_t{dst} << 16 | ends.dst_port;
  const std::uint64_t other = from <= to ? 0 : ~std::uint64_t{0};
  const std::uint64_t swap = (from ^ to) & other;
  const std::uint64_t first = from ^ swap;
  const std::uint64_t second = to ^ swap;
  FlowTuple tuple;
  tuple.address[0] = static_cast<std::uint32_t>(first >> 16);
  tuple.address[1] = static_cast<std::uint32_t>(second >> 16);
  tuple.port[0] = static_cast<std::uint16_t>(first);
  tuple.port[1] = static_cast<std::uint16_t>(second);
  tuple.sender = other == 0 ? 0 : 1;
  tuple.hash = hash_of(tuple.address, tuple.port, false, hash);
  return tuple;
}

[[nodiscard]] inline FlowTuple ipv6_tuple_of(const Ends& ends, const KeyedHash& hash) {
  const DirectedKey key = key_of(ends);
  const auto& [first, second] = key.key.address;
  const std::uint64_t high = hash.add(0, first.high());
  const std::uint64_t addresses =
      hash.add(hash.add(hash.add(high, first.low()), second.high()), second.low());
  FlowTuple tuple;
  tuple.address[0] = static_cast<std::uint32_t>(addresses >> 32);
  tuple.address[1] = static_cast<std::uint32_t>(addresses);
  tuple.port[0] = key.key.port[0];
  tuple.port[1] = key.key.port[1];
  tuple.is_v6 = true;
  tuple.sender = static_cast<std::uint8_t>(key.sender);
  tuple.hash = hash_of(tuple.address, tuple.port, true, hash);
  return tuple;
}

[[nodiscard]] inline FlowTuple tuple_of(const Ends& ends, const KeyedHash& hash) {
  return ends.ip_version == 4 ? ipv4_tuple_of(ends, hash) : ipv6_tuple_of(ends, hash);
}

// The key of the five-tuple that was made of `seg`, whose addresses are looked at for IPv6 alone.
[[nodiscard]] inline FlowKey key_of(const FlowTuple& tuple, const decode::Segment& seg) {
  return tuple.is_v6 ? analysis::key_of(seg).key : ipv4_key_of(tuple.address, tuple.port);
}

}  // namespace tapstat::analysis::tcp
