// What the kernel answers to a request for its sockets, as bytes: sock_diag(7), netlink(7).
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "capture/kernel_sockets.h"

namespace tapstat::capture {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// Headers and bodies are in this machine's byte order but for addresses and ports. The caller has
// checked that the bytes are there.
template <typename T>
[[nodiscard]] T load(Bytes bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

[[nodiscard]] bool is_zero(const std::array<std::uint8_t, 16>& address) {
  return std::all_of(address.begin(), address.end(), [](std::uint8_t b) { return b == 0; });
}

[[nodiscard]] SocketEnd end_of(const __be32 (&address)[4], __be16 port, bool is_v4) {
  SocketEnd end;
  if (is_v4) {
    std::copy(kMapped.begin(), kMapped.end(), end.address.begin());
    std::memcpy(end.address.data() + kMapped.size(), address, 4);
  } else {
    std::memcpy(end.address.data(), address, sizeof address);
  }
  end.port = __builtin_bswap16(port);
  return end;
}

[[nodiscard]] KernelSocket socket_of(const inet_diag_msg& said) {
  const bool is_v4 = said.idiag_family == AF_INET;
  KernelSocket socket;
  socket.local = end_of(said.id.idiag_src, said.id.idiag_sport, is_v4);
  socket.remote = end_of(said.id.idiag_dst, said.id.idiag_dport, is_v4);
  // An IPv6 socket that listens at a mapped address: nobody is nobody of IPv4.
  if (socket.local.is_v4() && is_zero(socket.remote.address)) {
    socket.remote = end_of({}, said.id.idiag_dport, true);
  }
  socket.state = static_cast<KernelState>(said.idiag_state);
  socket.inode = said.idiag_inode;
  socket.uid = said.idiag_uid;
  socket.interface = said.id.idiag_if;
  return socket;
}

// NLMSG_ERROR begins with a negative errno. NLMSG_DONE does too, or has nothing (or no error: some
// kernels put a count there).
[[nodiscard]] int error_of(Bytes body) {
  if (body.size() < sizeof(std::int32_t)) return 0;
  const auto code = load<std::int32_t>(body);
  return code < 0 && code != std::numeric_limits<std::int32_t>::min() ? -code : 0;
}

void read_message(const nlmsghdr& header, Bytes body, DumpPart& part,
                  std::vector<KernelSocket>& out) {
  if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) part.is_interrupted = true;
  if (header.nlmsg_type == NLMSG_DONE) {
    part.is_last = true;
    part.error = error_of(body);
  } else if (header.nlmsg_type == NLMSG_ERROR) {
    part.is_last = true;
    part.error = error_of(body);
    if (part.error == 0) part.error = EBADMSG;  // an acknowledgement, which was not asked for
  } else if (header.nlmsg_type == NLMSG_OVERRUN) {
    part.error = ENOBUFS;
  } else if (header.nlmsg_type == SOCK_DIAG_BY_FAMILY) {
    if (body.size() < sizeof(inet_diag_msg)) {
      part.error = EBADMSG;
      return;
    }
    const auto said = load<inet_diag_msg>(body);
    const bool is_ip = said.idiag_family == AF_INET || said.idiag_family == AF_INET6;
    if (is_ip) out.push_back(socket_of(said));
  }
}

}  // namespace

bool SocketEnd::is_v4() const {
  return std::equal(kMapped.begin(), kMapped.end(), address.begin());
}

DumpPart parse_sockets(Bytes datagram, std::uint32_t sequence, std::vector<KernelSocket>& out) {
  DumpPart part;
  while (!datagram.empty() && part.error == 0 && !part.is_last) {
    if (datagram.size() < sizeof(nlmsghdr)) return {.error = EBADMSG};
    const auto header = load<nlmsghdr>(datagram);
    const std::size_t len = header.nlmsg_len;
    if (len < sizeof header || len > datagram.size()) return {.error = EBADMSG};
    if (header.nlmsg_seq == sequence) {
      read_message(header, datagram.first(len).subspan(sizeof header), part, out);
    }
    const std::size_t aligned = (len + NLMSG_ALIGNTO - 1) / NLMSG_ALIGNTO * NLMSG_ALIGNTO;
    datagram = datagram.subspan(std::min(aligned, datagram.size()));
  }
  return part;
}

}  // namespace tapstat::capture
