// IPv6 header and its extension headers, RFC 8200 sections 3 and 4. Borrowed bytes.
#pragma once

#include "decode/bytes.h"
#include "decode/ip_protocol.h"

namespace tapstat::decode {

class Ipv6View {
 public:
  static constexpr std::size_t kLen = 40;

  [[nodiscard]] static constexpr Result<Ipv6View> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    if (b[0] >> 4 != 6) return DecodeError::invalid(0);
    return Ipv6View(b);
  }
  // 0 in a jumbogram (RFC 2675) and where the sender leaves segmentation to its network card.
  [[nodiscard]] constexpr std::uint16_t payload_len() const { return be16(bytes_, 4); }
  [[nodiscard]] constexpr std::uint8_t next_header() const { return bytes_[6]; }
  [[nodiscard]] constexpr std::uint8_t hop_limit() const { return bytes_[7]; }
  // 16 bytes each, the destination right after the source.
  [[nodiscard]] constexpr const std::uint8_t* source() const { return bytes_.data() + 8; }
  [[nodiscard]] constexpr const std::uint8_t* destination() const { return bytes_.data() + 24; }

 private:
  explicit constexpr Ipv6View(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

// The headers that say how long they are in their second byte (RFC 6564 section 4), and AH, which
// does so in a unit of its own (RFC 4302 section 2.2; it follows IPv4 headers too).
class Ipv6ExtensionView {
 public:
  static constexpr std::size_t kMinLen = 8;

  [[nodiscard]] static constexpr bool knows(std::uint8_t kind) {
    switch (kind) {
      case ip_protocol::kHopByHop:
      case ip_protocol::kRouting:
      case ip_protocol::kAuthentication:
      case ip_protocol::kDestination:
      case ip_protocol::kMobility:
      case ip_protocol::kHip:
      case ip_protocol::kShim6:
        return true;
      default:
        return false;
    }
  }
  [[nodiscard]] static constexpr Result<Ipv6ExtensionView> parse(Bytes b, std::uint8_t kind) {
    if (b.size() < kMinLen) return DecodeError::too_short(kMinLen);
    const std::size_t header_len = kind == ip_protocol::kAuthentication
                                       ? (b[1] + std::size_t{2}) * 4
                                       : (b[1] + std::size_t{1}) * 8;
    if (b.size() < header_len) return DecodeError::too_short(header_len);
    return Ipv6ExtensionView(b.first(header_len));
  }
  [[nodiscard]] constexpr std::uint8_t next_header() const { return bytes_[0]; }
  [[nodiscard]] constexpr std::size_t header_len() const { return bytes_.size(); }
  // Of a routing header (RFC 8200 section 4.4): routers still to pass before the destination.
  [[nodiscard]] constexpr std::uint8_t segments_left() const { return bytes_[3]; }

 private:
  explicit constexpr Ipv6ExtensionView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

// RFC 8200 section 4.5.
class Ipv6FragmentView {
 public:
  static constexpr std::size_t kLen = 8;

  [[nodiscard]] static constexpr Result<Ipv6FragmentView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return Ipv6FragmentView(b);
  }
  [[nodiscard]] constexpr std::uint8_t next_header() const { return bytes_[0]; }
  [[nodiscard]] constexpr std::uint32_t fragment_offset() const {
    return be16(bytes_, 2) & 0xfff8u;
  }
  [[nodiscard]] constexpr bool more_fragments() const { return (bytes_[3] & 1) != 0; }
  [[nodiscard]] constexpr std::uint32_t id() const { return be32(bytes_, 4); }
  // A whole packet in one "fragment", RFC 6946: not put with others.
  [[nodiscard]] constexpr bool is_atomic() const {
    return fragment_offset() == 0 && !more_fragments();
  }

 private:
  explicit constexpr Ipv6FragmentView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
