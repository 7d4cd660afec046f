#include "report/community_id.h"

#include <sha1.h>

#include <array>
#include <span>
#include <vector>

#include "decode/ip_protocol.h"

namespace tapstat::report {
namespace {

// RFC 4648 section 4.
[[nodiscard]] std::string base64(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < n ? bytes[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= n ? kDigits[(group >> (18 - 6 * k)) & 63] : '=';
    }
  }
  return text;
}

void append_be16(std::vector<std::uint8_t>& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void append_address(std::vector<std::uint8_t>& out, const analysis::IpAddress& address) {
  const auto bytes = address.bytes();
  out.insert(out.end(), bytes.begin() + (address.is_v4() ? 12 : 0), bytes.end());
}

// Of ICMP, types and codes stand in their places.
[[nodiscard]] bool has_ports(std::uint8_t ip_protocol) {
  namespace known = decode::ip_protocol;
  return ip_protocol == known::kTcp || ip_protocol == known::kUdp || ip_protocol == known::kSctp ||
         ip_protocol == known::kIcmp || ip_protocol == known::kIcmpv6;
}

}  // namespace

std::string community_id(const analysis::FlowKey& key, std::uint8_t ip_protocol,
                         std::uint16_t seed) {
  std::vector<std::uint8_t> hashed;
  hashed.reserve(40);
  append_be16(hashed, seed);
  for (const auto& address : key.address) append_address(hashed, address);
  hashed.push_back(ip_protocol);
  hashed.push_back(0);
  if (has_ports(ip_protocol)) {
    for (const std::uint16_t port : key.port) append_be16(hashed, port);
  }

  SHA1_CTX context;
  std::array<std::uint8_t, SHA1_DIGEST_LENGTH> digest{};
  SHA1Init(&context);
  SHA1Update(&context, hashed.data(), hashed.size());
  SHA1Final(digest.data(), &context);
  return "1:" + base64(digest);
}

}  // namespace tapstat::report
