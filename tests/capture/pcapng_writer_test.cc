#include "capture/pcapng_writer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "capture/pcapng_options.h"
#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

using Interfaces = std::vector<WrittenInterface>;

constexpr std::int64_t kNow = 1'700'000'000'123'456'789;

const Interfaces& two_interfaces() {
  static const Interfaces kInterfaces{{.name = "eth0", .link = LinkType::ethernet, .snaplen = 96},
                                      {.name = "", .link = LinkType::linux_sll2, .snaplen = 0}};
  return kInterfaces;
}

Frame frame_of(const Buffer& bytes, std::int64_t ns, std::uint32_t wire_len) {
  return {.time = Timestamp{std::chrono::nanoseconds{ns}},
          .data = bytes.data(),
          .captured_len = static_cast<std::uint32_t>(bytes.size()),
          .wire_len = wire_len};
}

std::string header_of(const Interfaces& interfaces) {
  std::string out;
  append_pcapng_header(out, interfaces);
  return out;
}

Buffer buffer_of(const std::string& bytes) { return {bytes.begin(), bytes.end()}; }

// Through a file, as a user would.
Capture read_back(const std::string& bytes) {
  const TemporaryFile file(buffer_of(bytes));
  return read_path(file.path());
}

TEST(PcapngWriter, DescribesInterfaces) {
  const Capture got = read_back(header_of(two_interfaces()));
  ASSERT_EQ(got.error, "");
  EXPECT_EQ(got.damage(), "");
  EXPECT_TRUE(got.frames.empty());
  EXPECT_EQ(got.info.format, "pcapng");
  EXPECT_EQ(got.info.interfaces, (std::vector<std::string>{"eth0", ""}));
  EXPECT_EQ(got.info.link_types, (std::vector{LinkType::ethernet, LinkType::linux_sll2}));
  EXPECT_EQ(got.info.snaplen, 96u);
}

TEST(PcapngWriter, KeepsTimesLengthsAndInterfaces) {
  std::string out = header_of(two_interfaces());
  const Buffer first = some_frame(60, 1), second = some_frame(96, 2);
  append_pcapng_packet(out, frame_of(first, kNow, 60), 1);
  append_pcapng_packet(out, frame_of(second, kNow + 1, 1500), 0);
  const Capture got = read_back(out);
  EXPECT_EQ(got.damage(), "");
  ASSERT_EQ(got.frames.size(), 2u);
  EXPECT_EQ(got.frames[0], (FrameCopy{kNow, first, 1, 60, LinkType::linux_sll2, 0}));
  EXPECT_EQ(got.frames[1], (FrameCopy{kNow + 1, second, 2, 1500, LinkType::ethernet, 0}));
  EXPECT_EQ(got.info.snapped, 1u);
}

TEST(PcapngWriter, PadsOddLengths) {
  std::string out = header_of(two_interfaces());
  for (std::uint8_t len = 0; len < 9; ++len) {
    const Buffer bytes = some_frame(len, len);
    const Frame frame = frame_of(bytes, kNow, len);
    const std::size_t before = out.size();
    append_pcapng_packet(out, frame, 0);
    EXPECT_EQ(out.size() - before, pcapng_packet_size(frame));
    EXPECT_EQ(out.size() % 4, 0u);
  }
  const Capture got = read_back(out);
  EXPECT_EQ(got.damage(), "");
  ASSERT_EQ(got.frames.size(), 9u);
  for (std::uint8_t len = 0; len < 9; ++len) EXPECT_EQ(got.frames[len].bytes, some_frame(len, len));
}

TEST(PcapngWriter, WritesAnEmptyFrame) {
  std::string out = header_of(two_interfaces());
  append_pcapng_packet(out, Frame{}, 0);
  const Capture got = read_back(out);
  EXPECT_EQ(got.damage(), "");
  ASSERT_EQ(got.frames.size(), 1u);
  EXPECT_EQ(got.frames[0], (FrameCopy{0, {}, 1, 0, LinkType::ethernet, 0}));
}

TEST(PcapngWriter, WritesTimesBefore1970AsThat) {
  std::string out = header_of(two_interfaces());
  const Buffer bytes = some_frame(20, 1);
  append_pcapng_packet(out, frame_of(bytes, -1, 20), 0);
  append_pcapng_packet(out, frame_of(bytes, kLatest.time_since_epoch().count(), 20), 0);
  const Capture got = read_back(out);
  ASSERT_EQ(got.frames.size(), 2u) << got.damage();
  EXPECT_EQ(got.frames[0].ns, 0);
  EXPECT_EQ(got.frames[1].ns, kLatest.time_since_epoch().count());
}

TEST(PcapngWriter, WritesStatistics) {
  std::string out = header_of(two_interfaces());
  const Timestamp now{std::chrono::nanoseconds{kNow}};
  append_pcapng_statistics(out, 0, now, {.kernel_dropped = 7, .interface_dropped = 2});
  append_pcapng_statistics(out, 1, now, {.kernel_dropped = 5});
  const InputInfo info = read_back(out).info;
  EXPECT_FALSE(info.damage);
  EXPECT_EQ(info.kernel_dropped, 12u);
  EXPECT_EQ(info.interface_dropped, 2u);
}

TEST(PcapngWriter, LeavesOutStatisticsThatAreNotKnown) {
  std::string out = header_of(two_interfaces());
  append_pcapng_statistics(out, 0, Timestamp{}, {});
  const InputInfo info = read_back(out).info;
  EXPECT_FALSE(info.damage);
  EXPECT_FALSE(info.kernel_dropped);
  EXPECT_FALSE(info.interface_dropped);
}

// Our own reader has no use for these, others show them.
TEST(PcapngWriter, WritesWhatWasReceivedAndWhen) {
  constexpr std::size_t kOptions = 20, kTrailerLen = 4;
  std::string out;
  append_pcapng_statistics(out, 3, Timestamp{std::chrono::nanoseconds{kNow}}, {.received = 99});
  const Buffer block = buffer_of(out);
  const ByteOrder order;
  EXPECT_EQ(order.u32(block.data() + 8), 3u);
  const std::uint64_t high = order.u32(block.data() + 12);
  EXPECT_EQ(high << 32 | order.u32(block.data() + 16), std::uint64_t{kNow});
  PcapngOptions options{Bytes{block}.subspan(kOptions, block.size() - kOptions - kTrailerLen),
                        order};
  const auto ended = options.next();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 3);
  ASSERT_EQ(ended->value.size(), 8u);
  EXPECT_EQ(high, order.u32(ended->value.data()));
  EXPECT_EQ(order.u32(block.data() + 16), order.u32(ended->value.data() + 4));
  const auto received = options.next();
  ASSERT_TRUE(received);
  EXPECT_EQ(received->code, 4);
  ASSERT_EQ(received->value.size(), 8u);
  EXPECT_EQ(order.u64(received->value.data()), 99u);
  EXPECT_FALSE(options.next());
}

TEST(PcapngWriter, NamesTheProgram) {
  const Buffer header = buffer_of(header_of({}));
  PcapngOptions options{Bytes{header}.subspan(24, header.size() - 28), ByteOrder{}};
  const auto application = options.next();
  ASSERT_TRUE(application);
  EXPECT_EQ(application->code, 4);
  EXPECT_EQ(std::string(application->value.begin(), application->value.end()), "tapstat");
}

TEST(PcapngWriter, CountsPacketsThatAreWhole) {
  std::string out = header_of(two_interfaces());
  const Buffer bytes = some_frame(21, 1);
  for (int i = 0; i < 3; ++i) append_pcapng_packet(out, frame_of(bytes, kNow, 21), 0);
  const std::string_view blocks = out;
  EXPECT_EQ(whole_blocks(blocks).packets, 3u);
  EXPECT_EQ(whole_blocks(blocks).bytes, blocks.size());
  EXPECT_EQ(whole_blocks(blocks.substr(0, blocks.size() - 1)).packets, 2u);
  EXPECT_EQ(whole_blocks(blocks.substr(0, 5)).packets, 0u);
  EXPECT_EQ(whole_blocks({}).packets, 0u);
}

}  // namespace
}  // namespace tapstat::capture::test
