#include "analysis/tcp/sightings.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "decode/decoder.h"
#include "tests/support/packet_builder.h"

namespace tapstat::test {
namespace {

using namespace std::chrono_literals;
using analysis::tcp::Sightings;

constexpr int kClient = 0, kServer = 1;

// Where and when a frame was seen, after the test began.
struct Where {
  std::chrono::nanoseconds after{};
  std::uint16_t input = 0;
  int sender = kClient;
};

class Watch {
 public:
  // Whether it is another sighting of a packet seen before.
  [[nodiscard]] bool sees_again(const Buffer& bytes, const Where& where = {}) {
    capture::Frame frame = frame_of(bytes, std::chrono::seconds{1'700'000'000} + where.after);
    frame.input = where.input;
    decode::Decoder decoder;
    decode::Packet packet;
    decoder.decode(frame, packet);
    EXPECT_EQ(packet.content, decode::Content::tcp);
    return sightings_.is_another(packet.segment, where.sender);
  }
  [[nodiscard]] bool sees_again(const TcpSpec& spec, const Where& where = {}) {
    return sees_again(tcp(spec), where);
  }
  void sees_first(const TcpSpec& spec, const Where& where = {}) {
    EXPECT_FALSE(sees_again(spec, where));
  }
  void forget() { sightings_.clear(); }

 private:
  Sightings sightings_;
};

// Its host numbers its packets, or does not (RFC 6864: "atomic" ones may have any identification).
TcpSpec numbered() { return {.seq = 100, .ack = 200, .payload_len = 10, .ip_id = 77}; }
TcpSpec unnumbered() { return {.seq = 100, .ack = 200, .payload_len = 10}; }
TcpSpec unnumbered_ack() { return {.seq = 100, .ack = 200}; }

TcpSpec behind_a_router(TcpSpec spec) {
  --spec.ttl;
  spec.src_mac = "02:00:00:00:00:11";
  spec.dst_mac = "02:00:00:00:00:12";
  return spec;
}

TEST(Sightings, APacketOnBothSidesOfARouterIsOne) {
  for (const TcpSpec& spec : {numbered(), unnumbered(), unnumbered_ack()}) {
    Watch watch;
    watch.sees_first(spec);
    EXPECT_TRUE(watch.sees_again(behind_a_router(spec), {.after = 30us}));
  }
}

TEST(Sightings, AHopLessOrOtherMacAddressesAreEnough) {
  Watch router, bridge;
  TcpSpec spec = unnumbered();
  router.sees_first(spec);
  --spec.ttl;
  EXPECT_TRUE(router.sees_again(spec, {.after = 30us}));
  spec = unnumbered();
  bridge.sees_first(spec);
  spec.dst_mac = "02:00:00:00:00:12";
  EXPECT_TRUE(bridge.sees_again(spec, {.after = 30us}));
  spec = unnumbered();
  spec.src_mac = "02:00:00:00:00:11";
  EXPECT_TRUE(bridge.sees_again(spec, {.after = 60us}));
}

// On an interface and on the bridge above it: the same bytes. A host that numbers its packets, or
// stamps them, sends no two alike.
TEST(Sightings, TheSameBytesAgainAreOnePacketWhereItsHostTellsPacketsApart) {
  Watch by_number, by_clock, neither;
  by_number.sees_first(numbered());
  EXPECT_TRUE(by_number.sees_again(numbered(), {.after = 30us}));
  TcpSpec stamped = unnumbered();
  stamped.timestamps = TcpTimestamps{1000, 2000};
  by_clock.sees_first(stamped);
  EXPECT_TRUE(by_clock.sees_again(stamped, {.after = 30us}));
  neither.sees_first(unnumbered());
  EXPECT_FALSE(neither.sees_again(unnumbered(), {.after = 30us}));
}

TEST(Sightings, ARetransmissionIsNone) {
  Watch by_number, by_clock;
  TcpSpec spec = numbered();
  by_number.sees_first(spec);
  ++spec.ip_id;
  EXPECT_FALSE(by_number.sees_again(spec, {.after = 1ms}));
  spec = unnumbered();
  spec.timestamps = TcpTimestamps{1000, 2000};
  by_clock.sees_first(spec);
  ++spec.timestamps->tsval;
  EXPECT_FALSE(by_clock.sees_again(spec, {.after = 1ms}));
}

TEST(Sightings, AVlanTagOrATunnelAroundItIsNothingOfThePacket) {
  Watch watch;
  TcpSpec spec = numbered();
  watch.sees_first(spec);
  spec.vlan = {10};
  EXPECT_TRUE(watch.sees_again(spec, {.after = 30us}));
  EXPECT_TRUE(watch.sees_again(ethernet(vxlan(tcp(numbered()), 5)), {.after = 60us}));
}

TEST(Sightings, WhateverARouterLeavesAloneTellsPacketsApart) {
  using Change = std::function<void(TcpSpec&)>;
  const std::vector<std::pair<const char*, Change>> changes = {
      {"sequence number", [](TcpSpec& s) { ++s.seq; }},
      {"acknowledgment", [](TcpSpec& s) { ++s.ack; }},
      {"window", [](TcpSpec& s) { ++s.window; }},
      {"length", [](TcpSpec& s) { ++s.payload_len; }},
      {"flags", [](TcpSpec& s) { s.flags = "PA"; }},
      {"identification", [](TcpSpec& s) { ++s.ip_id; }},
      {"no options", [](TcpSpec& s) { s.timestamps.reset(); }},
      {"TSval", [](TcpSpec& s) { ++s.timestamps->tsval; }},
      {"TSecr, the last byte", [](TcpSpec& s) { ++s.timestamps->tsecr; }},
      {"SACK", [](TcpSpec& s) {
         s.sack = {{1, 2}};
       }}};
  for (const auto& [what, change] : changes) {
    Watch watch;
    TcpSpec spec = numbered();
    spec.timestamps = TcpTimestamps{1000, 2000};
    watch.sees_first(spec);
    TcpSpec other = spec;
    change(other);
    EXPECT_FALSE(watch.sees_again(behind_a_router(other), {.after = 30us})) << what;
    EXPECT_TRUE(watch.sees_again(behind_a_router(spec), {.after = 60us})) << what;
  }
}

TEST(Sightings, TheSameNumbersFromTheOtherEndAreAnotherPacket) {
  Watch watch;
  watch.sees_first(numbered(), {.sender = kClient});
  EXPECT_FALSE(watch.sees_again(numbered(), {.after = 30us, .sender = kServer}));
}

TEST(Sightings, ABoxIsPassedWithinTenMilliseconds) {
  Watch in_time, late;
  in_time.sees_first(unnumbered());
  EXPECT_TRUE(in_time.sees_again(behind_a_router(unnumbered()), {.after = 10ms}));
  late.sees_first(unnumbered());
  EXPECT_FALSE(late.sees_again(behind_a_router(unnumbered()), {.after = 10ms + 1ns}));
}

// A router asks for its next hop's MAC address first, and holds the packet for so long.
TEST(Sightings, OneThatItsHostTellsApartMayWaitInABox) {
  Watch in_time, late;
  in_time.sees_first(numbered());
  EXPECT_TRUE(in_time.sees_again(behind_a_router(numbered()), {.after = 1s}));
  late.sees_first(numbered());
  EXPECT_FALSE(late.sees_again(behind_a_router(numbered()), {.after = 1s + 1ns}));
}

TEST(Sightings, BetweenTwoCapturePointsASecondMayPassIfItsHostTellsPacketsApart) {
  Watch in_time, late, unnumbered_late;
  in_time.sees_first(numbered());
  EXPECT_TRUE(in_time.sees_again(numbered(), {.after = 1s, .input = 1}));
  late.sees_first(numbered());
  EXPECT_FALSE(late.sees_again(numbered(), {.after = 1s + 1ns, .input = 1}));
  unnumbered_late.sees_first(unnumbered());
  EXPECT_FALSE(unnumbered_late.sees_again(unnumbered(), {.after = 11ms, .input = 1}));
}

// Clocks of two capture points differ.
TEST(Sightings, TheSecondSightingMayBeDatedBeforeTheFirst) {
  Watch watch;
  watch.sees_first(numbered());
  EXPECT_TRUE(watch.sees_again(numbered(), {.after = -1s, .input = 1}));
  Watch far_off;
  far_off.sees_first(numbered());
  EXPECT_FALSE(far_off.sees_again(numbered(), {.after = -1s - 1ns, .input = 1}));
}

// No host sends these again within 10 ms.
TEST(Sightings, ASynOrDataOrAFinAtTwoPointsIsOne) {
  TcpSpec syn = unnumbered_ack(), fin = unnumbered_ack();
  syn.flags = "S";
  fin.flags = "FA";
  for (const TcpSpec& spec : {syn, unnumbered(), fin}) {
    Watch watch;
    watch.sees_first(spec);
    EXPECT_TRUE(watch.sees_again(spec, {.after = 100us, .input = 1})) << spec.flags;
  }
}

// A SYN-ACK answers each SYN, and an ACK whatever comes: two alike may follow at once.
TEST(Sightings, ASynAckOrAnAckAtTwoPointsIsOneOnlyOnceAnythingWasSeenTwice) {
  TcpSpec syn_ack = unnumbered_ack(), ack = unnumbered_ack();
  syn_ack.flags = "SA";
  for (const TcpSpec& spec : {syn_ack, ack}) {
    Watch watch;
    watch.sees_first(spec);
    EXPECT_FALSE(watch.sees_again(spec, {.after = 100us, .input = 1})) << spec.flags;
    watch.sees_first(unnumbered(), {.after = 200us});
    EXPECT_TRUE(watch.sees_again(unnumbered(), {.after = 300us, .input = 1}));
    TcpSpec next = spec;
    next.seq += 50;
    watch.sees_first(next, {.after = 400us});
    EXPECT_TRUE(watch.sees_again(next, {.after = 500us, .input = 1})) << spec.flags;
    EXPECT_FALSE(watch.sees_again(next, {.after = 600us, .input = 0}))
        << "again at the same point it is another, " << spec.flags;
  }
}

TEST(Sightings, DuplicateAcksAtOnePointAreDifferentPackets) {
  Watch watch;
  watch.sees_first(unnumbered_ack());
  for (int i = 1; i < 4; ++i) {
    EXPECT_FALSE(watch.sees_again(unnumbered_ack(), {.after = i * 100us})) << i;
  }
}

TEST(Sightings, APacketMayBeSeenMoreThanTwice) {
  Watch watch;
  watch.sees_first(numbered());
  EXPECT_TRUE(watch.sees_again(behind_a_router(numbered()), {.after = 30us}));
  EXPECT_TRUE(watch.sees_again(behind_a_router(behind_a_router(numbered())), {.after = 60us}));
  EXPECT_TRUE(watch.sees_again(numbered(), {.after = 500ms, .input = 1}));
}

TEST(Sightings, TheLastFourPacketsAreRemembered) {
  const auto nth = [](std::uint32_t n) {
    TcpSpec spec = numbered();
    spec.seq += n;
    return spec;
  };
  Watch four, five;
  for (std::uint32_t n = 0; n < 4; ++n) four.sees_first(nth(n), {.after = n * 10us});
  EXPECT_TRUE(four.sees_again(behind_a_router(nth(0)), {.after = 90us}));
  for (std::uint32_t n = 0; n < 5; ++n) five.sees_first(nth(n), {.after = n * 10us});
  EXPECT_FALSE(five.sees_again(behind_a_router(nth(0)), {.after = 90us}));
}

// Sightings are handed from connection to connection (Pool).
TEST(Sightings, ClearedRememberNothing) {
  Watch watch;
  watch.sees_first(numbered());
  EXPECT_TRUE(watch.sees_again(numbered(), {.after = 30us}));
  watch.forget();
  watch.sees_first(numbered(), {.after = 60us});
  watch.forget();
  watch.sees_first(unnumbered_ack(), {.after = 90us});
  EXPECT_FALSE(watch.sees_again(unnumbered_ack(), {.after = 120us, .input = 1}))
      << "nor that anything was seen twice";
}

// IPv6 has no identification (RFC 8200 section 3).
TEST(Sightings, OfIpv6AreToldApartByTimestampsOnly) {
  TcpSpec spec = unnumbered();
  spec.src = "fd00::1";
  spec.dst = "fd00::2";
  Watch without, with;
  without.sees_first(spec);
  EXPECT_FALSE(without.sees_again(spec, {.after = 30us}));
  EXPECT_TRUE(without.sees_again(behind_a_router(spec), {.after = 60us}));
  spec.timestamps = TcpTimestamps{1000, 2000};
  with.sees_first(spec);
  EXPECT_TRUE(with.sees_again(spec, {.after = 30us}));
}

}  // namespace
}  // namespace tapstat::test
