// All captures of a directory outside the project, named by the environment, against its manifest.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

// The first and fifth of the manifest's tab-separated columns: the file and its number of packets.
struct Row {
  std::string file;
  std::string packets;
};

std::vector<Row> read_manifest(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<Row> rows;
  std::string line;
  std::getline(in, line);  // column names
  while (std::getline(in, line)) {
    std::istringstream columns(line);
    Row row;
    std::string skipped;
    std::getline(columns, row.file, '\t');
    for (int i = 0; i < 3; ++i) std::getline(columns, skipped, '\t');
    std::getline(columns, row.packets, '\t');
    rows.push_back(row);
  }
  return rows;
}

TEST(Corpus, EveryFileIsReadToItsEndOrItsDamage) {
  const char* directory = std::getenv("TAPSTAT_CORPUS");
  if (directory == nullptr) GTEST_SKIP() << "TAPSTAT_CORPUS names no directory of captures";
  const auto rows = read_manifest(std::filesystem::path(directory) / "manifest.tsv");
  ASSERT_FALSE(rows.empty());
  for (const Row& row : rows) {
    const Capture got = read_path((std::filesystem::path(directory) / row.file).string());
    std::uint64_t number = 0;
    for (const FrameCopy& frame : got.frames) {
      ASSERT_EQ(frame.number, ++number) << row.file;
      ASSERT_LE(frame.bytes.size(), frame.wire_len) << row.file;
    }
    // The manifest counts as Wireshark does, which stops earlier at link types it does not know.
    if (got.error.empty() && got.damage().empty() && !row.packets.empty()) {
      EXPECT_GE(got.frames.size(), std::stoull(row.packets)) << row.file;
    }
  }
}

}  // namespace
}  // namespace tapstat::capture::test
