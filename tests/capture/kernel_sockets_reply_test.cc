// Answers of sock_diag(7) made by hand, and every prefix of one that the kernel gave.
#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>

#include "capture/kernel_sockets.h"
#include "tests/capture/loopback.h"

namespace tapstat::capture::test {
namespace {

using Buffer = std::vector<std::uint8_t>;

constexpr std::uint32_t kSequence = 7;

template <typename T>
void append(Buffer& to, const T& value) {
  const std::size_t at = to.size();
  to.resize(at + sizeof value);
  std::memcpy(to.data() + at, &value, sizeof value);
}

struct Said {
  std::uint16_t type = SOCK_DIAG_BY_FAMILY;
  std::uint16_t flags = NLM_F_MULTI;
  std::uint32_t sequence = kSequence;
  Buffer body{};
};

// Padded as the kernel does.
[[nodiscard]] Buffer datagram_of(const std::vector<Said>& messages) {
  Buffer all;
  for (const Said& said : messages) {
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + said.body.size());
    header.nlmsg_type = said.type;
    header.nlmsg_flags = said.flags;
    header.nlmsg_seq = said.sequence;
    append(all, header);
    all.insert(all.end(), said.body.begin(), said.body.end());
    all.resize(NLMSG_ALIGN(all.size()));
  }
  return all;
}

// 192.0.2.1:80 with 192.0.2.2:40000, established.
[[nodiscard]] inet_diag_msg a_socket() {
  inet_diag_msg said{};
  said.idiag_family = AF_INET;
  said.idiag_state = 1;
  said.id.idiag_sport = htons(80);
  said.id.idiag_dport = htons(40000);
  said.id.idiag_src[0] = htonl(0xc0000201);
  said.id.idiag_dst[0] = htonl(0xc0000202);
  said.id.idiag_if = 3;
  said.idiag_uid = 1000;
  said.idiag_inode = 4711;
  return said;
}

[[nodiscard]] Said message_of(const inet_diag_msg& socket, std::size_t extra = 0) {
  Said said;
  append(said.body, socket);
  said.body.resize(said.body.size() + extra);
  return said;
}

[[nodiscard]] Said message_of(std::uint16_t type, std::int32_t code) {
  Said said{.type = type};
  append(said.body, code);
  return said;
}

struct Outcome {
  DumpPart part;
  std::vector<KernelSocket> sockets;
};

[[nodiscard]] Outcome parse(const Buffer& datagram) {
  Outcome outcome;
  outcome.part = parse_sockets(datagram, kSequence, outcome.sockets);
  return outcome;
}

[[nodiscard]] Outcome parse(const std::vector<Said>& messages) {
  return parse(datagram_of(messages));
}

TEST(SocketsReply, HasEveryFieldOfASocket) {
  const Outcome outcome = parse({message_of(a_socket())});
  EXPECT_EQ(outcome.part.error, 0);
  EXPECT_FALSE(outcome.part.is_last);
  ASSERT_EQ(outcome.sockets.size(), 1u);
  const KernelSocket& socket = outcome.sockets.front();
  EXPECT_EQ(socket.local, end_at("192.0.2.1", 80));
  EXPECT_EQ(socket.remote, end_at("192.0.2.2", 40000));
  EXPECT_EQ(socket.state, KernelState::established);
  EXPECT_EQ(socket.inode, 4711u);
  EXPECT_EQ(socket.uid, 1000u);
  EXPECT_EQ(socket.interface, 3u);
}

TEST(SocketsReply, KeepsIpv6AndMapsIpv4OfEitherFamily) {
  inet_diag_msg v6 = a_socket();
  v6.idiag_family = AF_INET6;
  const SocketEnd local = end_at("2001:db8::1", 0);
  std::memcpy(v6.id.idiag_src, local.address.data(), 16);
  std::memcpy(v6.id.idiag_dst, end_at("2001:db8::2", 0).address.data(), 16);
  inet_diag_msg mapped = v6;
  std::memcpy(mapped.id.idiag_src, end_at("192.0.2.1", 0).address.data(), 16);
  std::memset(mapped.id.idiag_dst, 0, 16);
  const Outcome outcome = parse({message_of(v6), message_of(mapped)});
  ASSERT_EQ(outcome.sockets.size(), 2u);
  EXPECT_EQ(outcome.sockets[0].local, end_at("2001:db8::1", 80));
  EXPECT_EQ(outcome.sockets[0].remote, end_at("2001:db8::2", 40000));
  EXPECT_FALSE(outcome.sockets[0].local.is_v4());
  EXPECT_EQ(outcome.sockets[1].local, end_at("192.0.2.1", 80));
  EXPECT_EQ(outcome.sockets[1].remote, end_at("0.0.0.0", 40000));
  EXPECT_TRUE(outcome.sockets[1].remote.is_v4());
}

TEST(SocketsReply, SkipsAttributesBehindASocket) {
  for (const std::size_t extra : {1u, 3u, 4u, 52u}) {
    const Outcome outcome = parse({message_of(a_socket(), extra), message_of(a_socket())});
    EXPECT_EQ(outcome.part.error, 0) << extra;
    EXPECT_EQ(outcome.sockets.size(), 2u) << extra;
  }
}

TEST(SocketsReply, SkipsOtherRequestsFamiliesAndKinds) {
  Said other = message_of(NLMSG_DONE, -EIO);
  other.sequence = kSequence - 1;
  inet_diag_msg unix_socket = a_socket();
  unix_socket.idiag_family = AF_UNIX;
  const Outcome outcome =
      parse({other, message_of(unix_socket), message_of(NLMSG_NOOP, 0), message_of(a_socket())});
  EXPECT_EQ(outcome.part.error, 0);
  EXPECT_FALSE(outcome.part.is_last);
  EXPECT_EQ(outcome.sockets.size(), 1u);
}

TEST(SocketsReply, EndsWithTheDump) {
  const Outcome outcome =
      parse({message_of(a_socket()), message_of(NLMSG_DONE, 0), message_of(a_socket())});
  EXPECT_TRUE(outcome.part.is_last);
  EXPECT_EQ(outcome.part.error, 0);
  EXPECT_EQ(outcome.sockets.size(), 1u);
  EXPECT_TRUE(parse({Said{.type = NLMSG_DONE}}).part.is_last);  // nothing in it, as of old kernels
}

TEST(SocketsReply, TellsWhatFailed) {
  EXPECT_EQ(parse({message_of(NLMSG_ERROR, -ENOENT)}).part.error, ENOENT);
  EXPECT_EQ(parse({message_of(NLMSG_DONE, -ENOENT)}).part.error, ENOENT);
  EXPECT_EQ(parse({message_of(NLMSG_OVERRUN, 0)}).part.error, ENOBUFS);
  EXPECT_EQ(parse({message_of(NLMSG_ERROR, 0)}).part.error, EBADMSG);
  EXPECT_EQ(parse({Said{.type = NLMSG_ERROR}}).part.error, EBADMSG);
  EXPECT_EQ(parse({message_of(NLMSG_ERROR, INT32_MIN)}).part.error, EBADMSG);
}

TEST(SocketsReply, TellsThatADumpWasInterrupted) {
  Said last = message_of(NLMSG_DONE, 0);
  EXPECT_FALSE(parse({last}).part.is_interrupted);
  last.flags |= NLM_F_DUMP_INTR;
  EXPECT_TRUE(parse({last}).part.is_interrupted);
}

TEST(SocketsReply, RefusesImpossibleLengths) {
  const Buffer good = datagram_of({message_of(a_socket()), message_of(a_socket())});
  for (const std::uint32_t len : {0u, 1u, 15u, 16u, 87u, 1000u, 0x7fffffffu, 0xffffffffu}) {
    Buffer bad = good;
    std::memcpy(bad.data() + good.size() / 2, &len, sizeof len);  // of the second message
    const Outcome outcome = parse(bad);
    EXPECT_EQ(outcome.part.error, EBADMSG) << len;
    EXPECT_EQ(outcome.sockets.size(), 1u) << len;
  }
}

// A datagram's start is in a buffer of just that size: AddressSanitizer sees what is read behind
// it.
void expect_prefixes_read(const Buffer& datagram) {
  const std::size_t all = parse(datagram).sockets.size();
  for (std::size_t len = 0; len <= datagram.size(); ++len) {
    const Buffer prefix(datagram.begin(), datagram.begin() + static_cast<std::ptrdiff_t>(len));
    const Outcome outcome = parse(prefix);
    ASSERT_LE(outcome.sockets.size(), all);
    ASSERT_TRUE(outcome.part.error == 0 || outcome.part.error == EBADMSG) << len;
  }
}

[[nodiscard]] Buffer reply_of_kernel() {
  struct {
    nlmsghdr header;
    inet_diag_req_v2 body;
  } request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.header.nlmsg_seq = kSequence;
  request.body.sdiag_family = AF_INET;
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_states = ~0u;
  const Fd fd{socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)};
  if (write(fd.get(), &request, sizeof request) != sizeof request) return {};
  Buffer reply(32768);
  const ssize_t size = recv(fd.get(), reply.data(), reply.size(), 0);
  reply.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return reply;
}

TEST(SocketsReply, IsReadWhereverItIsCut) {
  expect_prefixes_read(
      datagram_of({message_of(a_socket(), 5), message_of(a_socket()), message_of(NLMSG_DONE, 0)}));
}

TEST(SocketsReply, OfTheKernelIsReadWhereverItIsCut) {
  const auto sockets = KernelSockets::open();
  if (!sockets) GTEST_SKIP() << sockets.error().message;
  const Loopback first{"127.0.0.1"}, second{"127.0.0.1"};
  const Buffer reply = reply_of_kernel();
  ASSERT_GE(parse(reply).sockets.size(), 4u);
  expect_prefixes_read(reply);
}

}  // namespace
}  // namespace tapstat::capture::test
