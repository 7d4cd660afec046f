#include "report/address_text.h"

#include <arpa/inet.h>
#include <fmt/compile.h>
#include <fmt/format.h>

namespace tapstat::report {

std::string address_text(const analysis::IpAddress& address) {
  const auto bytes = address.bytes();
  if (address.is_v4()) {
    return fmt::format(FMT_COMPILE("{}.{}.{}.{}"), bytes[12], bytes[13], bytes[14], bytes[15]);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
}

std::string endpoint_text(const analysis::IpAddress& address, std::uint16_t port) {
  const std::string text = address_text(address);
  return address.is_v4() ? fmt::format(FMT_COMPILE("{}:{}"), text, port)
                         : fmt::format(FMT_COMPILE("[{}]:{}"), text, port);
}

std::string mac_text(const std::array<std::uint8_t, 6>& mac) {
  return fmt::format(FMT_COMPILE("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}"), mac[0], mac[1],
                     mac[2], mac[3], mac[4], mac[5]);
}

}  // namespace tapstat::report
