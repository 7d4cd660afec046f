#include "decode/dhcp.h"

#include <algorithm>
#include <bit>

namespace tapstat::decode {
namespace {

// RFC 2131 figure 1.
constexpr std::size_t kClientAddressAt = 12, kYourAddressAt = 16, kServerNameAt = 44, kFileAt = 108;
constexpr std::size_t kServerNameLen = 64, kFileLen = 128, kCookieAt = 236, kOptionsAt = 240;
constexpr std::uint8_t kReply = 2, kEthernet = 1;
constexpr std::uint32_t kMagicCookie = 0x63825363;  // RFC 2131 section 3

// RFC 2132 and RFC 3442.
constexpr std::uint8_t kPad = 0, kSubnetMask = 1, kRouters = 3, kOverload = 52, kMessageType = 53;
constexpr std::uint8_t kClasslessRoutes = 121, kEnd = 255;

// Of the options that tell something here; the parts of one that is split are joined.
struct Options {
  std::vector<std::uint8_t> type, mask, routers, routes, overload;
  bool has_routes = false;

  [[nodiscard]] std::vector<std::uint8_t>* find(std::uint8_t code) {
    switch (code) {
      case kMessageType:
        return &type;
      case kSubnetMask:
        return &mask;
      case kRouters:
        return &routers;
      case kClasslessRoutes:
        has_routes = true;
        return &routes;
      case kOverload:
        return &overload;
      default:
        return nullptr;
    }
  }
};

// False where one goes beyond the field.
[[nodiscard]] bool read_options(Bytes field, Options& out) {
  while (!field.empty() && field[0] != kEnd) {
    if (field[0] == kPad) {
      field = field.subspan(1);
      continue;
    }
    if (field.size() < 2 || field.size() - 2 < field[1]) return false;
    const Bytes value = field.subspan(2, field[1]);
    if (auto* option = out.find(field[0]))
      option->insert(option->end(), value.begin(), value.end());
    field = field.subspan(2 + value.size());
  }
  return true;
}

// Bits 1 and 2 of option 52 say that there are options in `file` and in `sname`.
[[nodiscard]] bool read_all_options(Bytes message, Options& out) {
  if (!read_options(message.subspan(kOptionsAt), out)) return false;
  const unsigned overload = out.overload.size() == 1 ? out.overload[0] : 0;
  if ((overload & 1) != 0 && !read_options(message.subspan(kFileAt, kFileLen), out)) return false;
  return (overload & 2) == 0 || read_options(message.subspan(kServerNameAt, kServerNameLen), out);
}

[[nodiscard]] Ipv4Octets octets(Bytes b, std::size_t at) {
  return {b[at], b[at + 1], b[at + 2], b[at + 3]};
}

// nullopt for a mask with holes.
[[nodiscard]] std::optional<std::uint8_t> prefix_len_of(const std::vector<std::uint8_t>& mask) {
  if (mask.size() != 4) return std::nullopt;
  const std::uint32_t bits = be32(mask, 0);
  const int ones = std::countl_one(bits);
  if (ones + std::countr_zero(bits) < 32) return std::nullopt;
  return static_cast<std::uint8_t>(ones);
}

// RFC 3442: the width, as many octets of the network as are significant, the router. nullopt where
// one is wrong.
[[nodiscard]] std::optional<std::vector<DhcpRoute>> routes_of(Bytes b) {
  std::vector<DhcpRoute> routes;
  while (!b.empty() && routes.size() < kMostDhcpRoutes) {
    const std::size_t significant = (b[0] + 7u) / 8;
    if (b[0] > 32 || b.size() < 1 + significant + 4) return std::nullopt;
    DhcpRoute route{.prefix_len = b[0], .router = octets(b, 1 + significant)};
    std::copy_n(b.begin() + 1, significant, route.network.begin());
    routes.push_back(route);
    b = b.subspan(1 + significant + 4);
  }
  return routes;
}

}  // namespace

std::optional<DhcpAnswer> dhcp_answer(Bytes message) {
  if (message.size() < kOptionsAt || message[0] != kReply || message[1] != kEthernet) {
    return std::nullopt;
  }
  Options options;
  if (be32(message, kCookieAt) != kMagicCookie || !read_all_options(message, options)) {
    return std::nullopt;
  }
  using Kind = DhcpAnswer::Kind;
  if (options.type.size() != 1) return std::nullopt;
  const auto kind = static_cast<Kind>(options.type[0]);
  if (kind != Kind::offer && kind != Kind::ack) return std::nullopt;
  DhcpAnswer answer{.kind = kind, .client = octets(message, kYourAddressAt)};
  if (answer.client == Ipv4Octets{}) answer.client = octets(message, kClientAddressAt);
  answer.prefix_len = prefix_len_of(options.mask);
  for (std::size_t at = 0;
       at + 4 <= options.routers.size() && answer.routers.size() < kMostDhcpRoutes; at += 4) {
    answer.routers.push_back(octets(options.routers, at));
  }
  if (!options.has_routes) return answer;
  answer.routes = routes_of(options.routes);
  if (!answer.routes) return std::nullopt;
  return answer;
}

}  // namespace tapstat::decode
