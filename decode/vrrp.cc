#include "decode/vrrp.h"

#include <algorithm>

#include "decode/checksum.h"
#include "decode/ip_protocol.h"

namespace tapstat::decode {
namespace {

constexpr std::uint8_t kAdvertisement = 1;
constexpr std::size_t kHeaderLen = 8;
// RFC 3768 section 5.3.10. Always there, also without authentication; a CARP message with the same
// first octet has no room for it.
constexpr std::size_t kAuthenticationLen = 8;
constexpr std::uint8_t kHopsOfLink = 255;

[[nodiscard]] bool has_right_checksum(const Packet& packet, int version) {
  if (packet.body.size() < packet.body_len) return true;
  const bool is_plain = packet.ip_version == 4 && is_intact(packet.body);
  if (version == 2) return is_plain;
  const AddressPair addresses{packet.ip_src, packet.ip_version};
  return is_plain || is_intact(addresses, ip_protocol::kVrrp, packet.body);
}

[[nodiscard]] std::chrono::milliseconds interval_of(Bytes b, int version) {
  if (version == 2) return std::chrono::seconds{b[5]};
  return std::chrono::milliseconds{10} * (be16(b, 4) & 0x0fff);
}

}  // namespace

std::optional<VrrpAdvert> vrrp_advert(const Packet& packet) {
  const Bytes b = packet.body;
  if (packet.content != Content::ip_other || packet.ip_protocol != ip_protocol::kVrrp ||
      packet.ttl != kHopsOfLink || b.size() < kHeaderLen) {
    return std::nullopt;
  }
  const int version = b[0] >> 4;
  const bool is_known = version == 3 || (version == 2 && packet.ip_version == 4);
  if (!is_known || (b[0] & 0x0f) != kAdvertisement || b[1] == 0) return std::nullopt;
  const std::size_t address_len = packet.ip_version == 4 ? 4 : 16;
  const std::size_t addresses_len = b[3] * address_len;
  const std::size_t least = kHeaderLen + addresses_len + (version == 2 ? kAuthenticationLen : 0);
  if (packet.body_len < least || !has_right_checksum(packet, version)) return std::nullopt;
  VrrpAdvert advert{.version = static_cast<std::uint8_t>(version),
                    .vrid = b[1],
                    .priority = b[2],
                    .count = b[3],
                    .ip_version = packet.ip_version,
                    .interval = interval_of(b, version)};
  if (version == 2) advert.auth_type = b[4];
  const std::size_t captured = std::min(b.size() - kHeaderLen, addresses_len);
  advert.addresses = b.subspan(kHeaderLen, captured - captured % address_len);
  return advert;
}

}  // namespace tapstat::decode
