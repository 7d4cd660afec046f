// What the answers of a DNS message say about names and addresses: RFC 1035 section 4, and mDNS and
// LLMNR, which have the same form (RFC 6762 section 18, RFC 4795 section 2.1).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "decode/bytes.h"

namespace tapstat::decode {

inline constexpr std::uint16_t kDnsPort = 53, kMdnsPort = 5353, kLlmnrPort = 5355;

[[nodiscard]] constexpr bool is_dns_port(std::uint16_t port) {
  return port == kDnsPort || port == kMdnsPort || port == kLlmnrPort;
}

struct DnsRecord {
  enum class Kind : std::uint8_t { address, alias, pointer };  // A and AAAA, CNAME, PTR

  Kind kind{};
  std::string owner;                       // whose record it is
  std::string target;                      // of an alias or a pointer
  std::array<std::uint8_t, 16> address{};  // IPv4: the first four
  int ip_version = 0;                      // of an address
};

// At most this many are read of one message.
inline constexpr std::size_t kMostDnsRecords = 64;

// The records of the answer and additional sections of a response without an error. Nothing for
// anything else, and only those before the first byte that is wrong or was not captured. Names are
// in lower case without the last dot; what is no printable ASCII in them is a question mark.
[[nodiscard]] std::vector<DnsRecord> dns_records(Bytes message);

}  // namespace tapstat::decode
