#include "report/address_text.h"

#include <arpa/inet.h>
#include <fmt/format.h>

namespace tapstat::report {

std::string address_text(const analysis::IpAddress& address) {
  const auto bytes = address.bytes();
  if (address.is_v4()) {
    return fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
}

std::string endpoint_text(const analysis::IpAddress& address, std::uint16_t port) {
  const std::string text = address_text(address);
  return address.is_v4() ? fmt::format("{}:{}", text, port) : fmt::format("[{}]:{}", text, port);
}

std::string mac_text(const std::array<std::uint8_t, 6>& mac) {
  return fmt::format("{:02x}", fmt::join(mac, ":"));
}

}  // namespace tapstat::report
