#include "capture/filter.h"

#include <gtest/gtest.h>

#include "capture/open_file.h"
#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

constexpr std::uint16_t kEthernet = 1, kRaw = 101, kRadiotap = 127;

// An IPv4 header and TCP ports, as they stand in a raw packet.
Buffer tcp_ipv4(std::uint16_t dst_port) {
  ByteWriter out(true);
  out.u8(0x45).u8(0).u16(40).u32(0).u8(64).u8(6).u16(0).u32(0x0a000001).u32(0x0a000002);
  out.u16(40000).u16(dst_port).u32(0).u32(0).u32(0x50100000).u32(0);
  return out.bytes();
}

Buffer in_ethernet(const Buffer& packet) {
  ByteWriter out(true);
  out.u32(0x02000000).u16(1).u32(0x02000000).u16(2).u16(0x0800).raw(packet);
  return out.bytes();
}

// What follows our own words is libpcap's, and changes with its version.
bool is_start(std::string_view start, std::string_view message) {
  return message.starts_with(start);
}

std::vector<std::uint64_t> numbers(FilteredSource& source) {
  std::vector<std::uint64_t> all;
  for (const FrameCopy& frame : read_frames(source)) all.push_back(frame.number);
  return all;
}

FilteredSource filtered(const Buffer& bytes, const char* expression) {
  return {open_memory(bytes, "x").value(), Filter::compile(expression).value()};
}

TEST(Filter, KeepsWhatMatchesAndItsNumber) {
  PcapWriter file;
  for (int i = 0; i < 1000; ++i) file.record(1, 0, in_ethernet(tcp_ipv4(i % 100 == 7 ? 443 : 80)));
  const Buffer bytes = file.bytes();
  FilteredSource source = filtered(bytes, "tcp port 443");
  EXPECT_EQ(numbers(source),
            (std::vector<std::uint64_t>{8, 108, 208, 308, 408, 508, 608, 708, 808, 908}));
  EXPECT_EQ(source.inputs().front()->packets, 1000u);  // before the filter
  EXPECT_TRUE(source.filter().problems().empty());
  EXPECT_TRUE(source.next_batch().empty());
}

TEST(Filter, EmptyExpressionMatchesAll) {
  const Buffer bytes = PcapWriter().record(1, 0, in_ethernet(tcp_ipv4(80))).bytes();
  FilteredSource source = filtered(bytes, "");
  EXPECT_EQ(numbers(source).size(), 1u);
}

TEST(Filter, IsCompiledForEachLinkType) {
  PcapngWriter file;
  file.section().interface({.link = kEthernet}).interface({.link = kRaw});
  file.enhanced(0, 1, in_ethernet(tcp_ipv4(80))).enhanced(1, 2, tcp_ipv4(80));
  file.enhanced(0, 3, in_ethernet(tcp_ipv4(81))).enhanced(1, 4, tcp_ipv4(81));
  const Buffer bytes = file.bytes();
  FilteredSource source = filtered(bytes, "dst port 80");
  EXPECT_EQ(numbers(source), (std::vector<std::uint64_t>{1, 2}));
}

TEST(Filter, SeesTheWireLength) {
  const Buffer bytes = PcapWriter().record(1, 0, in_ethernet(tcp_ipv4(80)), 1500).bytes();
  FilteredSource source = filtered(bytes, "greater 1000");
  EXPECT_EQ(numbers(source).size(), 1u);
}

TEST(Filter, RefusesABrokenExpression) {
  const auto filter = Filter::compile("tcp prot 80");
  ASSERT_FALSE(filter);
  EXPECT_TRUE(is_start("filter 'tcp prot 80': ", filter.error().message));
  EXPECT_TRUE(filter.error().message.ends_with("syntax error"));
}

TEST(Filter, SaysForWhichLinkTypeItCannotBe) {
  PcapngWriter file;
  file.section().interface({.link = kEthernet}).interface({.link = kRaw});
  file.enhanced(1, 1, tcp_ipv4(80)).enhanced(0, 2, in_ethernet(tcp_ipv4(80)));
  file.enhanced(1, 3, tcp_ipv4(80));
  const Buffer bytes = file.bytes();
  FilteredSource source = filtered(bytes, "ether src 02:00:00:00:00:02");
  EXPECT_EQ(numbers(source), (std::vector<std::uint64_t>{2}));
  ASSERT_EQ(source.filter().problems().size(), 1u);
  EXPECT_TRUE(is_start(
      "filter 'ether src 02:00:00:00:00:02' does not apply to link type RAW: ethernet addresses",
      source.filter().problems().front().message));
}

TEST(Filter, AcceptsWhatOnlyOtherLinkTypesCanHave) {
  auto filter = Filter::compile("type mgt");
  ASSERT_TRUE(filter) << filter.error().message;
  EXPECT_TRUE(filter->applies_to(LinkType{kRadiotap}));
  const auto ethernet = filter->applies_to(LinkType::ethernet);
  ASSERT_FALSE(ethernet);
  EXPECT_TRUE(is_start("filter 'type mgt' does not apply to link type EN10MB: 802.11",
                       ethernet.error().message));
}

TEST(Filter, OfALinkTypeThatNothingDecodesMatchesNothing) {
  constexpr std::uint16_t kUsb = 189;
  const Buffer bytes = PcapWriter({.link = kUsb}).record(1, 0, tcp_ipv4(80)).bytes();
  FilteredSource source = filtered(bytes, "greater 1");
  EXPECT_TRUE(numbers(source).empty());
  ASSERT_EQ(source.filter().problems().size(), 1u);
  EXPECT_EQ(source.filter().problems().front().message,
            "filter 'greater 1' does not apply to link type USB_LINUX: no decoder knows it");
}

}  // namespace
}  // namespace tapstat::capture::test
