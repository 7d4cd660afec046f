// Ethernet frames of single TCP segments, with the lengths, options and checksums a kernel sends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tapstat::bench {

struct Socket {
  std::array<std::uint8_t, 16> ip{};  // network order; an IPv4 address is the first four
  std::uint16_t port = 0;
};

enum class Tunnel : std::uint8_t { none, vxlan, gre };  // RFC 7348, RFC 2784; both over IPv4

// What a connection's packets travel in; on the outside a VLAN tag, if any.
struct Encapsulation {
  std::uint16_t vlan = 0;  // VID, 0 for untagged
  Tunnel tunnel = Tunnel::none;
};

struct SegmentFields {
  const Socket* src = nullptr;
  const Socket* dst = nullptr;
  bool ipv6 = false;
  Encapsulation encapsulation{};
  std::uint8_t flags = 0;  // of RFC 9293 section 3.1; SYN brings Linux's options for it
  std::uint16_t ip_id = 0;
  std::uint16_t window = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t tsval = 0;  // timestamps option, RFC 7323; tsecr is 0 in a first SYN
  std::uint32_t tsecr = 0;
  std::uint32_t sack_left = 0;  // one SACK block, RFC 2018; none where both are the same
  std::uint32_t sack_right = 0;
  std::uint32_t payload_len = 0;  // at most max_payload()
};

class FrameWriter {
 public:
  FrameWriter();

  // The whole frame; valid until the next call.
  [[nodiscard]] std::span<const std::uint8_t> write(const SegmentFields& segment);

  // The most payload that fits a 1500-byte IP packet beside the timestamps option.
  [[nodiscard]] static constexpr std::uint32_t max_payload(bool ipv6) { return ipv6 ? 1428 : 1448; }

 private:
  static constexpr std::size_t kMtu = 1500;
  static constexpr std::size_t kLargest = 18 + 50 + kMtu;  // Ethernet with a tag, VXLAN over IPv4

  void put8(std::uint8_t value) { frame_[end_++] = value; }
  void put16(std::uint32_t value);
  void put32(std::uint32_t value);
  void put(std::span<const std::uint8_t> bytes);
  void set16(std::size_t at, std::uint32_t value);
  void put_macs(const SegmentFields& segment);
  void put_tunnel(const SegmentFields& segment, std::size_t inner_len);
  void put_ipv4(std::uint16_t id, std::uint8_t protocol, std::size_t len,
                std::span<const std::uint8_t> src, std::span<const std::uint8_t> dst);
  void put_ip(const SegmentFields& segment, std::size_t tcp_len);
  void put_tcp(const SegmentFields& segment);
  void put_options(const SegmentFields& segment);

  std::array<std::uint8_t, kLargest> frame_{};
  std::array<std::uint8_t, kMtu> payload_{};
  std::array<std::uint32_t, kMtu + 1> payload_sum_{};  // of that many bytes, before it is folded
  std::size_t end_ = 0;
};

}  // namespace tapstat::bench
