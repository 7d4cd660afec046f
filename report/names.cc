#include "report/names.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "report/address_text.h"

namespace tapstat::report {
namespace {

constexpr std::size_t kLongestHost = 48, kLongestService = 15;  // RFC 6335 section 5.1

[[nodiscard]] std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string{text};
  return std::string{text.substr(0, most - 2)} + "..";
}

// What comes from files of the system is printed, too.
[[nodiscard]] std::string printable_ascii(std::string_view text) {
  std::string out{text};
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace

std::string_view Vendors::find(const MacAddress& mac) {
  constexpr std::uint8_t kLocallyAdministered = 2;
  if ((mac[0] & kLocallyAdministered) != 0) return {};
  if (!std::exchange(loaded_, true)) {
    for (const char* path : {"/usr/share/ieee-data/oui.csv", "/usr/share/ieee-data/mam.csv",
                             "/usr/share/ieee-data/oui36.csv"}) {
      load(path);
    }
  }
  const std::string digits =
      fmt::format("{:02X}{:02X}{:02X}{:02X}{:02X}", mac[0], mac[1], mac[2], mac[3], mac[4]);
  for (const std::size_t known : {9u, 7u, 6u}) {
    const auto found = by_prefix_.find(std::string_view{digits}.substr(0, known));
    if (found != by_prefix_.end()) return found->second;
  }
  return {};
}

// Lines "MA-L,002272,American Micro-Fuel Device Corp.,ADDRESS", with quotes around what holds a
// comma. Addresses go on over further lines, which begin otherwise.
void Vendors::load(const char* path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t prefix = line.find(',') + 1;
    const std::size_t end = line.find(',', prefix);
    if (!line.starts_with("MA-") || end == std::string::npos) continue;
    const bool quoted = line.compare(end + 1, 1, "\"") == 0;
    const std::size_t begin = end + (quoted ? 2 : 1);
    const std::string_view rest = std::string_view{line}.substr(std::min(begin, line.size()));
    const std::string_view name = rest.substr(0, rest.find(quoted ? '"' : ','));
    by_prefix_[line.substr(prefix, end - prefix)] = printable_ascii(name);
  }
}

Names::Names(const analysis::HostNames& hosts) : hosts_(hosts) {
  setservent(1);
  while (const servent* service = getservent()) {
    if (std::string_view{service->s_proto} != "tcp") continue;
    const auto port = ntohs(static_cast<std::uint16_t>(service->s_port));
    tcp_services_.emplace(port, shortened(printable_ascii(service->s_name), kLongestService));
  }
  endservent();
}

std::string_view Names::tcp_service(std::uint16_t port) const {
  const auto found = tcp_services_.find(port);
  return found == tcp_services_.end() ? std::string_view{} : found->second;
}

std::string Names::host_or_address(const analysis::IpAddress& a) const {
  const std::string_view name = host(a);
  return name.empty() ? address_text(a) : shortened(name, kLongestHost);
}

std::string Names::endpoint(const analysis::IpAddress& a, std::uint16_t port) const {
  const std::string_view service = tcp_service(port);
  const bool is_plain = a.is_v4() || !host(a).empty();
  const std::string where = is_plain ? host_or_address(a) : fmt::format("[{}]", address_text(a));
  return service.empty() ? fmt::format("{}:{}", where, port) : fmt::format("{}:{}", where, service);
}

}  // namespace tapstat::report
