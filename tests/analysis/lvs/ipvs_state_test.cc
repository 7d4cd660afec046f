// IPVS' own states, by what `ipvsadm -Lnc` shows of connections that went like these.
#include "analysis/lvs/ipvs_state.h"

#include <gtest/gtest.h>

#include <string>

namespace tapstat::analysis::lvs {
namespace {

using decode::TcpFlags;

[[nodiscard]] TcpFlags flags_of(std::string_view letters) {
  std::uint8_t bits = 0;
  for (const char letter : letters) {
    if (letter == 'S') bits |= TcpFlags::kSyn;
    if (letter == 'A') bits |= TcpFlags::kAck;
    if (letter == 'F') bits |= TcpFlags::kFin;
    if (letter == 'R') bits |= TcpFlags::kRst;
  }
  return TcpFlags{bits};
}

// ">S <SA >A": what the client sent and what came back. The names of the states after each.
[[nodiscard]] std::string states(std::string_view script, IpvsView view) {
  std::string names;
  IpvsState state = IpvsState::none;
  while (!script.empty()) {
    const std::size_t end = std::min(script.find(' '), script.size());
    state = next_state(state, flags_of(script.substr(1, end - 1)), script[0] == '>', view);
    names += std::string(names.empty() ? "" : " ") + std::string(name(state));
    script.remove_prefix(std::min(end + 1, script.size()));
  }
  return names;
}

TEST(IpvsState, NatSeesBothWays) {
  EXPECT_EQ(states(">S <SA >A >FA <FA >A", IpvsView::both_ways),
            "SYN_RECV SYN_RECV ESTABLISHED CLOSE_WAIT TIME_WAIT TIME_WAIT");
  EXPECT_EQ(states(">S <SA >A <FA >FA <A", IpvsView::both_ways),
            "SYN_RECV SYN_RECV ESTABLISHED FIN_WAIT TIME_WAIT TIME_WAIT");
  EXPECT_EQ(states(">S <RA", IpvsView::both_ways), "SYN_RECV CLOSE");
}

TEST(IpvsState, DirectRoutingSeesTheClientOnly) {
  EXPECT_EQ(states(">S >A >FA >A", IpvsView::clients_way),
            "SYN_RECV ESTABLISHED FIN_WAIT FIN_WAIT");
  EXPECT_EQ(states(">S >A >R", IpvsView::clients_way), "SYN_RECV ESTABLISHED CLOSE");
}

TEST(IpvsState, OneSeenFromTheMiddleIsEstablished) {
  EXPECT_EQ(states(">A", IpvsView::both_ways), "ESTABLISHED");
  EXPECT_EQ(states("<A", IpvsView::both_ways), "ESTABLISHED");
}

TEST(IpvsState, ASegmentWithoutAnyOfTheFlagsChangesNothing) {
  EXPECT_EQ(states(">S >", IpvsView::both_ways), "SYN_RECV SYN_RECV");
}

TEST(IpvsState, TimeoutsAreTheKernels) {
  EXPECT_EQ(timeout_of(IpvsState::established), std::chrono::minutes{15});
  EXPECT_EQ(timeout_of(IpvsState::close), std::chrono::seconds{10});
  EXPECT_TRUE(is_active(IpvsState::syn_recv));
  EXPECT_FALSE(is_active(IpvsState::fin_wait));
}

}  // namespace
}  // namespace tapstat::analysis::lvs
