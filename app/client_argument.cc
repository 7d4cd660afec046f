#include "app/client_argument.h"

#include <string>

#include "report/query/literal.h"
#include "report/socket_argument.h"

namespace tapstat::app {

std::optional<report::ClientChoice> parse_client(std::string_view text) {
  if (const auto socket = report::parse_socket(text)) {
    return report::ClientChoice{socket->address, socket->port};
  }
  const bool is_bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (is_bracketed) text = text.substr(1, text.size() - 2);
  const auto address = report::query::parse_address(std::string{text});
  if (!address) return std::nullopt;
  return report::ClientChoice{*address, std::nullopt};
}

}  // namespace tapstat::app
