#include "app/connection_argument.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

#include "report/address_text.h"
#include "report/socket_argument.h"

namespace tapstat::app {
namespace {

using analysis::Socket;
using analysis::tcp::ConnectionChoice;

// All of `text`, and nothing else.
template <typename T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

[[nodiscard]] std::string text_of(const ConnectionChoice& choice) {
  if (const auto* id = std::get_if<std::uint32_t>(&choice)) return std::to_string(*id);
  const auto* ends = std::get_if<std::array<Socket, 2>>(&choice);
  if (ends == nullptr) return "";
  return fmt::format("{}-{}", report::endpoint_text((*ends)[0].address, (*ends)[0].port),
                     report::endpoint_text((*ends)[1].address, (*ends)[1].port));
}

}  // namespace

std::optional<ConnectionChoice> parse_connection(std::string_view text) {
  if (const auto id = parse_number<std::uint32_t>(text)) return *id;
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = report::parse_socket(text.substr(0, dash));
  const auto second = report::parse_socket(text.substr(dash + 1));
  if (!first || !second) return std::nullopt;
  return std::array{*first, *second};
}

tl::expected<std::optional<std::string>, std::string> check_connection(
    const ConnectionChoice& choice, const analysis::tcp::SegmentLog& log,
    const analysis::Model& model) {
  const auto connections = model.tcp.connections();
  const bool chosen = !std::holds_alternative<std::monostate>(choice);
  if (!chosen && connections.size() > 1) {
    return tl::unexpected{
        fmt::format("there are {} connections; choose one with --connection ID or --connection "
                    "IP:PORT-IP:PORT (tapstat tcp lists them)",
                    connections.size())};
  }
  if (!log.connection() || !connections.has(*log.connection())) {
    return tl::unexpected{
        chosen
            ? fmt::format("--connection {}: there is no such connection (tapstat tcp lists them)",
                          text_of(choice))
            : std::string{"there is no TCP connection to draw"}};
  }
  if (!std::holds_alternative<std::array<Socket, 2>>(choice)) return std::nullopt;
  std::vector<std::uint32_t> others;
  for (std::uint32_t id = *log.connection() + 1; id < connections.size(); ++id) {
    if (connections.has(id) && is_chosen(choice, connections[id])) others.push_back(id);
  }
  if (others.empty()) return std::nullopt;
  return fmt::format("connection {} is the first of {} between these ends; the others: {}",
                     *log.connection(), others.size() + 1, fmt::join(others, ", "));
}

}  // namespace tapstat::app
