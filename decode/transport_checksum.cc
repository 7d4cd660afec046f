#include "decode/transport_checksum.h"

#include <cstring>

#include "decode/checksum.h"
#include "decode/ip_protocol.h"
#include "decode/tcp.h"
#include "decode/udp.h"

namespace tapstat::decode {
namespace {

constexpr std::size_t kTcpChecksumAt = 16;
constexpr std::size_t kUdpChecksumAt = 6;

[[nodiscard]] Checksum judge(AddressPair addresses, std::uint8_t protocol, Bytes datagram,
                             std::size_t checksum_at) {
  if (is_intact(addresses, protocol, datagram)) return Checksum::right;
  std::uint16_t field;
  std::memcpy(&field, datagram.data() + checksum_at, sizeof field);
  const std::uint64_t pseudo = sum_of(addresses, protocol);
  const bool unfilled =
      field == folded(pseudo + sum_of_length(datagram.size())) || field == folded(pseudo);
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
  return judge({segment.ip_src, segment.ip_version}, ip_protocol::kTcp,
               {header, header_len + segment.payload_len}, kTcpChecksumAt);
}

std::optional<Checksum> checksum_of_udp(const Packet& packet) {
  if (packet.content != Content::udp || packet.ip_src == nullptr) return std::nullopt;
  const auto udp = UdpView::parse(packet.body);
  if (!udp || udp->length() < UdpView::kLen || udp->length() > packet.body.size()) {
    return std::nullopt;
  }
  if (be16(packet.body, kUdpChecksumAt) == 0) return std::nullopt;
  return judge({packet.ip_src, packet.ip_version}, ip_protocol::kUdp,
               packet.body.first(udp->length()), kUdpChecksumAt);
}

}  // namespace tapstat::decode
