// Checksums of TCP and UDP: right, wrong, left to the network card, unknown.
#include "decode/transport_checksum.h"

#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "tests/support/packet_builder.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::tcp;

[[nodiscard]] std::optional<Checksum> of_tcp(const Buffer& frame,
                                             std::optional<std::uint32_t> wire_len = {}) {
  Segment segment{};
  const capture::Frame f = test::frame_of(frame, {}, 1, capture::LinkType::ethernet, wire_len);
  return decode_tcp(f, segment) ? checksum_of(segment) : std::nullopt;
}

[[nodiscard]] std::optional<Checksum> of_udp(const Buffer& frame) {
  Decoder decoder;
  Packet packet;
  const capture::Frame f = test::frame_of(frame);
  decoder.decode(f, packet);
  return checksum_of_udp(packet);
}

TEST(TransportChecksum, RightOverBothFamiliesOddLengthsAndOptions) {
  EXPECT_EQ(of_tcp(tcp({.payload_len = 100})), Checksum::right);
  EXPECT_EQ(of_tcp(tcp({.payload_len = 101})), Checksum::right);
  EXPECT_EQ(of_tcp(tcp({.payload_len = 3, .mss = 1460, .timestamps = {{1, 2}}})), Checksum::right);
  EXPECT_EQ(of_tcp(tcp({.src = "2001:db8::1", .dst = "2001:db8::2", .payload_len = 7})),
            Checksum::right);
  EXPECT_EQ(of_udp(test::udp({.payload = {1, 2, 3}})), Checksum::right);
  EXPECT_EQ(of_udp(test::udp({.src = "2001:db8::1", .dst = "2001:db8::2", .payload = {1}})),
            Checksum::right);
}

TEST(TransportChecksum, OneByteIsEnoughToBeWrong) {
  Buffer frame = tcp({.payload_len = 100});
  frame.back() ^= 1;
  EXPECT_EQ(of_tcp(frame), Checksum::wrong);
  EXPECT_EQ(of_tcp(tcp({.bad_checksum = true})), Checksum::wrong);
}

// 10.0.0.1 and 10.0.0.2, protocol 6, with or without the 30 bytes of header and payload.
TEST(TransportChecksum, ThePseudoHeaderAloneIsUnfilled) {
  constexpr std::size_t kChecksumAt = 14 + 20 + 16;
  constexpr std::uint32_t kAddresses = 0x0a00 + 0x0001 + 0x0a00 + 0x0002 + 6;
  for (const std::uint32_t sum : {kAddresses + 30, kAddresses}) {
    Buffer frame = tcp({.payload_len = 10});
    frame[kChecksumAt] = static_cast<std::uint8_t>(sum >> 8);
    frame[kChecksumAt + 1] = static_cast<std::uint8_t>(sum);
    EXPECT_EQ(of_tcp(frame), Checksum::unfilled);
  }
}

TEST(TransportChecksum, OfAPartNothingIsKnown) {
  Buffer frame = tcp({.payload_len = 100});
  const auto wire_len = static_cast<std::uint32_t>(frame.size());
  frame.resize(frame.size() - 1);
  EXPECT_EQ(of_tcp(frame, wire_len), std::nullopt);
}

TEST(TransportChecksum, UdpMayHaveNone) {
  Buffer frame = test::udp({.payload = {1, 2, 3}});
  constexpr std::size_t kChecksumAt = 14 + 20 + 6;
  frame[kChecksumAt] = frame[kChecksumAt + 1] = 0;
  EXPECT_EQ(of_udp(frame), std::nullopt);
}

}  // namespace
}  // namespace tapstat::decode
