#include "analysis/tcp/icmp_rule.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <utility>

namespace tapstat::analysis::tcp {
namespace {

using Errors = std::set<std::pair<int, int>>;

// Every error that ends `state`; codes to 15, which is as many as there are.
Errors ending(State state, int ip_version) {
  Errors errors;
  for (int type = 0; type < 128; ++type) {
    for (int code = 0; code < 16; ++code) {
      if (ends_handshake(state, ip_version, static_cast<std::uint8_t>(type),
                         static_cast<std::uint8_t>(code))) {
        errors.insert({type, code});
      }
    }
  }
  return errors;
}

// RFC 1122 section 4.2.3.9, RFC 5927 section 5.2.
TEST(IcmpRule, NothingEndsWhatIsSynchronizedOrHasNoSocket) {
  for (int s = 0; s < kStateCount; ++s) {
    const auto state = static_cast<State>(s);
    if (state == State::syn_sent || state == State::syn_received) continue;
    EXPECT_EQ(ending(state, 4), Errors{}) << name(state);
    EXPECT_EQ(ending(state, 6), Errors{}) << name(state);
  }
}

TEST(IcmpRule, ConnectFailsWithUnreachability) {
  for (std::uint8_t code = 0; code < 16; ++code) {
    EXPECT_EQ(ends_handshake(State::syn_sent, 4, 3, code), code != 4) << int{code};
  }
  for (std::uint8_t code = 0; code < 7; ++code) {
    EXPECT_TRUE(ends_handshake(State::syn_sent, 6, 1, code)) << int{code};
  }
}

TEST(IcmpRule, ConnectFailsWhenTheSynTakesTooManyHopsOrIsNotUnderstood) {
  EXPECT_TRUE(ends_handshake(State::syn_sent, 4, 11, 0));
  EXPECT_TRUE(ends_handshake(State::syn_sent, 4, 12, 0));
  EXPECT_TRUE(ends_handshake(State::syn_sent, 6, 3, 0));
  EXPECT_TRUE(ends_handshake(State::syn_sent, 6, 4, 1));
}

// Path MTU discovery (RFC 1191, RFC 8201), source quench (RFC 6633) and redirects.
TEST(IcmpRule, WhatAsksForOtherPacketsOrAnotherWayEndsNothing) {
  for (const State state : {State::syn_sent, State::syn_received}) {
    EXPECT_FALSE(ends_handshake(state, 4, 3, 4));
    EXPECT_FALSE(ends_handshake(state, 6, 2, 0));
    for (std::uint8_t code = 0; code < 4; ++code) {
      EXPECT_FALSE(ends_handshake(state, 4, 4, code));
      EXPECT_FALSE(ends_handshake(state, 4, 5, code));
    }
  }
}

TEST(IcmpRule, ARequestIsDroppedWhenItsClientsNetworkOrHostIsUnreachable) {
  for (std::uint8_t code = 0; code < 16; ++code) {
    EXPECT_EQ(ends_handshake(State::syn_received, 4, 3, code), code <= 1) << int{code};
  }
  EXPECT_TRUE(ends_handshake(State::syn_received, 4, 11, 0));
  EXPECT_TRUE(ends_handshake(State::syn_received, 4, 12, 0));
}

// Linux icmpv6_err_convert: no route, beyond scope and address unreachable are not fatal.
TEST(IcmpRule, AnIpv6RequestIsDroppedOnFatalErrorsOnly) {
  EXPECT_EQ(ending(State::syn_received, 6).count({1, 0}), 0u);
  EXPECT_EQ(ending(State::syn_received, 6).count({1, 1}), 1u);
  EXPECT_EQ(ending(State::syn_received, 6).count({1, 2}), 0u);
  EXPECT_EQ(ending(State::syn_received, 6).count({1, 3}), 0u);
  EXPECT_EQ(ending(State::syn_received, 6).count({1, 4}), 1u);
  EXPECT_EQ(ending(State::syn_received, 6).count({1, 5}), 1u);
  EXPECT_EQ(ending(State::syn_received, 6).count({1, 6}), 1u);
  EXPECT_FALSE(ends_handshake(State::syn_received, 6, 3, 0)) << "hop limit exceeded";
  EXPECT_TRUE(ends_handshake(State::syn_received, 6, 4, 0));
}

TEST(IcmpRule, TheTypesOfOneVersionSayNothingInTheOther) {
  for (const State state : {State::syn_sent, State::syn_received}) {
    for (const std::uint8_t type : std::to_array<std::uint8_t>({11, 12}))
      EXPECT_FALSE(ends_handshake(state, 6, type, 0));
    for (const std::uint8_t type : std::to_array<std::uint8_t>({1, 2}))
      EXPECT_FALSE(ends_handshake(state, 4, type, 0));
  }
  EXPECT_FALSE(ends_handshake(State::syn_received, 6, 3, 1)) << "host unreachable in ICMPv4";
}

// Linux icmp_unreach: there are no codes above 15 (NR_ICMP_UNREACH), and no socket hears of them.
TEST(IcmpRule, CodesThatDoNotExistEndNothing) {
  for (const int code : {16, 17, 20, 255}) {
    EXPECT_FALSE(ends_handshake(State::syn_sent, 4, 3, static_cast<std::uint8_t>(code))) << code;
  }
}

// Linux icmp_unreach: of fragments that were not put together in time (11/1) no socket hears.
TEST(IcmpRule, AReassemblyThatTookTooLongEndsNothing) {
  EXPECT_FALSE(ends_handshake(State::syn_sent, 4, 11, 1));
  EXPECT_FALSE(ends_handshake(State::syn_received, 4, 11, 1));
}

TEST(IcmpRule, WhatDropsARequestFailsAConnectToo) {
  for (const int ip_version : {4, 6}) {
    const Errors fatal = ending(State::syn_sent, ip_version);
    EXPECT_FALSE(fatal.empty());
    for (const auto& error : ending(State::syn_received, ip_version)) {
      EXPECT_EQ(fatal.count(error), 1u) << error.first << '/' << error.second;
    }
  }
}

}  // namespace
}  // namespace tapstat::analysis::tcp
