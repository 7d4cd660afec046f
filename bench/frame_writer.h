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

struct SegmentFields {
  const Socket* src = nullptr;
  const Socket* dst = nullptr;
  bool ipv6 = false;
  std::uint8_t flags = 0;  // of RFC 9293 section 3.1; SYN brings Linux's options for it
  std::uint16_t ip_id = 0;
  std::uint16_t window = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t tsval = 0;  // timestamps option, RFC 7323; tsecr is 0 in a first SYN
  std::uint32_t tsecr = 0;
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
  static constexpr std::size_t kLargest = 14 + 1500;

  void put8(std::uint8_t value) { frame_[end_++] = value; }
  void put16(std::uint32_t value);
  void put32(std::uint32_t value);
  void put(std::span<const std::uint8_t> bytes);
  void set16(std::size_t at, std::uint32_t value);
  void put_ethernet(const SegmentFields& segment);
  void put_ip(const SegmentFields& segment, std::size_t tcp_len);
  void put_tcp(const SegmentFields& segment);
  void put_options(const SegmentFields& segment);

  std::array<std::uint8_t, kLargest> frame_{};
  std::array<std::uint8_t, kLargest> payload_{};
  std::size_t end_ = 0;
};

}  // namespace tapstat::bench
