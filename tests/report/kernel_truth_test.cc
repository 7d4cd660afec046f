// Sockets as the kernel lists them, beside a connection as packets tell it.
#include "report/kernel_truth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "analysis/engine.h"
#include "report/kernel_comparison.h"
#include "report/tcp_table.h"
#include "tests/support/packet_builder.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using analysis::tcp::State;
using capture::KernelSocket;
using capture::KernelState;
using std::chrono::milliseconds;

[[nodiscard]] capture::SocketEnd end(std::string_view address, std::uint16_t port) {
  const auto bytes = test::ip_bytes(address);
  capture::SocketEnd end{.address = {}, .port = port};
  end.address[10] = end.address[11] = 0xff;
  std::copy(bytes.begin(), bytes.end(), end.address.begin() + 12);
  return end;
}

// A handshake at 1 s: 10.0.0.1:40000 is established, and 10.0.0.2:80, which is on this host.
class Truth : public testing::Test {
 protected:
  Truth() {
    see({.flags = "S", .seq = 7}, milliseconds{1000});
    see({.src = "10.0.0.2",
         .src_port = 80,
         .dst = "10.0.0.1",
         .dst_port = 40000,
         .flags = "SA",
         .seq = 90,
         .ack = 8},
        milliseconds{1001});
    see({.flags = "A", .seq = 8, .ack = 91}, milliseconds{1002});
  }
  void see(const test::TcpSpec& spec, std::chrono::nanoseconds t) {
    const auto bytes = test::tcp(spec);
    const capture::Frame frame = test::frame_of(bytes, t, ++frames_);
    engine_.take({&frame, 1});
  }
  [[nodiscard]] static KernelSocket socket_in(KernelState state) {
    return {.local = end("10.0.0.2", 80),
            .remote = end("10.0.0.1", 40000),
            .state = state,
            .inode = 77,
            .uid = 33,
            .interface = 0};
  }
  [[nodiscard]] static KernelTruth truth_of(const std::vector<KernelSocket>& sockets,
                                            milliseconds taken = milliseconds{2000},
                                            const KernelTruth* before = nullptr) {
    return {sockets, {{77, {1234, "nginx"}}}, capture::Timestamp{taken}, before};
  }
  [[nodiscard]] analysis::tcp::Connection connection() const {
    return engine_.model().tcp.connections()[0];
  }
  [[nodiscard]] Comparison compared(const KernelTruth& truth) const {
    Report report{.model = engine_.model(), .inputs = {}};
    report.kernel = &truth;
    return compare(report);
  }

 private:
  analysis::Engine engine_{1};
  std::uint64_t frames_ = 0;
};

TEST_F(Truth, IsOfTheEndOnThisHost) {
  const auto truth = truth_of({socket_in(KernelState::established)});
  const auto c = connection();
  EXPECT_FALSE(truth.find(c, c.client()).has_value());
  const auto server = truth.find(c, c.server());
  ASSERT_TRUE(server.has_value());
  EXPECT_EQ(server->state, State::established);
  EXPECT_EQ(server->uid, 33u);
  EXPECT_EQ(owner_text(*server), "nginx(1234)");
  const auto comparison = compared(truth);
  EXPECT_EQ(comparison.compared, 1u);
  EXPECT_EQ(comparison.different, 0u);
}

TEST_F(Truth, AnotherStateContradicts) {
  const auto truth = truth_of({socket_in(KernelState::close_wait)});
  const auto c = connection();
  const auto other = truth.contradiction(c, c.server(), {State::established, std::nullopt, true});
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(other->state, State::close_wait);
  EXPECT_EQ(compared(truth).different, 1u);
}

TEST_F(Truth, ASocketThatIsGoneIsClosed) {
  const auto before = truth_of({socket_in(KernelState::established)});
  const auto truth = truth_of({}, milliseconds{3000}, &before);
  const auto c = connection();
  EXPECT_EQ(truth.find(c, c.server())->state, State::closed);
  EXPECT_EQ(compared(truth).different, 1u);
  const auto later = truth_of({}, milliseconds{4000}, &truth);
  EXPECT_EQ(compared(later).different, 1u);
  const auto again = truth_of({socket_in(KernelState::established)}, milliseconds{5000}, &later);
  EXPECT_EQ(compared(again).different, 0u);
}

// A director, or a router: its address, and no socket of its own.
TEST_F(Truth, WhatIsForwardedHasNoSocket) {
  const auto c = connection();
  EXPECT_FALSE(truth_of({}).find(c, c.server()).has_value());
  EXPECT_EQ(compared(truth_of({})).compared, 0u);
}

TEST_F(Truth, AListenerIsNoConnection) {
  EXPECT_FALSE(truth_of({socket_in(KernelState::listen)}).has_sockets());
}

TEST_F(Truth, IsNotHeldAgainstAConnectionThatMoves) {
  const auto truth = truth_of({socket_in(KernelState::close_wait)}, milliseconds{1100});
  EXPECT_EQ(compared(truth).compared, 0u);
  EXPECT_EQ(compared(truth).different, 0u);
}

// A kernel's timers are late by up to two seconds.
TEST_F(Truth, ATimerMayBeLate) {
  const auto c = connection();
  const Standing standing{State::closed, capture::Timestamp{milliseconds{2000}}, true};
  const auto soon = truth_of({socket_in(KernelState::time_wait)}, milliseconds{3000});
  EXPECT_FALSE(soon.contradiction(c, c.server(), standing).has_value());
  const auto late = truth_of({socket_in(KernelState::time_wait)}, milliseconds{5000});
  EXPECT_TRUE(late.contradiction(c, c.server(), standing).has_value());
}

TEST_F(Truth, OfWhatIsOverSaysNothing) {
  see({.flags = "R", .seq = 8}, milliseconds{1003});
  const auto c = connection();
  EXPECT_FALSE(truth_of({socket_in(KernelState::established)}).find(c, c.server()).has_value());
}

TEST_F(Truth, StandsInTheTable) {
  const auto truth = truth_of({socket_in(KernelState::close_wait)});
  analysis::Engine none{1};
  Report report{.model = none.model(), .inputs = {}};
  report.kernel = &truth;
  test::StringOutput out;
  print_tcp_text(report, out);
  EXPECT_NE(out.text().find("Kernel  Process"), std::string::npos) << out.text();
}

TEST(OwnerText, IsTheProcessOrTheUser) {
  KernelEnd end;
  EXPECT_EQ(owner_text(end), "");
  end.uid = 33;
  EXPECT_EQ(owner_text(end), "uid 33");
  end.owner = capture::Owner{1234, "nginx"};
  EXPECT_EQ(owner_text(end), "nginx(1234)");
  end.owner->process = "a\x1b[2Jb\xc2\x9b";
  EXPECT_EQ(owner_text(end), "a?[2Jb?(1234)");
}

}  // namespace
}  // namespace tapstat::report
