#include "report/query/literal.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tapstat::report::query {
namespace {

using analysis::IpAddress;

struct Unit {
  std::string_view name;
  double factor;
};
constexpr double kKibi = 1024;
constexpr std::array kSizes = {
    Unit{"", 1},
    Unit{"k", 1e3},
    Unit{"m", 1e6},
    Unit{"g", 1e9},
    Unit{"t", 1e12},
    Unit{"ki", kKibi},
    Unit{"mi", kKibi* kKibi},
    Unit{"gi", kKibi* kKibi* kKibi},
    Unit{"ti", kKibi* kKibi* kKibi* kKibi},
};

[[nodiscard]] tl::unexpected<std::string> wrong(std::string what) {
  return tl::unexpected{std::move(what)};
}

[[nodiscard]] Literal single(const Value& value) { return {value, value}; }

[[nodiscard]] std::optional<double> hexadecimal(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return static_cast<double>(value);
}

// 10, -5, 0.5, 0x1f, 10k, 10kB, 1MiB.
[[nodiscard]] std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with("0x")) return hexadecimal(text.substr(2));
  const std::size_t digit = text.starts_with('-') ? 1 : 0;
  if (text.size() <= digit || text[digit] < '0' || text[digit] > '9') return std::nullopt;
  double value = 0;
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{}) return std::nullopt;
  std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  if (unit.ends_with('B')) unit.remove_suffix(1);
  const auto size = std::find_if(kSizes.begin(), kSizes.end(),
                                 [&](const Unit& u) { return same_name(u.name, unit); });
  if (size == kSizes.end()) return std::nullopt;
  return value * size->factor;
}

// All addresses that share their first `bits` bits with `a`.
[[nodiscard]] Literal network(const IpAddress& a, unsigned bits) {
  auto low = a.bytes();
  auto high = low;
  for (unsigned i = 0; i < low.size(); ++i) {
    const unsigned kept = std::clamp<int>(static_cast<int>(bits) - static_cast<int>(8 * i), 0, 8);
    const auto host = static_cast<std::uint8_t>(0xffu >> kept);
    low[i] = static_cast<std::uint8_t>(low[i] & ~host);
    high[i] = static_cast<std::uint8_t>(high[i] | host);
  }
  return {IpAddress::from_wire(low.data(), 6), IpAddress::from_wire(high.data(), 6)};
}

[[nodiscard]] tl::expected<Literal, std::string> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string head{text.substr(0, slash)};
  const auto address = parse_address(head);
  if (!address) return wrong("not an IP address");
  if (slash == std::string_view::npos) return single(*address);
  const bool is_v4 = head.find(':') == std::string::npos;
  const std::string_view tail = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), bits);
  const unsigned most = is_v4 ? 32 : 128;
  if (error != std::errc{} || end != tail.data() + tail.size() || bits > most) {
    return wrong(fmt::format("not a network; its prefix has 0 to {} bits", most));
  }
  return network(*address, is_v4 ? bits + 96 : bits);
}

[[nodiscard]] tl::expected<Literal, std::string> parse_name(const Field& field,
                                                            std::string_view text) {
  const auto found = std::find_if(field.names.begin(), field.names.end(),
                                  [&](std::string_view n) { return same_name(n, text); });
  if (found != field.names.end()) return single(*found);
  std::string upper{text};
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return 'a' <= c && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const std::string_view as_it_is = nearest(text, field.names);
  const std::string_view meant = as_it_is.empty() ? nearest(upper, field.names) : as_it_is;
  if (!meant.empty())
    return wrong(fmt::format("{} is never that; did you mean {}?", field.path, meant));
  return wrong(
      fmt::format("{} is never that; it is one of {}", field.path, fmt::join(field.names, ", ")));
}

[[nodiscard]] tl::expected<Literal, std::string> parse_time(std::string_view text) {
  const auto time = TimeArgument::parse(text);
  if (!time) {
    return wrong(
        "not a time; give epoch seconds, 2026-11-21T14:05:00Z, or +12.5 from the first "
        "packet");
  }
  Literal literal = single(time->resolve({}));
  literal.low_time = literal.high_time = time;
  return literal;
}

}  // namespace

std::optional<IpAddress> parse_address(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{};
  for (const int version : {4, 6}) {
    if (inet_pton(version == 4 ? AF_INET : AF_INET6, text.c_str(), bytes.data()) == 1) {
      return IpAddress::from_wire(bytes.data(), version);
    }
  }
  return std::nullopt;
}

std::optional<MacAddress> parse_mac(std::string_view text) {
  MacAddress mac{};
  if (text.size() != 3 * mac.size() - 1) return std::nullopt;
  for (std::size_t i = 0; i < mac.size(); ++i) {
    const char* const digits = text.data() + 3 * i;
    const auto [end, error] = std::from_chars(digits, digits + 2, mac[i], 16);
    if (error != std::errc{} || end != digits + 2) return std::nullopt;
    if (i + 1 < mac.size() && digits[2] != ':' && digits[2] != '-') return std::nullopt;
  }
  return mac;
}

bool Literal::contains(const Value& value, FieldType type) const {
  if (is_single()) return equal(value, low, type);
  const auto* address = std::get_if<IpAddress>(&value);
  const auto* network = std::get_if<IpAddress>(&low);
  // No IPv4 address is in an IPv6 network, though it is kept as one.
  if (address != nullptr && network != nullptr && address->is_v4() != network->is_v4())
    return false;
  return !less(value, low) && !less(high, value) && value.index() == low.index();
}

void Literal::count_times_from(capture::Timestamp first_packet) {
  if (low_time) low = low_time->resolve(first_packet);
  if (high_time) high = high_time->resolve(first_packet);
}

tl::expected<Literal, std::string> parse_literal(const Field& field, std::string_view text) {
  switch (field.type) {
    case FieldType::number:
      if (const auto number = parse_number(text)) return single(*number);
      return wrong("not a number; give one such as 80, 10k or 1MiB");
    case FieldType::boolean:
      if (same_name(text, "true")) return single(true);
      if (same_name(text, "false")) return single(false);
      return wrong("neither true nor false");
    case FieldType::text:
      return single(text);
    case FieldType::name:
      return parse_name(field, text);
    case FieldType::address:
      return parse_network(text);
    case FieldType::mac:
      if (const auto mac = parse_mac(text)) return single(*mac);
      return wrong("not a MAC address");
    case FieldType::time:
      return parse_time(text);
    case FieldType::duration:
      break;
  }
  if (const auto duration = parse_duration(text)) return single(*duration);
  return wrong("not a duration; give one such as 200ms, 5m, 1h30m, or seconds");
}

tl::expected<Literal, std::string> join(const Literal& low, const Literal& high, FieldType type) {
  if (!has_order(type))
    return wrong(fmt::format("{} has no order; a range needs one", description(type)));
  if (!low.is_single() || !high.is_single()) return wrong("a range goes from one value to another");
  const bool comparable = !low.low_time || !high.high_time;  // else perhaps not yet
  if (comparable && less(high.high, low.low))
    return wrong("this range is empty: it ends before it begins");
  return Literal{low.low, high.high, low.low_time, high.high_time};
}

}  // namespace tapstat::report::query
