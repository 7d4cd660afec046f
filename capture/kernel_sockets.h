// The TCP sockets of this host as its kernel has them: the truth that packets only let one infer.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "capture/frame.h"
#include "capture/source.h"

namespace tapstat::capture {

// The kernel's numbers (include/net/tcp_states.h); any other value is legal, for kernels to come.
// Connections that wait for the last ACK of the handshake are syn_recv, never new_syn_recv.
enum class KernelState : std::uint8_t {
  established = 1,
  syn_sent = 2,
  syn_recv = 3,
  fin_wait1 = 4,
  fin_wait2 = 5,
  time_wait = 6,
  close = 7,
  close_wait = 8,
  last_ack = 9,
  listen = 10,
  closing = 11,
  new_syn_recv = 12,
};

// Network byte order. IPv4 is mapped (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2) whichever family
// the socket is of, as the packets are IPv4 either way.
struct SocketEnd {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;

  [[nodiscard]] bool is_v4() const;
  friend bool operator==(const SocketEnd&, const SocketEnd&) = default;
};

// A listener's remote end is all zeros. One at `::` takes IPv4 too, unless IPV6_V6ONLY is set.
struct KernelSocket {
  SocketEnd local, remote;
  KernelState state{};
  std::uint32_t inode = 0;      // 0: no process has it: syn_recv, time_wait, not accepted, closed
  std::uint32_t uid = 0;        // who made it; means nothing where inode is 0
  std::uint32_t interface = 0;  // the index it is bound to, 0 for none
};

// What one datagram of a dump said besides sockets.
struct DumpPart {
  bool is_last = false;
  bool is_interrupted = false;  // the table changed so that sockets may be missing or there twice
  int error = 0;                // of errno(3), EBADMSG for bytes that are no answer; 0 for none
};

// Appends the sockets that a datagram of netlink holds (sock_diag(7)). Messages that are not of the
// request `sequence` are skipped, those of other families and kinds too. What is in front of an
// error is appended.
[[nodiscard]] DumpPart parse_sockets(Bytes datagram, std::uint32_t sequence,
                                     std::vector<KernelSocket>& out);

// Asks by netlink (NETLINK_SOCK_DIAG), which needs no privilege: any user is told of all sockets of
// the network namespace, with uid and inode. The namespace is the one that it was opened in. For
// one thread at a time.
class KernelSockets {
 public:
  // Asks the kernel once, to learn whether it answers and for it to load its modules.
  [[nodiscard]] static Result<KernelSockets> open();

  ~KernelSockets();
  KernelSockets(const KernelSockets&) = delete;
  KernelSockets& operator=(const KernelSockets&) = delete;
  KernelSockets(KernelSockets&& other) noexcept;
  KernelSockets& operator=(KernelSockets&& other) noexcept;

  // Replaces `out` by all TCP sockets there are, which is no snapshot: while it reads, sockets
  // come, go and change. After an error `out` is empty, and the next call may succeed. Takes time
  // in proportion to the sockets, and never more than some seconds. Once open, it makes no other
  // system calls than write(2) and recvfrom(2) on the one socket.
  [[nodiscard]] Result<void> dump(std::vector<KernelSocket>& out);

 private:
  using Clock = std::chrono::steady_clock;

  explicit KernelSockets(int fd);
  // These give an errno, 0 for success.
  [[nodiscard]] int dump_all(std::uint32_t states, std::vector<KernelSocket>& out);
  [[nodiscard]] int dump_family(std::uint8_t family, std::uint32_t states, Clock::time_point until,
                                std::vector<KernelSocket>& out);
  [[nodiscard]] int request(std::uint8_t family, std::uint32_t states);
  // The next datagram, valid until the next call; empty for one that is not the kernel's, and after
  // a signal.
  [[nodiscard]] tl::expected<Bytes, int> receive(int flags);
  void drain();

  int fd_ = -1;
  std::uint32_t sequence_ = 0;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace tapstat::capture
