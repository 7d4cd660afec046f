#include "tests/capture/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace tapstat::capture::test {
namespace {

// An address as bind(2) and connect(2) want it.
struct Address {
  sockaddr_storage storage{};
  socklen_t len = sizeof storage;

  [[nodiscard]] sockaddr* get() {
    void* const any = &storage;
    return static_cast<sockaddr*>(any);
  }
};

[[nodiscard]] bool is_v6(const std::string& text) { return text.find(':') != std::string::npos; }

[[nodiscard]] Address address_of(const std::string& text, std::uint16_t port) {
  Address address;
  void* const any = &address.storage;
  if (is_v6(text)) {
    auto* const v6 = static_cast<sockaddr_in6*>(any);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr);
    address.len = sizeof *v6;
  } else {
    auto* const v4 = static_cast<sockaddr_in*>(any);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    inet_pton(AF_INET, text.c_str(), &v4->sin_addr);
    address.len = sizeof *v4;
  }
  return address;
}

[[nodiscard]] Fd socket_for(const std::string& address) {
  return Fd{socket(is_v6(address) ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

std::uint32_t Fd::inode() const {
  struct stat about {};
  return fstat(fd_, &about) == 0 ? static_cast<std::uint32_t>(about.st_ino) : 0;
}

void Fd::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

SocketEnd end_at(const std::string& address, std::uint16_t port) {
  SocketEnd end;
  const std::string text = is_v6(address) ? address : "::ffff:" + address;
  inet_pton(AF_INET6, text.c_str(), end.address.data());
  end.port = port;
  return end;
}

Fd listen_at(const std::string& address, int backlog) {
  Fd fd = socket_for(address);
  Address at = address_of(address, 0);
  if (bind(fd.get(), at.get(), at.len) != 0 || listen(fd.get(), backlog) != 0) fd.close();
  return fd;
}

Fd connect_to(const std::string& address, std::uint16_t port) {
  Fd fd = socket_for(address);
  Address to = address_of(address, port);
  if (connect(fd.get(), to.get(), to.len) != 0) fd.close();
  return fd;
}

Fd accept_from(const Fd& listener) {
  return Fd{accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
}

std::uint16_t port_of(const Fd& socket) {
  Address at;
  if (getsockname(socket.get(), at.get(), &at.len) != 0) return 0;
  const void* const any = &at.storage;
  return ntohs(at.storage.ss_family == AF_INET6 ? static_cast<const sockaddr_in6*>(any)->sin6_port
                                                : static_cast<const sockaddr_in*>(any)->sin_port);
}

}  // namespace tapstat::capture::test
