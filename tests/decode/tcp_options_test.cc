#include "decode/tcp_options.h"

#include <gtest/gtest.h>

#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::hex;

TEST(TcpOptions, AreReadFromASegment) {
  const test::Decoded d(test::tcp({.mss = 1460,
                                   .wscale = 7,
                                   .sack_permitted = true,
                                   .timestamps = test::TcpTimestamps{11, 22}}));
  const TcpOptions o = TcpOptions::of(d->segment);
  EXPECT_EQ(o.mss, 1460);
  EXPECT_EQ(o.wscale, 7);
  EXPECT_TRUE(o.sack_permitted);
  EXPECT_EQ(o.timestamps, (TcpOptions::Timestamps{11, 22}));
  EXPECT_FALSE(o.fast_open || o.mptcp || o.damaged);
}

TEST(TcpOptions, OfASegmentAreWhatItsBytesSay) {
  for (const Buffer& bytes :
       {hex("0101 080a 01020304 05060708"), hex("0101 080a 01020304 050607"),
        hex("0101 080b 01020304 05060708"), hex("080a 01020304 05060708 0101"),
        hex("0101 080a 01020304 05060708 0101 0402"),
        hex("0204 05b4 0402 080a 01020304 05060708 01 030307"),
        hex("0204 05b4 0402 080a 01020304 05060708 01 030407"),
        hex("0204 05b4 0402 080b 01020304 05060708 01 030307"),
        hex("0203 05b4 0402 080a 01020304 05060708 01 030307"),
        hex("0204 05b4 0402 080a 01020304 05060708 01 030307 00")}) {
    Segment segment{};
    segment.options = bytes.data();
    segment.options_len = static_cast<std::uint8_t>(bytes.size());
    const TcpOptions of = TcpOptions::of(segment), parsed = TcpOptions::parse(bytes);
    EXPECT_EQ(of.mss, parsed.mss);
    EXPECT_EQ(of.wscale, parsed.wscale);
    EXPECT_EQ(of.timestamps, parsed.timestamps);
    EXPECT_EQ(of.sack_permitted, parsed.sack_permitted);
    EXPECT_EQ(of.damaged, parsed.damaged);
  }
}

TEST(TcpOptions, SackBlocksComeInOrder) {
  const Buffer bytes = hex("0101 0512 0000000a 00000014 0000001e 00000028");
  const TcpOptions o = TcpOptions::parse(bytes);
  ASSERT_EQ(o.sack.size(), 2u);
  EXPECT_EQ(o.sack[0], (SackBlocks::Block{10, 20}));
  EXPECT_EQ(o.sack[1], (SackBlocks::Block{30, 40}));
}

TEST(TcpOptions, FastOpenHasTwoForms) {
  EXPECT_TRUE(TcpOptions::parse(hex("2202")).fast_open);
  EXPECT_TRUE(TcpOptions::parse(hex("220a 0102030405060708")).fast_open);
  EXPECT_TRUE(TcpOptions::parse(hex("fe04f989")).fast_open);
  EXPECT_FALSE(TcpOptions::parse(hex("fe041234")).fast_open);
  EXPECT_TRUE(TcpOptions::parse(hex("1e0c 00810102030405060708")).mptcp);
}

TEST(TcpOptions, WrongLengthsAreLeftOut) {
  const TcpOptions o =
      TcpOptions::parse(hex("0203 05 0304 0102 0403 00 0809 01020304050607 0506 01020304"));
  EXPECT_FALSE(o.mss || o.wscale || o.sack_permitted || o.timestamps);
  EXPECT_EQ(o.sack.size(), 0u);
  EXPECT_FALSE(o.damaged);
}

TEST(TcpOptionReader, HandsOutRawKinds) {
  const Buffer bytes = hex("fe08 1f90 0a000009 01 c808 1f90 0a000009 00 0204");
  TcpOptionReader reader{Bytes(bytes)};
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->kind, 254);
  EXPECT_EQ(first->data.size(), 6u);
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->kind, tcp_option::kToa200);
  EXPECT_FALSE(reader.next()) << "End-of-List ends it";
  EXPECT_FALSE(reader.damaged());
}

TEST(TcpOptionReader, StopsBeforeAnImpossibleLength) {
  for (const char* bytes : {"02", "0200", "0201", "0205 05b4", "0101 fe"}) {
    const Buffer options = hex(bytes);
    TcpOptionReader reader{Bytes(options)};
    EXPECT_FALSE(reader.next()) << bytes;
    EXPECT_TRUE(reader.damaged()) << bytes;
    EXPECT_FALSE(reader.next()) << bytes;
  }
}

TEST(TcpOptionReader, NeverReadsPastAnyPrefix) {
  const Buffer whole = hex("020405b4 0402 080a 0000000100000002 01 030307");
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    // A buffer of its own, so that a sanitizer sees a read beyond it.
    const Buffer prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    TcpOptionReader reader{Bytes(prefix)};
    int count = 0;
    while (reader.next()) ++count;
    EXPECT_LE(count, 4);
  }
}

}  // namespace
}  // namespace tapstat::decode
