#include "decode/tcp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::Decoded;
using test::tcp;
using test::TcpTimestamps;

constexpr std::array<std::uint8_t, 20> kAck = {0x9c, 0x40, 0,    80,   0, 0,    1,    0x2c, 0, 0,
                                               0,    101,  0x50, 0x10, 1, 0x00, 0xab, 0xcd, 0, 7};

constexpr Cursor over(Bytes bytes, std::uint32_t wire_len) {
  return {.bytes = bytes, .wire_len = wire_len};
}

TEST(TcpView, ReadsEveryField) {
  constexpr auto kParsed = TcpView::parse(over(kAck, 30));
  static_assert(kParsed.has_value());
  constexpr TcpView kView = *kParsed;
  static_assert(kView.src_port() == 40000 && kView.dst_port() == 80);
  static_assert(kView.seq() == 300 && kView.ack() == 101);
  static_assert(kView.header_len() == 20 && kView.window() == 256);
  static_assert(kView.flags() == TcpFlags(TcpFlags::kAck));
  static_assert(kView.checksum() == 0xabcd && kView.urgent_pointer() == 7);
  static_assert(kView.payload_len() == 10 && kView.payload().empty() && kView.options().empty());
}

TEST(TcpView, RefusesFewerThanTheFixedBytes) {
  for (std::size_t n = 0; n < TcpView::kMinLen; ++n) {
    const auto view = TcpView::parse(over(Bytes(kAck).first(n), 20));
    ASSERT_FALSE(view) << n;
    EXPECT_EQ(view.error(), (DecodeError{DecodeError::Kind::too_short, 20}));
  }
}

TEST(TcpView, RefusesHeaderLengthBelowFiveAndBeyondTheSegment) {
  auto bytes = kAck;
  for (unsigned offset = 0; offset < 16; ++offset) {
    bytes[12] = static_cast<std::uint8_t>(offset << 4);
    EXPECT_EQ(TcpView::parse(over(bytes, 24)).has_value(), offset == 5 || offset == 6) << offset;
  }
}

TEST(TcpSegment, HasEveryFieldOfThePacket) {
  const Decoded d(tcp({.src = "10.0.0.1",
                       .src_port = 1234,
                       .dst = "10.0.0.2",
                       .dst_port = 443,
                       .flags = "SA",
                       .seq = 300,
                       .ack = 101,
                       .window = 8192,
                       .payload_len = 10,
                       .mss = 1460,
                       .ip_id = 77,
                       .ttl = 63,
                       .vlan = {5, 6}}));
  ASSERT_EQ(d->content, Content::tcp);
  EXPECT_EQ(d->stop.reason, StopReason::done);
  const Segment& s = d->segment;
  EXPECT_EQ(s.src_port, 1234);
  EXPECT_EQ(s.dst_port, 443);
  EXPECT_EQ(s.seq, 300u);
  EXPECT_EQ(s.ack, 101u);
  EXPECT_EQ(s.window, 8192);
  EXPECT_EQ(s.flags, TcpFlags(TcpFlags::kSyn | TcpFlags::kAck));
  EXPECT_EQ(s.payload_len, 10u);
  EXPECT_EQ(s.payload_captured, 10u);
  EXPECT_EQ(s.payload[0], 'x');
  EXPECT_EQ(s.options_len, 4);
  EXPECT_EQ(s.ip_version, 4);
  EXPECT_EQ(s.ip_id, 77);
  EXPECT_EQ(s.ttl, 63);
  EXPECT_EQ(s.ip_dst, s.ip_src + 4);
  EXPECT_EQ(s.macs, d.bytes().data());
  EXPECT_EQ(s.vlans.size(), 2);
  EXPECT_EQ(s.vlans[0], 5);
  EXPECT_EQ(s.vlans[1], 6);
  EXPECT_EQ(s.wire_len, d.bytes().size());
  EXPECT_EQ(s.tunnel, 0u);
  EXPECT_EQ(s.seg_len(), 11u);
}

TEST(TcpSegment, LeavesEthernetPaddingOut) {
  Buffer frame = tcp({.payload_len = 0});
  frame.resize(60);
  const Decoded d(frame);
  ASSERT_EQ(d->content, Content::tcp);
  EXPECT_EQ(d->segment.payload_len, 0u);
  EXPECT_EQ(d->segment.payload_captured, 0u);
}

TEST(TcpSegment, SnapLengthCutsPayloadAndOptionsButNotTheirLengths) {
  const Buffer whole = tcp({.payload_len = 100, .timestamps = TcpTimestamps{1, 2}});
  const auto wire_len = static_cast<std::uint32_t>(whole.size());
  for (std::size_t n = 14 + 20 + 20; n <= whole.size(); ++n) {
    const Decoded d(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)),
                    capture::LinkType::ethernet, wire_len);
    ASSERT_EQ(d->content, Content::tcp) << n;
    EXPECT_EQ(d->segment.payload_len, 100u);
    EXPECT_EQ(d->segment.payload_captured, n > 66 ? n - 66 : 0);
    EXPECT_EQ(d->segment.options_len, std::min<std::size_t>(n - 54, 12));
  }
}

TEST(TcpSegment, HeaderCutBySnapLengthIsTruncatedAndByTheSenderMalformed) {
  Buffer frame = tcp({});
  frame.resize(14 + 20 + 19);
  const Decoded cut(frame, capture::LinkType::ethernet, 54);
  EXPECT_EQ(cut->content, Content::none);
  EXPECT_EQ(cut->stop.reason, StopReason::truncated);
  EXPECT_EQ(cut->stop.layer, Layer::tcp);
  EXPECT_EQ(cut->stop.offset, 34u);
  const Decoded wrong(frame);
  EXPECT_EQ(wrong->stop.reason, StopReason::malformed);
}

TEST(TcpSegment, BadDataOffsetIsMalformedAtItsByte) {
  Buffer frame = tcp({});
  frame[14 + 20 + 12] = 0x40;
  const Decoded d(frame);
  EXPECT_EQ(d->content, Content::none);
  EXPECT_EQ(d->stop.reason, StopReason::malformed);
  EXPECT_EQ(d->stop.layer, Layer::tcp);
  EXPECT_EQ(d->stop.offset, 14u + 20u + 12u);
}

TEST(TcpSegment, FrameShorterThanItsPacketKeepsTheSegment) {
  Buffer frame = tcp({.timestamps = TcpTimestamps{1, 2}});
  frame.resize(frame.size() - 4);  // by a tool that takes a checksum off that was not there
  const Decoded d(frame);
  ASSERT_EQ(d->content, Content::tcp);
  EXPECT_EQ(d->segment.payload_len, 0u);
  EXPECT_EQ(d->segment.options_len, 8);
}

TEST(TcpSegment, TotalLengthZeroMeansTheRestOfTheFrame) {
  Buffer frame = tcp({.payload_len = 3000});
  frame[16] = frame[17] = 0;
  EXPECT_EQ(Decoded(frame)->segment.payload_len, 3000u);
  Buffer frame6 = tcp({.src = "fe80::1", .dst = "fe80::2", .payload_len = 3000});
  frame6[18] = frame6[19] = 0;
  EXPECT_EQ(Decoded(frame6)->segment.payload_len, 3000u);
}

}  // namespace
}  // namespace tapstat::decode
