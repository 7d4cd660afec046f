// TCP connections of this process with itself.
#pragma once

#include <cstdint>
#include <string>

#include "capture/kernel_sockets.h"

namespace tapstat::capture::test {

// Owns the descriptor.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { close(); }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  Fd(Fd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Fd& operator=(Fd&& other) noexcept;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] std::uint32_t inode() const;
  void close();

 private:
  int fd_;
};

// An address and port in text, IPv4 with dots or IPv6.
[[nodiscard]] SocketEnd end_at(const std::string& address, std::uint16_t port);

// Bound to `address`, IPv6 where it has colons, on a port that the kernel chooses; not open where
// the host does not have that address.
[[nodiscard]] Fd listen_at(const std::string& address, int backlog = 16);
// Connected from an own port to that of `listener`; not open where that fails.
[[nodiscard]] Fd connect_to(const std::string& address, std::uint16_t port);
[[nodiscard]] Fd accept_from(const Fd& listener);
[[nodiscard]] std::uint16_t port_of(const Fd& socket);

// The three sockets of a connection.
struct Loopback {
  explicit Loopback(const std::string& address)
      : listener(listen_at(address)),
        client(connect_to(address, port_of(listener))),
        server(accept_from(listener)) {}

  Fd listener, client, server;
};

}  // namespace tapstat::capture::test
