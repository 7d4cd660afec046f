#include "decode/checksum.h"

#include <bit>
#include <cstring>

#include "decode/ip_protocol.h"
#include "decode/tcp.h"
#include "decode/udp.h"

namespace tapstat::decode {
namespace {

constexpr std::size_t kTcpChecksumAt = 16;
constexpr std::size_t kUdpChecksumAt = 6;

// Ones' complement sum (RFC 1071), folded only at the end; bytes as they stand in memory, since the
// sum does not care for their order (section 2).
[[nodiscard]] std::uint64_t sum_of(const std::uint8_t* bytes, std::size_t size) {
  std::uint64_t sum = 0;
  for (; size >= 4; size -= 4, bytes += 4) {
    std::uint32_t word;
    std::memcpy(&word, bytes, sizeof word);
    sum += word;
  }
  std::uint32_t rest = 0;
  std::memcpy(&rest, bytes, size);
  return sum + rest;
}

[[nodiscard]] std::uint16_t fold(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

// As it would stand in memory.
[[nodiscard]] constexpr std::uint16_t in_memory(std::uint16_t value) {
  static_assert(std::endian::native == std::endian::little);
  return static_cast<std::uint16_t>(value << 8 | value >> 8);
}

struct Summed {
  const std::uint8_t* addresses;  // source and destination, one after the other
  int ip_version;
  std::uint8_t protocol;
  Bytes bytes;  // from the transport header on, all of them
};

// The pseudo-header without its length; RFC 9293 section 3.1, RFC 8200 section 8.1.
[[nodiscard]] std::uint64_t pseudo_sum(const Summed& s) {
  return sum_of(s.addresses, s.ip_version == 4 ? 8 : 32) + in_memory(s.protocol);
}

[[nodiscard]] Checksum judge(const Summed& s, std::size_t checksum_at) {
  std::uint16_t field;
  std::memcpy(&field, s.bytes.data() + checksum_at, sizeof field);
  const std::uint64_t pseudo = pseudo_sum(s);
  // A length beyond 16 bits, of a segment larger than any packet, folds likewise.
  const std::uint64_t length = in_memory(static_cast<std::uint16_t>(s.bytes.size())) +
                               in_memory(static_cast<std::uint16_t>(s.bytes.size() >> 16));
  if (fold(pseudo + length + sum_of(s.bytes.data(), s.bytes.size())) == 0xffff) {
    return Checksum::right;
  }
  const bool unfilled = field == fold(pseudo + length) || field == fold(pseudo);
  return unfilled ? Checksum::unfilled : Checksum::wrong;
}

}  // namespace

std::optional<Checksum> checksum_of(const Segment& segment) {
  if (segment.payload_captured < segment.payload_len || segment.payload == nullptr) {
    return std::nullopt;
  }
  // Borrowed bytes lie in one piece: the header, its options, the payload.
  const std::uint8_t* header = segment.options - TcpView::kMinLen;
  const std::size_t header_len = (header[12] >> 4) * 4u;
  if (TcpView::kMinLen + segment.options_len != header_len) return std::nullopt;
  return judge({segment.ip_src,
                segment.ip_version,
                ip_protocol::kTcp,
                {header, header_len + segment.payload_len}},
               kTcpChecksumAt);
}

std::optional<Checksum> checksum_of_udp(const Packet& packet) {
  if (packet.content != Content::udp || packet.ip_src == nullptr) return std::nullopt;
  const auto udp = UdpView::parse(packet.body);
  if (!udp || udp->length() < UdpView::kLen || udp->length() > packet.body.size()) {
    return std::nullopt;
  }
  if (be16(packet.body, kUdpChecksumAt) == 0) return std::nullopt;
  return judge(
      {packet.ip_src, packet.ip_version, ip_protocol::kUdp, packet.body.first(udp->length())},
      kUdpChecksumAt);
}

std::optional<bool> transport_checksum_ok(const Segment& segment) {
  const auto checksum = checksum_of(segment);
  return checksum ? std::optional(*checksum == Checksum::right) : std::nullopt;
}

}  // namespace tapstat::decode
