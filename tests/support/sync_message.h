// IPVS synchronisation messages (Linux net/netfilter/ipvs/ip_vs_sync.c), for tests.
#pragma once

#include <string_view>

#include "tests/support/packet_builder.h"

namespace tapstat::test {

inline void put(Buffer& out, std::uint64_t value, int octets) {
  for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the order is for the reader
struct SyncSpec {
  std::uint8_t protocol = 6;
  std::string_view client = "198.51.100.7";
  std::uint16_t client_port = 40000;
  std::string_view service = "192.0.2.80";
  std::uint16_t service_port = 80;
  std::string_view server = "10.0.0.11";
  std::uint16_t server_port = 8080;
  std::uint32_t flags = 0;
  std::uint16_t state = 1;
  std::uint32_t fwmark = 0;
  std::uint32_t timeout = 900;
  Buffer parameters{};  // raw, of version 1
};

[[nodiscard]] inline Buffer sync_v1_entry(const SyncSpec& spec) {
  const Buffer client = ip_bytes(spec.client);
  Buffer out = {static_cast<std::uint8_t>(client.size() == 16 ? 1 : 0), spec.protocol};
  const std::size_t size = 24 + 3 * client.size() + spec.parameters.size();
  put(out, size, 2);
  put(out, spec.flags, 4);
  put(out, spec.state, 2);
  put(out, spec.client_port, 2);
  put(out, spec.service_port, 2);
  put(out, spec.server_port, 2);
  put(out, spec.fwmark, 4);
  put(out, spec.timeout, 4);
  out = concat(concat(out, client), ip_bytes(spec.service));
  return concat(concat(out, ip_bytes(spec.server)), spec.parameters);
}

[[nodiscard]] inline Buffer sync_v0_entry(const SyncSpec& spec) {
  Buffer out = {0, spec.protocol};
  put(out, spec.client_port, 2);
  put(out, spec.service_port, 2);
  put(out, spec.server_port, 2);
  out = concat(concat(out, ip_bytes(spec.client)), ip_bytes(spec.service));
  out = concat(out, ip_bytes(spec.server));
  put(out, spec.flags, 2);
  put(out, spec.state, 2);
  return concat(out, spec.parameters);
}

// Entries of version 1, each at a multiple of four.
[[nodiscard]] inline Buffer sync_v1(const std::vector<Buffer>& entries, std::uint8_t sync_id = 7) {
  Buffer body;
  for (const Buffer& entry : entries) {
    body.resize((body.size() + 3) / 4 * 4);
    body = concat(body, entry);
  }
  Buffer out = {0, sync_id};
  put(out, 8 + body.size(), 2);
  out = concat(out, {static_cast<std::uint8_t>(entries.size()), 1, 0, 0});
  return concat(out, body);
}

[[nodiscard]] inline Buffer sync_v0(const std::vector<Buffer>& entries, std::uint8_t sync_id = 7) {
  Buffer body;
  for (const Buffer& entry : entries) body = concat(body, entry);
  Buffer out = {static_cast<std::uint8_t>(entries.size()), sync_id};
  put(out, 4 + body.size(), 2);
  return concat(out, body);
}

// A whole frame of a director's sync daemon.
[[nodiscard]] inline Buffer sync_frame(const Buffer& message, std::string_view src = "10.0.0.2",
                                       std::uint16_t ip_id = 1) {
  return udp({.src = src,
              .src_port = 41000,
              .dst = "224.0.0.81",
              .dst_port = 8848,
              .payload = message,
              .ip_id = ip_id,
              .ttl = 1});
}

}  // namespace tapstat::test
