#include "capture/kernel_sockets.h"

#include <fmt/format.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace tapstat::capture {
namespace {

// A dump's datagrams are no larger (netlink_recvmsg in net/netlink/af_netlink.c).
constexpr std::size_t kBufferSize = 32768;
// Bounds the memory: some 260 sockets each, so four million.
constexpr int kMostDatagrams = 1 << 14;
constexpr int kAttempts = 4;
constexpr timeval kMostSilence{1, 0};
constexpr std::chrono::seconds kMostTime{5};
// Bits 1 to 12 of KernelState.
constexpr std::uint32_t kAllStates = 0x1ffe;

struct Request {
  nlmsghdr header;
  inet_diag_req_v2 body;
};
static_assert(sizeof(Request) == NLMSG_LENGTH(sizeof(inet_diag_req_v2)), "nothing in between");

[[nodiscard]] std::string reason(int error) {
  std::string words = std::generic_category().message(error);
  switch (error) {
    case EAGAIN:
      return "no answer within a second";
    case ETIMEDOUT:
      return fmt::format("it took more than {} seconds", kMostTime.count());
    case EOVERFLOW:
      return "they are too many";
    case EINTR:
      return "they change faster than they can be read";
    case ENOENT:
    case EPROTONOSUPPORT:
    case EAFNOSUPPORT:
      return words + " (a kernel without CONFIG_INET_DIAG or CONFIG_INET_TCP_DIAG?)";
    default:
      return words;
  }
}

[[nodiscard]] tl::unexpected<Error> failure(int error) {
  return tl::unexpected{
      Error{fmt::format("the kernel's TCP sockets cannot be listed: {}", reason(error))}};
}

// What another try may mend. EINTR is a dump that was interrupted; EBUSY, one that was left
// halfway.
[[nodiscard]] bool may_pass(int error) {
  return error == EINTR || error == ENOBUFS || error == EBUSY;
}

}  // namespace

KernelSockets::KernelSockets(int fd) : fd_(fd), buffer_(kBufferSize) {}

KernelSockets::~KernelSockets() {
  if (fd_ >= 0) ::close(fd_);
}

KernelSockets::KernelSockets(KernelSockets&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      sequence_(other.sequence_),
      buffer_(std::move(other.buffer_)) {}

KernelSockets& KernelSockets::operator=(KernelSockets&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(sequence_, other.sequence_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

Result<KernelSockets> KernelSockets::open() {
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) return failure(errno);
  KernelSockets sockets(fd);
  if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kMostSilence, sizeof kMostSilence) != 0) {
    return failure(errno);
  }
  std::vector<KernelSocket> none;
  // For sockets in no state at all: the answer is short however many there are.
  if (const int error = sockets.dump_all(0, none); error != 0) return failure(error);
  return sockets;
}

Result<void> KernelSockets::dump(std::vector<KernelSocket>& out) {
  const int error = dump_all(kAllStates, out);
  if (error == 0) return {};
  out.clear();
  return failure(error);
}

int KernelSockets::dump_all(std::uint32_t states, std::vector<KernelSocket>& out) {
  const auto until = Clock::now() + kMostTime;
  int error = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    out.clear();
    error = dump_family(AF_INET, states, until, out);
    if (error == 0) error = dump_family(AF_INET6, states, until, out);
    if (error == 0) return 0;
    drain();
    if (!may_pass(error)) return error;
  }
  return error;
}

int KernelSockets::dump_family(std::uint8_t family, std::uint32_t states, Clock::time_point until,
                               std::vector<KernelSocket>& out) {
  if (const int error = request(family, states); error != 0) return error;
  bool is_interrupted = false;
  for (int i = 0; i < kMostDatagrams; ++i) {
    const auto datagram = receive(0);
    if (!datagram) return datagram.error();
    const DumpPart part = parse_sockets(*datagram, sequence_, out);
    if (part.error != 0) return part.error;
    is_interrupted = is_interrupted || part.is_interrupted;
    if (part.is_last) return is_interrupted ? EINTR : 0;
    if (Clock::now() >= until) return ETIMEDOUT;
  }
  return EOVERFLOW;
}

// A netlink socket that was connected to nobody writes to the kernel (netlink(7)): sendto(2), which
// could reach others, can stay forbidden.
int KernelSockets::request(std::uint8_t family, std::uint32_t states) {
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.header.nlmsg_seq = ++sequence_;
  request.body.sdiag_family = family;
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_states = states;
  ssize_t sent = 0;
  do {
    sent = ::write(fd_, &request, sizeof request);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return errno;
  return sent == sizeof request ? 0 : EMSGSIZE;
}

tl::expected<Bytes, int> KernelSockets::receive(int flags) {
  sockaddr_nl from{};
  socklen_t from_len = sizeof from;
  void* const any = &from;
  // With MSG_TRUNC it is the datagram's length, not what of it there was room for.
  const ssize_t size = ::recvfrom(fd_, buffer_.data(), buffer_.size(), flags | MSG_TRUNC,
                                  static_cast<sockaddr*>(any), &from_len);
  // Not begun anew here, where signals could make the wait an endless one.
  if (size < 0 && errno == EINTR) return Bytes{};
  if (size < 0) return tl::unexpected{errno};
  const auto len = static_cast<std::size_t>(size);
  if (len > buffer_.size()) return tl::unexpected{EMSGSIZE};
  return from.nl_pid == 0 ? Bytes{buffer_.data(), len} : Bytes{};
}

// The kernel goes on with a dump as its answers are read, and begins none before that one's end.
void KernelSockets::drain() {
  for (int i = 0; i < kMostDatagrams; ++i) {
    const auto datagram = receive(MSG_DONTWAIT);
    if (!datagram && datagram.error() != ENOBUFS && datagram.error() != EMSGSIZE) return;
  }
}

}  // namespace tapstat::capture
