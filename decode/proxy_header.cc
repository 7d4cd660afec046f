// The PROXY protocol, versions 1 and 2: haproxy, doc/proxy-protocol.txt.
#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "decode/bytes.h"
#include "decode/client_address.h"

namespace tapstat::decode {
namespace {

// Section 2.1: the longest line, with CR LF.
constexpr std::size_t kMostOctetsV1 = 107;
constexpr std::string_view kBeginV1 = "PROXY ";

// Takes the word up to a space, or to the end, off `line`. Two spaces make an empty word.
[[nodiscard]] std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

[[nodiscard]] bool read_address(std::string_view word, int ip_version, CarriedSocket& out) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (word.size() >= text.size()) return false;
  std::copy(word.begin(), word.end(), text.begin());
  // inet_pton knows of no length: a NUL in the middle would end the address.
  if (std::strlen(text.data()) != word.size()) return false;
  std::array<std::uint8_t, 16> address{};
  if (inet_pton(ip_version == 4 ? AF_INET : AF_INET6, text.data(), address.data()) != 1) {
    return false;
  }
  out.put_address(address.data(), ip_version);
  return true;
}

// Section 2.1: decimal, without leading zeros.
[[nodiscard]] bool read_port(std::string_view word, std::uint16_t& out) {
  if (word.size() > 1 && word[0] == '0') return false;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc() && end == word.data() + word.size();
}

[[nodiscard]] std::optional<ClientAddress> read_v1(std::string_view text) {
  const std::size_t end = text.substr(0, kMostOctetsV1).find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(kBeginV1.size(), end - kBeginV1.size());
  ClientAddress out{.carrier = AddressCarrier::proxy_v1,
                    .header_len = static_cast<std::uint32_t>(end + 2)};
  const std::string_view family = take_word(line);
  if (family == "UNKNOWN") return out;
  if (family != "TCP4" && family != "TCP6") return std::nullopt;
  const int version = family == "TCP4" ? 4 : 6;
  const bool is_read = read_address(take_word(line), version, out.client) &&
                       read_address(take_word(line), version, out.service) &&
                       read_port(take_word(line), out.client.port) &&
                       read_port(take_word(line), out.service.port) && line.empty();
  if (!is_read) return std::nullopt;
  return out;
}

// Section 2.2.
constexpr std::array<std::uint8_t, 12> kSignatureV2 = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                                       0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
constexpr std::size_t kFixedLenV2 = 16;

[[nodiscard]] std::optional<ClientAddress> read_v2(Bytes header) {
  const int version = header[12] >> 4, command = header[12] & 0x0f;
  const int family = header[13] >> 4, transport = header[13] & 0x0f;
  const std::size_t length = be16(header, 14);
  if (version != 2 || command > 1 || family > 3 || transport > 2) return std::nullopt;
  ClientAddress out{.carrier = AddressCarrier::proxy_v2,
                    .header_len = static_cast<std::uint32_t>(kFixedLenV2 + length)};
  const bool is_local = command == 0;
  if (is_local || (family != 1 && family != 2)) return out;
  const std::size_t address_len = family == 1 ? 4 : 16;
  const Bytes addresses = header.subspan(kFixedLenV2);
  if (length < 2 * address_len + 4 || addresses.size() < 2 * address_len + 4) return std::nullopt;
  out.client.put_address(addresses.data(), family == 1 ? 4 : 6);
  out.service.put_address(addresses.data() + address_len, family == 1 ? 4 : 6);
  out.client.port = be16(addresses, 2 * address_len);
  out.service.port = be16(addresses, 2 * address_len + 2);
  return out;
}

}  // namespace

std::optional<ClientAddress> proxy_header_of(Bytes payload) {
  const auto begins_with = [&](const auto& head) {
    return payload.size() >= head.size() &&
           std::equal(head.begin(), head.end(), payload.begin(), [](auto want, std::uint8_t octet) {
             return static_cast<std::uint8_t>(want) == octet;
           });
  };
  if (begins_with(kSignatureV2)) {
    return payload.size() < kFixedLenV2 ? std::nullopt : read_v2(payload);
  }
  if (!begins_with(kBeginV1)) return std::nullopt;
  std::array<char, kMostOctetsV1> text{};
  const std::size_t size = std::min(payload.size(), text.size());
  std::copy_n(payload.begin(), size, text.begin());
  return read_v1({text.data(), size});
}

}  // namespace tapstat::decode
