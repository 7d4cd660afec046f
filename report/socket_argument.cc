#include "report/socket_argument.h"

#include <charconv>
#include <string>

#include "report/query/literal.h"

namespace tapstat::report {

std::optional<analysis::Socket> parse_socket(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view ip = text.substr(0, colon);
  const bool is_bracketed = ip.size() > 2 && ip.front() == '[' && ip.back() == ']';
  if (is_bracketed) ip = ip.substr(1, ip.size() - 2);
  const auto address = query::parse_address(std::string{ip});
  // IPv6 needs brackets, and IPv4 takes none: else a part of the address may be read as the port.
  if (!address || is_bracketed != (ip.find(':') != std::string_view::npos)) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return analysis::Socket{*address, port};
}

}  // namespace tapstat::report
