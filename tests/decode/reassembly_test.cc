#include "decode/reassembly.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "tests/decode/decoded.h"

namespace tapstat::decode {
namespace {

using namespace std::chrono_literals;
using test::Buffer;

FragmentKey key_of(std::uint32_t id) {
  FragmentKey key;
  key.id = id;
  key.ip_version = 4;
  return key;
}

Buffer numbered(std::size_t size) {
  Buffer out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i);
  return out;
}

// Bytes [from, to) of a datagram of 64 numbered bytes.
class Pieces {
 public:
  tl::expected<Datagram, Reassembler::Verdict> add(std::uint32_t from, std::uint32_t to,
                                                   std::chrono::nanoseconds at = 0s,
                                                   std::uint32_t id = 1) {
    return reassembler.add(key_of(id), {.time = Timestamp{at},
                                        .bytes = Bytes(whole).subspan(from, to - from),
                                        .offset = from,
                                        .more = to != whole.size(),
                                        .next_header = 6});
  }
  Buffer whole = numbered(64);
  Reassembler reassembler{1};
};

using Verdict = Reassembler::Verdict;

void expect_whole(const Pieces& pieces, const tl::expected<Datagram, Verdict>& datagram) {
  ASSERT_TRUE(datagram);
  EXPECT_EQ(Buffer(datagram->payload.begin(), datagram->payload.end()), pieces.whole);
  EXPECT_EQ(datagram->next_header, 6);
  EXPECT_EQ(pieces.reassembler.waiting(), 0u);
  EXPECT_EQ(pieces.reassembler.waiting_bytes(), 0u);
}

TEST(Reassembler, CompletesInEveryOrder) {
  std::vector<std::uint32_t> order = {0, 16, 32, 48};
  do {
    Pieces p;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto waiting = p.add(order[i], order[i] + 16);
      ASSERT_FALSE(waiting);
      EXPECT_EQ(waiting.error(), Verdict::waiting);
    }
    expect_whole(p, p.add(order[3], order[3] + 16));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Reassembler, IgnoresDuplicates) {
  Pieces p;
  EXPECT_EQ(p.add(0, 32).error(), Verdict::waiting);
  EXPECT_EQ(p.add(0, 32).error(), Verdict::duplicate);
  EXPECT_EQ(p.add(8, 24).error(), Verdict::duplicate);
  expect_whole(p, p.add(32, 64));
}

TEST(Reassembler, RefusesDatagramsWithOverlaps) {
  struct Case {
    std::uint32_t from, to;
  };
  for (const Case c : {Case{0, 24}, Case{24, 40}, Case{40, 56}, Case{8, 48}}) {
    Pieces p;
    EXPECT_EQ(p.add(16, 32).error(), Verdict::waiting);
    EXPECT_EQ(p.add(32, 48).error(), Verdict::waiting);
    EXPECT_EQ(p.add(c.from, c.to).error(), Verdict::overlap) << c.from;
    EXPECT_EQ(p.reassembler.waiting(), 0u);
    EXPECT_EQ(p.reassembler.waiting_bytes(), 0u);
  }
}

TEST(Reassembler, RefusesTwoEnds) {
  Pieces p;
  const auto add_last = [&p](std::uint32_t from, std::uint32_t to) {
    return p.reassembler.add(key_of(1), {.time = {},
                                         .bytes = Bytes(p.whole).subspan(from, to - from),
                                         .offset = from,
                                         .more = false,
                                         .next_header = 6});
  };
  EXPECT_EQ(p.add(0, 16).error(), Verdict::waiting);
  EXPECT_EQ(p.add(32, 48).error(), Verdict::waiting);
  EXPECT_EQ(add_last(16, 24).error(), Verdict::overlap) << "ends before what is there";
  EXPECT_EQ(add_last(48, 56).error(), Verdict::waiting);
  EXPECT_EQ(add_last(56, 64).error(), Verdict::overlap) << "ends behind the end";
}

TEST(Reassembler, RefusesTheImpossible) {
  Pieces p;
  EXPECT_EQ(p.add(0, 0).error(), Verdict::impossible);
  EXPECT_EQ(p.add(0, 12).error(), Verdict::impossible) << "only the last may be no multiple of 8";
  const auto too_long = p.reassembler.add(
      key_of(1), {.time = {}, .bytes = p.whole, .offset = 65528, .more = true, .next_header = 6});
  EXPECT_EQ(too_long.error(), Verdict::impossible);
  EXPECT_EQ(p.reassembler.waiting(), 0u);
}

TEST(Reassembler, KeepsDatagramsApart) {
  Pieces p;
  EXPECT_FALSE(p.add(0, 32, 0s, 1));
  EXPECT_FALSE(p.add(32, 64, 0s, 2));
  EXPECT_TRUE(p.add(32, 64, 0s, 1));
  EXPECT_TRUE(p.add(0, 32, 0s, 2));
}

TEST(Reassembler, GivesUpWhatIsTooOld) {
  Pieces p;
  EXPECT_FALSE(p.add(0, 32, 100s, 1));
  EXPECT_TRUE(p.add(32, 64, 130s, 1));
  EXPECT_FALSE(p.add(0, 32, 200s, 2));
  EXPECT_FALSE(p.add(32, 64, 231s, 2)) << "the first half is gone";
  EXPECT_EQ(p.reassembler.waiting(), 1u);
  EXPECT_FALSE(p.add(0, 32, 100s, 3)) << "time that runs backwards gives nothing up";
  EXPECT_EQ(p.reassembler.waiting(), 2u);
}

TEST(Reassembler, StaysInsideItsBounds) {
  Pieces p;
  p.reassembler = Reassembler(1, {.datagrams = 10, .bytes = 1000});
  for (std::uint32_t id = 0; id < 100; ++id) EXPECT_FALSE(p.add(0, 16, 0s, id));
  EXPECT_EQ(p.reassembler.waiting(), 10u);
  EXPECT_TRUE(p.add(16, 64, 0s, 95)) << "the youngest are kept";
  EXPECT_FALSE(p.add(16, 64, 0s, 5));
  for (std::uint32_t id = 200; id < 300; ++id) {
    EXPECT_FALSE(p.add(8, 64, 0s, id));
    EXPECT_LE(p.reassembler.waiting_bytes(), 1000u);
  }
}

struct Version {
  const char* name;
  std::string_view src, dst;
};

class Fragments : public testing::TestWithParam<Version> {
 protected:
  Buffer packet() const {
    return test::tcp_packet(
        {.src = GetParam().src, .dst = GetParam().dst, .seq = 7, .payload_len = 100, .ttl = 9});
  }
};

TEST_P(Fragments, BecomeTheSegmentInTheLastOne) {
  for (const bool reversed : {false, true}) {
    std::vector<Buffer> frames;
    for (const Buffer& f : test::fragments(packet(), 24)) frames.push_back(test::ethernet(f));
    if (reversed) std::reverse(frames.begin(), frames.end());
    Decoder decoder;
    Packet out;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const auto frame = test::frame_of(frames[i], {}, i + 1);
      Segment segment;
      EXPECT_FALSE(decode_tcp(frame, segment)) << "a fragment is not for the straight path";
      decoder.begin_batch();
      decoder.decode(frame, out);
      if (i + 1 < frames.size()) {
        EXPECT_EQ(out.content, Content::none);
        EXPECT_EQ(out.stop.reason, StopReason::fragment);
      }
    }
    ASSERT_EQ(out.content, Content::tcp);
    EXPECT_EQ(out.segment.seq, 7u);
    EXPECT_EQ(out.segment.payload_len, 100u);
    EXPECT_EQ(out.segment.payload_captured, 100u);
    EXPECT_EQ(out.segment.frame, frames.size());
    EXPECT_EQ(out.segment.ttl, 9);
    EXPECT_EQ(out.segment.wire_len, frames.back().size());
  }
}

TEST_P(Fragments, OfOtherVlansAndPointsDoNotMix) {
  const std::vector<Buffer> pieces = test::fragments(packet(), 64);
  const Buffer first = test::ethernet(pieces[0], {.vlan = {1}});
  const Buffer last = test::ethernet(pieces[1], {.vlan = {2}});
  Decoder decoder;
  Packet out;
  decoder.decode(test::frame_of(first), out);
  decoder.decode(test::frame_of(last), out);
  EXPECT_EQ(out.stop.reason, StopReason::fragment);
  auto elsewhere = test::frame_of(first);
  elsewhere.input = 1;
  const Buffer last_here = test::ethernet(pieces[1], {.vlan = {1}});
  Decoder fresh;
  fresh.decode(elsewhere, out);
  fresh.decode(test::frame_of(last_here), out);
  EXPECT_EQ(out.stop.reason, StopReason::fragment);
}

TEST_P(Fragments, CutBySnapLengthGiveTheFirstOnesHeader) {
  const std::vector<Buffer> pieces = test::fragments(packet(), 64);
  Buffer first = test::ethernet(pieces[0]);
  Buffer last = test::ethernet(pieces[1]);
  const auto first_len = static_cast<std::uint32_t>(first.size());
  const auto last_len = static_cast<std::uint32_t>(last.size());
  first.resize(first.size() - 8);
  last.resize(last.size() - 8);
  Decoder decoder;
  Packet out;
  decoder.decode(test::frame_of(first, {}, 1, capture::LinkType::ethernet, first_len), out);
  ASSERT_EQ(out.content, Content::tcp);
  EXPECT_EQ(out.segment.payload_len, 44u);
  decoder.decode(test::frame_of(last, {}, 2, capture::LinkType::ethernet, last_len), out);
  EXPECT_EQ(out.stop.reason, StopReason::fragment);
}

INSTANTIATE_TEST_SUITE_P(Ip, Fragments,
                         testing::Values(Version{"v4", "10.0.0.1", "10.0.0.2"},
                                         Version{"v6", "2001:db8::1", "2001:db8::2"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Fragments, InsideATunnelAreReadOn) {
  const std::vector<Buffer> pieces =
      test::fragments(test::ip_in_ip(test::tcp_packet({.seq = 3, .payload_len = 200})), 80);
  std::vector<Buffer> frames;
  frames.reserve(pieces.size());
  for (const Buffer& piece : pieces) frames.push_back(test::ethernet(test::gre(piece)));
  Decoder decoder;
  Packet out;
  for (const Buffer& frame : frames) decoder.decode(test::frame_of(frame), out);
  ASSERT_EQ(out.content, Content::tcp);
  EXPECT_EQ(out.segment.payload_len, 200u);
  ASSERT_EQ(decoder.tunnel(out.tunnel).size(), 2u);
  EXPECT_EQ(decoder.tunnel(out.tunnel)[0].kind, TunnelKind::gre);
  EXPECT_EQ(decoder.tunnel(out.tunnel)[1].kind, TunnelKind::ipip);
}

}  // namespace
}  // namespace tapstat::decode
