// DHCP messages (RFC 2131 section 2), for tests.
#pragma once

#include <string_view>

#include "tests/support/packet_builder.h"

namespace tapstat::test {

// `options` are raw, between the magic cookie and the end option; `file` and `sname` fill those
// fields.
struct DhcpSpec {
  std::uint8_t op = 2;
  std::string_view your_address = "10.0.0.9";
  Buffer options{};
  Buffer file{};
  Buffer sname{};
  bool end = true;
};

[[nodiscard]] inline Buffer dhcp_option(std::uint8_t code, const Buffer& value) {
  return concat({code, static_cast<std::uint8_t>(value.size())}, value);
}

[[nodiscard]] inline Buffer dhcp(const DhcpSpec& spec) {
  Buffer m = {spec.op, 1, 6, 0};
  m.resize(16);
  m = concat(m, ip_bytes(spec.your_address));
  m.resize(44);
  m = concat(m, spec.sname);
  m.resize(108);
  m = concat(m, spec.file);
  m.resize(236);
  m = concat(m, {0x63, 0x82, 0x53, 0x63});
  m = concat(m, spec.options);
  if (spec.end) m.push_back(255);
  return m;
}

}  // namespace tapstat::test
