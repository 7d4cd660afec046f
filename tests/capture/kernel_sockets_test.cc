// The kernel's table of sockets, asked about connections that this process makes with itself.
#include "capture/kernel_sockets.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>
#include <utility>

#include "tests/capture/loopback.h"
#include "tests/support/child.h"

namespace tapstat::capture::test {
namespace {

const std::string kHere = "127.0.0.1";

class KernelTable : public testing::Test {
 protected:
  void SetUp() override {
    auto sockets = KernelSockets::open();
    if (!sockets) GTEST_SKIP() << sockets.error().message;
    table.emplace(std::move(*sockets));
  }

  [[nodiscard]] std::vector<KernelSocket> all() {
    std::vector<KernelSocket> list;
    const auto dumped = table->dump(list);
    EXPECT_TRUE(dumped) << dumped.error().message;
    return list;
  }

  [[nodiscard]] std::optional<KernelSocket> find(const SocketEnd& local, const SocketEnd& remote) {
    const auto list = all();
    const auto same = [&](const auto& s) { return s.local == local && s.remote == remote; };
    EXPECT_LE(std::count_if(list.begin(), list.end(), same), 1);
    const auto at = std::find_if(list.begin(), list.end(), same);
    return at == list.end() ? std::nullopt : std::optional{*at};
  }

  // Whether the socket comes to be in `state`, for which a moment is given.
  void expect_state(const SocketEnd& local, const SocketEnd& remote, KernelState state) {
    std::optional<KernelSocket> found;
    for (int i = 0; i < 100; ++i) {
      found = find(local, remote);
      if (found && found->state == state) return;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    ADD_FAILURE() << "state " << (found ? int(found->state) : 0) << " instead of " << int(state);
  }

  // Listener and both ends, under the address that they are expected to be shown with.
  void expect_connection(const Loopback& loopback, const std::string& shown) {
    ASSERT_TRUE(loopback.server.is_open());
    const SocketEnd server = end_at(shown, port_of(loopback.listener));
    const SocketEnd client = end_at(shown, port_of(loopback.client));
    const bool is_v4 = server.is_v4();
    expect_socket(server, end_at(is_v4 ? "0.0.0.0" : "::", 0), KernelState::listen,
                  loopback.listener);
    expect_socket(server, client, KernelState::established, loopback.server);
    expect_socket(client, server, KernelState::established, loopback.client);
  }

  void expect_socket(const SocketEnd& local, const SocketEnd& remote, KernelState state,
                     const Fd& fd) {
    const auto found = find(local, remote);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->state, state);
    EXPECT_EQ(found->inode, fd.inode());
    EXPECT_EQ(found->uid, getuid());
    EXPECT_EQ(found->interface, 0u);
  }

  std::optional<KernelSockets> table;
};

TEST_F(KernelTable, HasTheListenerAndBothEndsOfIpv4) { expect_connection(Loopback{kHere}, kHere); }

TEST_F(KernelTable, HasTheListenerAndBothEndsOfIpv6) {
  const Loopback loopback{"::1"};
  if (!loopback.listener.is_open()) GTEST_SKIP() << "no IPv6 on this host";
  expect_connection(loopback, "::1");
}

TEST_F(KernelTable, HasMappedAddressesAsIpv4) {
  const Loopback loopback{"::ffff:127.0.0.1"};
  if (!loopback.listener.is_open()) GTEST_SKIP() << "no IPv6 on this host";
  expect_connection(loopback, kHere);
}

TEST_F(KernelTable, HasEndsOfIpv4AtAListenerOfBothFamilies) {
  const Fd listener = listen_at("::");
  if (!listener.is_open()) GTEST_SKIP() << "no IPv6 on this host";
  const Fd client = connect_to(kHere, port_of(listener));
  const Fd server = accept_from(listener);
  const SocketEnd at = end_at(kHere, port_of(listener));
  const SocketEnd from = end_at(kHere, port_of(client));
  expect_socket(end_at("::", at.port), end_at("::", 0), KernelState::listen, listener);
  expect_socket(at, from, KernelState::established, server);
  expect_socket(from, at, KernelState::established, client);
}

TEST_F(KernelTable, ShowsTheStatesOfAConnectionThatEnds) {
  Loopback loopback{kHere};
  const SocketEnd server = end_at(kHere, port_of(loopback.listener));
  const SocketEnd client = end_at(kHere, port_of(loopback.client));
  shutdown(loopback.client.get(), SHUT_WR);
  expect_state(client, server, KernelState::fin_wait2);
  expect_state(server, client, KernelState::close_wait);
  loopback.server.close();
  expect_state(client, server, KernelState::time_wait);
  EXPECT_FALSE(find(server, client));
  const auto over = find(client, server);
  ASSERT_TRUE(over);
  EXPECT_EQ(over->inode, 0u);
}

// Closed while it is in FIN_WAIT2: the kernel then keeps as little of it as of TIME_WAIT.
TEST_F(KernelTable, HasFinWait2WithoutInodeOnceItIsClosed) {
  Loopback loopback{kHere};
  const SocketEnd server = end_at(kHere, port_of(loopback.listener));
  const SocketEnd client = end_at(kHere, port_of(loopback.client));
  loopback.client.close();
  expect_state(client, server, KernelState::fin_wait2);
  expect_state(server, client, KernelState::close_wait);
  const auto orphan = find(client, server);
  ASSERT_TRUE(orphan);
  EXPECT_EQ(orphan->inode, 0u);
}

// TCP_DEFER_ACCEPT lets the last ACK of the handshake not count.
TEST_F(KernelTable, HasSynRecvWhereTheHandshakeIsNotOver) {
  const Fd listener = listen_at(kHere);
  const int seconds = 5;
  ASSERT_EQ(setsockopt(listener.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds), 0);
  const Fd client = connect_to(kHere, port_of(listener));
  ASSERT_TRUE(client.is_open());
  const SocketEnd at = end_at(kHere, port_of(listener));
  const SocketEnd from = end_at(kHere, port_of(client));
  expect_state(at, from, KernelState::syn_recv);
  expect_state(from, at, KernelState::established);
  EXPECT_EQ(find(at, from)->inode, 0u);
}

TEST_F(KernelTable, HasNoInodeBeforeAConnectionIsAccepted) {
  const Fd listener = listen_at(kHere);
  const Fd client = connect_to(kHere, port_of(listener));
  const SocketEnd at = end_at(kHere, port_of(listener));
  const SocketEnd from = end_at(kHere, port_of(client));
  expect_state(at, from, KernelState::established);
  EXPECT_EQ(find(at, from)->inode, 0u);
  const Fd server = accept_from(listener);
  EXPECT_EQ(find(at, from)->inode, server.inode());
}

TEST_F(KernelTable, TellsTheInterfaceASocketIsBoundTo) {
  const Fd listener = listen_at(kHere);
  constexpr char kName[] = "lo";
  if (setsockopt(listener.get(), SOL_SOCKET, SO_BINDTODEVICE, kName, sizeof kName) != 0) {
    GTEST_SKIP() << "may not be bound to an interface";
  }
  const auto found = find(end_at(kHere, port_of(listener)), end_at("0.0.0.0", 0));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->interface, if_nametoindex(kName));
}

// More than one datagram holds, which is some 260.
class ManyKernelSockets : public KernelTable {
 protected:
  static constexpr std::size_t kConnections = 400;  // of two sockets each, on this side both

  void SetUp() override {
    KernelTable::SetUp();
    if (IsSkipped()) return;
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 2 * kConnections + 100) GTEST_SKIP() << "may not open that many files";
    for (std::size_t i = 0; i < kConnections; ++i) {
      clients.push_back(connect_to(kHere, port_of(listener)));
      servers.push_back(accept_from(listener));
      ASSERT_TRUE(servers.back().is_open()) << i;
    }
  }
  void expect_all() {
    const auto list = all();
    const std::uint16_t port = port_of(listener);
    const auto ends = std::count_if(list.begin(), list.end(), [&](const KernelSocket& socket) {
      return socket.state == KernelState::established &&
             (socket.local.port == port || socket.remote.port == port);
    });
    EXPECT_EQ(static_cast<std::size_t>(ends), 2 * kConnections);
  }

  Fd listener = listen_at(kHere, 512);
  std::vector<Fd> clients, servers;
};

TEST_F(ManyKernelSockets, AreAllThereInSeveralDatagrams) {
  for (int i = 0; i < 3; ++i) expect_all();
}

TEST_F(ManyKernelSockets, AreAllThereAmongSignals) {
  struct sigaction before {};
  struct sigaction handler {};
  handler.sa_handler = [](int) {};
  sigaction(SIGALRM, &handler, &before);
  const itimerval often{{0, 100}, {0, 100}};
  setitimer(ITIMER_REAL, &often, nullptr);
  for (int i = 0; i < 20; ++i) expect_all();
  const itimerval never{};
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &before, nullptr);
}

[[nodiscard]] std::string inode_seen_by(KernelSockets& sockets, const SocketEnd& local) {
  std::vector<KernelSocket> list;
  if (const auto dumped = sockets.dump(list); !dumped) return dumped.error().message;
  for (const KernelSocket& socket : list) {
    if (socket.local == local) {
      return std::to_string(socket.inode) + " of " + std::to_string(socket.uid);
    }
  }
  return "not there";
}

// Opened before and after.
TEST_F(KernelTable, IsToldToAnyUser) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const Fd listener = listen_at(kHere);
  const SocketEnd local = end_at(kHere, port_of(listener));
  const std::string wanted = std::to_string(listener.inode()) + " of 0";
  const auto outcome = tapstat::test::in_child([&]() -> std::string {
    if (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0) return "root";
    auto anew = KernelSockets::open();
    if (!anew) return anew.error().message;
    return inode_seen_by(*table, local) + ", " + inode_seen_by(*anew, local);
  });
  EXPECT_EQ(outcome.said, wanted + ", " + wanted);
}

TEST_F(KernelTable, IsMovedWithItsSocket) {
  KernelSockets moved = std::move(*table);
  std::vector<KernelSocket> list;
  EXPECT_TRUE(moved.dump(list));
  const auto failed = table->dump(list);  // NOLINT(bugprone-use-after-move): an error, no crash
  ASSERT_FALSE(failed);
  EXPECT_TRUE(list.empty());
  EXPECT_NE(failed.error().message.find("cannot be listed"), std::string::npos);
}

}  // namespace
}  // namespace tapstat::capture::test
