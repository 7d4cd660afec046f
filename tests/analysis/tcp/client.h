// One of very many clients, and what it and its server say to each other on a Tap.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/tcp/connection.h"
#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {

inline constexpr auto kSoon = std::chrono::microseconds{10};

// A client of the server at 10.0.0.2:80, by number.
class Client {
 public:
  explicit Client(std::uint32_t i, std::string_view network = "172.16")
      : address_(fmt::format("{}.{}.{}", network, i >> 8 & 255, i & 255)),
        port_(static_cast<std::uint16_t>(1024 + (i >> 16))) {}

  [[nodiscard]] TcpSpec sends(std::string_view flags, std::uint32_t seq, std::uint32_t ack,
                              std::size_t length = 0) const {
    return {.src = address_,
            .src_port = port_,
            .flags = flags,
            .seq = seq,
            .ack = ack,
            .payload_len = length};
  }
  [[nodiscard]] TcpSpec gets(std::string_view flags, std::uint32_t seq, std::uint32_t ack,
                             std::size_t length = 0) const {
    return from_server(sends(flags, seq, ack, length));
  }

  void opens(Tap& tap) const {
    tap.see(tcp(sends("S", 100, 0)), kSoon);
    tap.see(tcp(gets("SA", 500, 101)), kSoon);
    tap.see(tcp(sends("A", 101, 501)), kSoon);
  }
  void asks(Tap& tap) const {
    tap.see(tcp(sends("PA", 101, 501, 10)), kSoon);
    tap.see(tcp(gets("PA", 501, 111, 20)), kSoon);
  }
  void closes(Tap& tap) const {
    tap.see(tcp(sends("FA", 111, 521)), kSoon);
    tap.see(tcp(gets("FA", 521, 112)), kSoon);
    tap.see(tcp(sends("A", 112, 522)), kSoon);
  }
  [[nodiscard]] bool is_of(const analysis::tcp::Connection& c) const {
    return c.key().port[c.client()] == port_ &&
           c.key().address[c.client()] == analysis::IpAddress::from_wire(wire().data(), 4);
  }

 private:
  [[nodiscard]] Buffer wire() const { return ip_bytes(address_); }

  std::string address_;
  std::uint16_t port_;
};

}  // namespace tapstat::test
