// The client's address where a load balancer that rewrites it carries it along: TOA, PROXY, UOA.
//
// TOA: TCP options, by the modules of the real servers (iqiyi/dpvs kmod/toa/toa.h; Alibaba's and
// JD's toa.h for kinds 249 to 254; Tencent's for 200; Akamai's for 28). PROXY: "The PROXY
// protocol", haproxy doc/proxy-protocol.txt, versions 1 and 2. UOA: iqiyi/dpvs kmod/uoa/uoa.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "decode/packet.h"

namespace tapstat::decode {

enum class AddressCarrier : std::uint8_t {
  toa,         // a TCP option
  proxy_v1,    // a line before the first byte of the stream
  proxy_v2,    // likewise, binary
  uoa_option,  // an IPv4 option of a UDP datagram
  uoa_header,  // a header of its own (IP protocol 248) before UDP
};

// Network byte order; the first 4 bytes are an IPv4 address. An IPv4-mapped one is IPv4.
struct CarriedSocket {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;       // 0: the carrier has none
  std::uint8_t ip_version = 0;  // 0: the carrier has no address

  // `at` points at 4 (version 4) or 16 bytes.
  void put_address(const std::uint8_t* at, int version);
  friend bool operator==(const CarriedSocket&, const CarriedSocket&) = default;
};

struct ClientAddress {
  AddressCarrier carrier{};
  std::uint8_t option_kind = 0;  // of TOA
  // PROXY: so much of the stream is not the client's own. 0 for the others.
  std::uint32_t header_len = 0;
  CarriedSocket client{};   // without an address: PROXY LOCAL, UNKNOWN or a socket of another kind
  CarriedSocket service{};  // whom the client wrote to, where the carrier says that, too
  friend bool operator==(const ClientAddress&, const ClientAddress&) = default;
};

// The option kinds that are taken for TOA.
class ToaKinds {
 public:
  // Those in use.
  constexpr ToaKinds() : ToaKinds(kUsual) {}
  explicit constexpr ToaKinds(std::span<const std::uint8_t> kinds) {
    for (const std::uint8_t kind : kinds) bits_[kind / 64] |= std::uint64_t{1} << kind % 64;
  }
  [[nodiscard]] constexpr bool has(std::uint8_t kind) const {
    return (bits_[kind / 64] >> kind % 64 & 1) != 0;
  }

 private:
  static constexpr std::array<std::uint8_t, 7> kUsual = {254, 253, 252, 250, 249, 200, 28};
  std::array<std::uint64_t, 4> bits_{};
};

// What the segment's options say. An option of a known kind has one of the lengths that this kind
// is known with; of another kind, 8 (port, IPv4) or 20 (port, IPv6). nullopt where there is none,
// and for what only looks like one: TCP Fast Open's experiment (RFC 7413 section 4.1.1), a port of
// 0, an address that no client has.
[[nodiscard]] std::optional<ClientAddress> toa_of(const Segment& segment, const ToaKinds& kinds);

// `payload` is the beginning of what a client sends. nullopt where it is no PROXY header, or one
// whose addresses are not all there.
[[nodiscard]] std::optional<ClientAddress> proxy_header_of(Bytes payload);

// Of a UDP datagram; nullopt as of TOA.
[[nodiscard]] std::optional<ClientAddress> uoa_of(const Packet& packet);

}  // namespace tapstat::decode
