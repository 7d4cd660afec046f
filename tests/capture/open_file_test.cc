#include "capture/open_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

Buffer text(std::string_view words) { return {words.begin(), words.end()}; }

TEST(OpenFile, ReadsAFileAndTellsHowFar) {
  PcapWriter file;
  for (std::uint32_t i = 0; i < 1000; ++i) file.record(i, 0, some_frame(60, 1));
  const TemporaryFile on_disk(file.bytes());
  const auto source = open_file(on_disk.path());
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(read_frames(**source).size(), 1000u);
  EXPECT_EQ((*source)->progress(), 1.0);
  EXPECT_TRUE((*source)->next_batch().empty());
  EXPECT_EQ((*source)->inputs().front()->path, on_disk.path());
}

TEST(OpenFile, KnowsNoProgressOfAPipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const Buffer bytes = PcapWriter().bytes();
  ASSERT_EQ(write(ends[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  const auto source = open_file("/dev/fd/" + std::to_string(ends[0]));
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_FALSE((*source)->progress().has_value());
  close(ends[0]);
  close(ends[1]);
}

TEST(OpenFile, NamesWhatIsNotThere) {
  EXPECT_EQ(read_path("/nonexistent/x.pcap").error,
            "/nonexistent/x.pcap: No such file or directory");
}

TEST(OpenFile, NamesADirectory) {
  EXPECT_EQ(read_path("/").error, "/: is a directory, not a capture file");
}

TEST(OpenFile, NamesAMissingPermission) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TemporaryFile file(PcapWriter().bytes());
  std::filesystem::permissions(file.path(), std::filesystem::perms::none);
  EXPECT_EQ(read_path(file.path()).error, file.path() + ": Permission denied");
}

struct ForeignCase {
  const char* name;
  Buffer start;
  const char* message;
};

class OpenFileRefuses : public testing::TestWithParam<ForeignCase> {};

TEST_P(OpenFileRefuses, WithOneSentence) {
  EXPECT_EQ(read_memory(GetParam().start).error, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, OpenFileRefuses,
    testing::Values(
        ForeignCase{"empty", {}, "x.pcap: is empty"},
        ForeignCase{"short", {1, 2, 3}, "x.pcap: 3 bytes are too short for a capture file"},
        ForeignCase{
            "five_bytes",
            {1, 2, 3, 4, 5},
            "x.pcap: is neither a pcap nor a pcapng capture (it begins with 01 02 03 04 05)"},
        ForeignCase{"text", text("GET / HTTP/1.1\r\n"),
                    "x.pcap: is neither a pcap nor a pcapng capture (it begins with 47 45 54 20 2f "
                    "20 48 54, which looks like text)"},
        ForeignCase{"snoop",
                    {'s', 'n', 'o', 'o', 'p', 0, 0, 0, 0, 0, 0, 2},
                    "x.pcap: is a Solaris snoop capture; editcap -F pcap converts it"},
        ForeignCase{"xz",
                    {0xfd, '7', 'z', 'X', 'Z', 0, 0, 4},
                    "x.pcap: is compressed by xz; decompress it first"},
        ForeignCase{"bzip2", text("BZh91AY&SY"),
                    "x.pcap: is compressed by bzip2; decompress it first"},
        ForeignCase{"gzipped_nothing", gzipped({}),
                    "x.pcap: holds nothing but an empty gzip stream"},
        ForeignCase{"gzipped_text", gzipped(text("hello hello")),
                    "x.pcap: is neither a pcap nor a pcapng capture (it begins with 68 65 6c 6c 6f "
                    "20 68 65, which looks like text)"},
        ForeignCase{"gzip_cut",
                    {0x1f, 0x8b, 8, 0},
                    "x.pcap: the gzip data is cut short after 4 compressed bytes"},
        ForeignCase{"gzip_of_unknown_method",
                    {0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0},
                    "x.pcap: the gzip data is damaged at compressed byte 4 (unknown compression "
                    "method)"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tapstat::capture::test
