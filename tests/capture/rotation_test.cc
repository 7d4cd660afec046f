#include "capture/rotation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace tapstat::capture::test {
namespace {

using std::chrono::seconds;
using Strings = std::vector<std::string>;

constexpr std::size_t kHeader = 100, kPacket = 50;

Timestamp at(std::int64_t second) { return Timestamp{seconds{second}}; }

// The names of the files that packets of these times make, until there are enough.
Strings files_of(const RecorderSettings& settings, const std::vector<std::int64_t>& times) {
  Rotation rotation{settings, kHeader};
  Strings names{rotation.path()};
  for (const std::int64_t time : times) {
    const Rotation::Step step = rotation.before(at(time), kPacket);
    if (step == Rotation::Step::end) {
      names.emplace_back("end");
      break;
    }
    if (step == Rotation::Step::next_file) {
      rotation.begin_file(at(time));
      names.push_back(rotation.path());
    }
    rotation.add_packet(at(time), kPacket);
  }
  return names;
}

std::vector<std::int64_t> packets(std::size_t count) { return std::vector<std::int64_t>(count); }

TEST(Rotation, StaysInOneFileWithoutLimits) {
  EXPECT_EQ(files_of({.path = "x"}, {0, 1'000'000, -5}), (Strings{"x"}));
  EXPECT_EQ(files_of({.path = "x%Y", .file_count = 12}, packets(5)), (Strings{"x%Y"}));
}

TEST(Rotation, NumbersFilesBySize) {
  EXPECT_EQ(files_of({.path = "x", .file_bytes = 200}, packets(7)),
            (Strings{"x", "x1", "x2", "x3"}));
  EXPECT_EQ(files_of({.path = "x", .file_bytes = 199}, packets(2)), (Strings{"x", "x1"}));
}

TEST(Rotation, GivesAPacketTooLargeAFileOfItsOwn) {
  EXPECT_EQ(files_of({.path = "x", .file_bytes = 1}, packets(3)), (Strings{"x", "x1", "x2"}));
}

TEST(Rotation, BeginsARingAnew) {
  EXPECT_EQ(files_of({.path = "x", .file_bytes = 150, .file_count = 3}, packets(5)),
            (Strings{"x0", "x1", "x2", "x0", "x1"}));
  EXPECT_EQ(files_of({.path = "x", .file_bytes = 150, .file_count = 1}, packets(2)),
            (Strings{"x", "x"}));
}

TEST(Rotation, HasLeadingZerosEnoughForTheRing) {
  EXPECT_EQ(files_of({.path = "x", .file_bytes = 150, .file_count = 10}, packets(2)),
            (Strings{"x0", "x1"}));
  EXPECT_EQ(files_of({.path = "x", .file_bytes = 150, .file_count = 11}, packets(2)),
            (Strings{"x00", "x01"}));
}

// %s is the time in seconds, the same in every time zone.
TEST(Rotation, NamesFilesByTimeOfTheFirstPacket) {
  const RecorderSettings settings{.path = "x%s", .file_time = seconds{60}, .start = at(995)};
  EXPECT_EQ(files_of(settings, {1000, 1059, 1060, 1100, 1500}),
            (Strings{"x995", "x1060", "x1500"}));
}

TEST(Rotation, TakesTimesThatGoBack) {
  const RecorderSettings settings{.path = "x%s", .file_time = seconds{60}, .start = at(1000)};
  EXPECT_EQ(files_of(settings, {1000, 10, 1059, 1060}), (Strings{"x1000", "x1060"}));
}

TEST(Rotation, EndsAfterSoManyFiles) {
  const RecorderSettings settings{
      .path = "x%s", .file_time = seconds{60}, .file_count = 2, .start = at(0)};
  EXPECT_EQ(files_of(settings, {0, 60, 119, 120, 121}), (Strings{"x0", "x60", "end"}));
}

TEST(Rotation, NumbersFilesWithinEachTime) {
  RecorderSettings settings{
      .path = "x%s-", .file_bytes = 200, .file_time = seconds{60}, .start = at(0)};
  EXPECT_EQ(files_of(settings, {0, 0, 0, 0, 0, 60, 60, 60}),
            (Strings{"x0-", "x0-1", "x0-2", "x60-", "x60-1"}));
  settings.file_count = 2;
  EXPECT_EQ(files_of(settings, {0, 0, 0, 0, 0, 60, 120, 180}),
            (Strings{"x0-0", "x0-1", "x0-0", "x60-0", "x120-0", "x180-0"}));
}

TEST(Rotation, WritesLocalTime) {
  const char* zone = std::getenv("TZ");
  const std::string before = zone != nullptr ? zone : "";
  setenv("TZ", "XYZ-02", 1);
  tzset();
  const RecorderSettings settings{
      .path = "%Y-%m-%d_%H.pcapng", .file_time = seconds{3600}, .start = at(1'700'000'000)};
  EXPECT_EQ(files_of(settings, {}), (Strings{"2023-11-15_00.pcapng"}));
  if (zone != nullptr) {
    setenv("TZ", before.c_str(), 1);
  } else {
    unsetenv("TZ");
  }
  tzset();
}

TEST(Rotation, TakesAFormatThatGivesNothingAsTheName) {
  EXPECT_EQ(files_of({.path = "%Z%", .file_time = seconds{1}}, {}).size(), 1u);
  EXPECT_EQ(files_of({.path = "", .file_time = seconds{1}}, {}), (Strings{""}));
}

}  // namespace
}  // namespace tapstat::capture::test
