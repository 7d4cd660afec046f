#include "decode/checksum.h"

#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "tests/support/packet_builder.h"

namespace tapstat::decode {
namespace {

using test::Buffer;

[[nodiscard]] Packet verified(const Buffer& bytes, std::optional<std::uint32_t> wire_len = {}) {
  Decoder decoder(Checksums::verified);
  Packet packet;
  const capture::Frame frame = test::frame_of(bytes, {}, 1, capture::LinkType::ethernet, wire_len);
  decoder.decode(frame, packet);
  packet.carriers = {};  // the decoder goes
  return packet;
}

[[nodiscard]] StopReason reason(const Buffer& bytes) { return verified(bytes).stop.reason; }

// The example of RFC 1071 section 3.
TEST(Checksum, OnesComplementSum) {
  EXPECT_TRUE(is_intact(test::hex("0001 f203 f4f5 f6f7 220d")));
  EXPECT_FALSE(is_intact(test::hex("0001 f203 f4f5 f6f7 220e")));
  EXPECT_TRUE(is_intact(test::hex("0001 f203 f4f5 f6f7 0100 210d")));
}

TEST(Checksum, RightOnesPass) {
  EXPECT_EQ(reason(test::tcp({.payload_len = 3})), StopReason::done);
  EXPECT_EQ(reason(test::tcp({.src = "fe80::1", .dst = "fe80::2", .payload_len = 4})),
            StopReason::done);
  EXPECT_EQ(reason(test::udp({.payload = Buffer(5)})), StopReason::done);
  EXPECT_EQ(reason(test::icmp({.payload = Buffer(5)})), StopReason::done);
  EXPECT_EQ(reason(test::icmp({.src = "fe80::1", .dst = "fe80::2", .type = 128})),
            StopReason::done);
}

TEST(Checksum, AFlippedBitAnywhereIsSeen) {
  for (const Buffer& whole : {test::tcp({.payload_len = 3}), test::udp({.payload = Buffer(5)}),
                              test::icmp({.payload = Buffer(5)})}) {
    for (std::size_t at = 14 + 12; at < whole.size(); ++at) {
      Buffer flipped = whole;
      flipped[at] ^= 0x10;
      const Packet packet = verified(flipped);
      EXPECT_NE(packet.stop.reason, StopReason::done) << at;
    }
  }
}

TEST(Checksum, ABadHeaderOfIpLeavesNoContent) {
  Buffer frame = test::tcp({});
  frame[14 + 8] ^= 1;  // TTL
  const Packet packet = verified(frame);
  EXPECT_EQ(packet.stop.reason, StopReason::bad_checksum);
  EXPECT_EQ(packet.content, Content::none);
}

TEST(Checksum, ABadSegmentIsStillRead) {
  const Packet packet = verified(test::tcp({.flags = "S", .seq = 7, .bad_checksum = true}));
  EXPECT_EQ(packet.stop.reason, StopReason::bad_checksum);
  EXPECT_EQ(packet.content, Content::tcp);
  EXPECT_EQ(packet.segment.seq, 7u);
}

TEST(Checksum, WhatWasCutCannotBeJudged) {
  const Buffer whole = test::tcp({.payload_len = 100, .bad_checksum = true});
  const Buffer cut(whole.begin(), whole.begin() + 80);
  EXPECT_EQ(verified(cut, static_cast<std::uint32_t>(whole.size())).stop.reason, StopReason::done);
}

TEST(Checksum, UdpOverIpv4MayGoWithout) {
  Buffer frame = test::udp({});
  frame[14 + 20 + 6] = frame[14 + 20 + 7] = 0;
  EXPECT_EQ(reason(frame), StopReason::done);
}

TEST(Checksum, WithoutBeingAskedNobodyLooks) {
  Decoder decoder;
  Packet packet;
  const Buffer frame = test::tcp({.bad_checksum = true});
  decoder.decode(test::frame_of(frame), packet);
  EXPECT_EQ(packet.stop.reason, StopReason::done);
}

}  // namespace
}  // namespace tapstat::decode
