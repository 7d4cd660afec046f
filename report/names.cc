#include "report/names.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "decode/ip_protocol.h"
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

// Of the protocols whose ports the views name.
[[nodiscard]] std::optional<std::uint8_t> ip_protocol_of(std::string_view name) {
  namespace ip_protocol = decode::ip_protocol;
  if (name == "tcp") return ip_protocol::kTcp;
  if (name == "udp") return ip_protocol::kUdp;
  if (name == "sctp") return ip_protocol::kSctp;
  return std::nullopt;
}

}  // namespace

Vendors::Vendors()
    : Vendors({"/usr/share/ieee-data/oui.csv", "/usr/share/ieee-data/mam.csv",
               "/usr/share/ieee-data/oui36.csv"}) {}

std::string_view Vendors::find(const MacAddress& mac) {
  constexpr std::uint8_t kLocallyAdministered = 2;
  if ((mac[0] & kLocallyAdministered) != 0) return {};
  if (!std::exchange(loaded_, true)) {
    for (const std::string& list : lists_) load(list);
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
void Vendors::load(const std::string& path) {
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
    const auto protocol = ip_protocol_of(service->s_proto);
    if (!protocol) continue;
    const auto port = ntohs(static_cast<std::uint16_t>(service->s_port));
    services_.emplace(std::pair{*protocol, port},
                      shortened(printable_ascii(service->s_name), kLongestService));
  }
  endservent();
}

std::string_view Names::service(std::uint16_t port, std::uint8_t ip_protocol) const {
  const auto found = services_.find({ip_protocol, port});
  return found == services_.end() ? std::string_view{} : found->second;
}

std::string Names::host_or_address(const analysis::IpAddress& a) const {
  const std::string_view name = host(a);
  return name.empty() ? address_text(a) : shortened(name, kLongestHost);
}

std::string Names::endpoint(const analysis::IpAddress& a, std::uint16_t port,
                            std::uint8_t ip_protocol) const {
  const std::string_view service = this->service(port, ip_protocol);
  const bool is_plain = a.is_v4() || !host(a).empty();
  const std::string where = is_plain ? host_or_address(a) : fmt::format("[{}]", address_text(a));
  return service.empty() ? fmt::format("{}:{}", where, port) : fmt::format("{}:{}", where, service);
}

std::string host_text(const Names* names, const analysis::IpAddress& a) {
  return names == nullptr ? address_text(a) : names->host_or_address(a);
}

std::string socket_text(const Names* names, const analysis::IpAddress& a, std::uint16_t port,
                        std::uint8_t ip_protocol) {
  return names == nullptr ? endpoint_text(a, port) : names->endpoint(a, port, ip_protocol);
}

}  // namespace tapstat::report
