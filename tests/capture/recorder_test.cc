#include "capture/recorder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>

#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using std::chrono::steady_clock;
using Strings = std::vector<std::string>;

constexpr std::size_t kFrameLen = 968;  // a packet of 1000 bytes with what is around it
constexpr steady_clock::time_point kStart{};

Timestamp at(std::int64_t second) { return Timestamp{seconds{second}}; }

// Polls, since the disk is a thread's business; false after ten seconds.
bool becomes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return false;
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = fs::temp_directory_path() / "tapstat-recorder-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { fs::remove_all(path_); }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class RecorderTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return directory.path() / name; }

  // What is wrong, or nothing.
  std::string open(const RecorderSettings& settings) {
    auto opened = Recorder::open(settings, {{.name = "eth0", .link = LinkType::ethernet},
                                            {.name = "eth1", .link = LinkType::raw}});
    if (!opened) return opened.error().message;
    recorder = std::move(*opened);
    return "";
  }

  void write(std::int64_t second, std::uint16_t input = 0) {
    const Frame frame{.time = at(second),
                      .data = bytes.data(),
                      .captured_len = kFrameLen,
                      .wire_len = 1500,
                      .input = input};
    recorder->write({&frame, 1});
  }
  void write_many(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) write(static_cast<std::int64_t>(i));
  }

  std::string finish(std::vector<InterfaceStatistics> statistics = {}) {
    const auto result = recorder->finish(at(5000), statistics);
    return result ? "" : result.error().message;
  }

  // The files there, each with its packets: "name:3".
  [[nodiscard]] Strings files() const {
    Strings found;
    for (const auto& entry : fs::directory_iterator(directory.path())) {
      const Capture got = read_path(entry.path());
      EXPECT_EQ(got.error + got.damage(), "") << entry.path();
      found.push_back(entry.path().filename().string() + ":" + std::to_string(got.frames.size()));
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  TemporaryDirectory directory;
  Buffer bytes = some_frame(kFrameLen, 1);
  std::unique_ptr<Recorder> recorder;
};

TEST_F(RecorderTest, WritesOneFile) {
  ASSERT_EQ(open({.path = path("x")}), "");
  write(1);
  write(2, 1);
  EXPECT_EQ(finish({{.kernel_dropped = 3}, {.kernel_dropped = 4, .interface_dropped = 1}}), "");
  const Capture got = read_path(path("x"));
  EXPECT_EQ(got.damage(), "");
  ASSERT_EQ(got.frames.size(), 2u);
  EXPECT_EQ(got.frames[0], (FrameCopy{1'000'000'000, bytes, 1, 1500, LinkType::ethernet, 0}));
  EXPECT_EQ(got.frames[1].link, LinkType::raw);
  EXPECT_EQ(got.info.interfaces, (Strings{"eth0", "eth1"}));
  EXPECT_EQ(got.info.kernel_dropped, 7u);
  EXPECT_EQ(got.info.interface_dropped, 1u);
  EXPECT_EQ(recorder->not_written(), 0u);
  EXPECT_FALSE(recorder->is_done());
}

// Who has that one open keeps it; the new one can be read while it grows.
TEST_F(RecorderTest, TakesThePlaceOfAnOldFile) {
  std::ofstream(path("x")) << std::string(10000, 'x');
  fs::permissions(path("x"), fs::perms{0600});
  std::ifstream old(path("x"));
  ASSERT_EQ(open({.path = path("x")}), "");
  write(1);
  recorder->flush(kStart);
  EXPECT_TRUE(becomes_true([&] { return read_path(path("x")).frames.size() == 1; }));
  EXPECT_EQ(finish(), "");
  EXPECT_EQ(files(), (Strings{"x:1"}));
  EXPECT_EQ(fs::status(path("x")).permissions(), fs::perms{0600});
  EXPECT_EQ(std::string(std::istreambuf_iterator(old), {}), std::string(10000, 'x'));
}

TEST_F(RecorderTest, WritesMoreThanItBuffersWhenTheDiskKeepsUp) {
  ASSERT_EQ(open({.path = path("x"), .buffer_bytes = 64 << 10}), "");
  for (unsigned i = 0; i < 20; ++i) {
    write_many(15);
    ASSERT_TRUE(becomes_true([&] {
      recorder->flush(kStart + seconds{i});
      return fs::file_size(path("x")) > 15000 * (i + 1);
    }));
  }
  EXPECT_EQ(finish(), "");
  EXPECT_EQ(recorder->not_written(), 0u);
  EXPECT_EQ(files(), (Strings{"x:300"}));
}

TEST_F(RecorderTest, CompletesTheFileWhenItIsDropped) {
  ASSERT_EQ(open({.path = path("x")}), "");
  write_many(3);
  recorder.reset();
  EXPECT_EQ(files(), (Strings{"x:3"}));
}

TEST_F(RecorderTest, WritesToStandardOutput) {
  const int saved = dup(STDOUT_FILENO);
  const int file = ::open(path("x").c_str(), O_WRONLY | O_CREAT, 0666);
  dup2(file, STDOUT_FILENO);
  const std::string problem = open({.path = "-"});
  write_many(2);
  const std::string end = finish();
  dup2(saved, STDOUT_FILENO);
  close(saved);
  close(file);
  EXPECT_EQ(problem + end, "");
  EXPECT_EQ(files(), (Strings{"x:2"}));
}

TEST_F(RecorderTest, DividesBySize) {
  ASSERT_EQ(open({.path = path("x"), .file_bytes = 2500}), "");
  write_many(5);
  EXPECT_EQ(finish(), "");
  EXPECT_EQ(files(), (Strings{"x1:2", "x2:1", "x:2"}));
}

TEST_F(RecorderTest, OverwritesTheRing) {
  ASSERT_EQ(open({.path = path("x"), .file_bytes = 2500, .file_count = 3}), "");
  write_many(7);
  EXPECT_EQ(finish(), "");
  EXPECT_EQ(files(), (Strings{"x0:1", "x1:2", "x2:2"}));
  EXPECT_EQ(read_path(path("x0")).frames.at(0).ns, 6'000'000'000);
}

TEST_F(RecorderTest, DividesByTime) {
  ASSERT_EQ(open({.path = path("x%s"), .file_time = seconds{10}, .start = at(100)}), "");
  for (const std::int64_t second : {101, 105, 110, 111, 112, 200}) write(second);
  EXPECT_EQ(finish(), "");
  EXPECT_EQ(files(), (Strings{"x100:3", "x111:2", "x200:1"}));
}

TEST_F(RecorderTest, IsDoneAfterSoManyTimes) {
  ASSERT_EQ(open({.path = path("x%s"), .file_time = seconds{10}, .file_count = 2}), "");
  for (const std::int64_t second : {0, 10, 19}) write(second);
  EXPECT_FALSE(recorder->is_done());
  for (const std::int64_t second : {20, 21, 30}) write(second);
  EXPECT_TRUE(recorder->is_done());
  EXPECT_EQ(finish({{.kernel_dropped = 1}}), "");
  EXPECT_EQ(files(), (Strings{"x0:1", "x10:2"}));
  EXPECT_EQ(recorder->not_written(), 0u);
}

TEST_F(RecorderTest, HoldsWholeBlocksAfterEachFlush) {
  ASSERT_EQ(open({.path = path("x")}), "");
  const auto has = [&](std::size_t packets, steady_clock::duration now) {
    return becomes_true([&] {
      recorder->flush(kStart + now);
      const Capture got = read_path(path("x"));
      return (got.error + got.damage()).empty() && got.frames.size() == packets;
    });
  };
  EXPECT_TRUE(has(0, seconds{0}));
  write_many(2);
  EXPECT_TRUE(has(2, seconds{0}));
  write_many(3);
  recorder->flush(kStart + std::chrono::milliseconds{999});
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(read_path(path("x")).frames.size(), 2u);
  EXPECT_TRUE(has(5, seconds{1}));
  EXPECT_EQ(finish(), "");
}

// A named pipe and its reader, which reads only when the test says so.
class NamedPipe {
 public:
  explicit NamedPipe(const std::string& path) {
    if (mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
    reader_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  NamedPipe(const NamedPipe&) = delete;
  NamedPipe& operator=(const NamedPipe&) = delete;
  ~NamedPipe() { stop_reading(); }

  void hold_only(int bytes) { ASSERT_EQ(fcntl(reader_, F_SETPIPE_SZ, bytes), bytes); }
  // Reads what is there now.
  void read_some() {
    std::array<std::uint8_t, 4096> piece{};
    for (ssize_t n = 0; (n = ::read(reader_, piece.data(), piece.size())) > 0;) {
      received_.insert(received_.end(), piece.begin(), piece.begin() + n);
    }
  }
  void stop_reading() {
    if (reader_ >= 0) close(reader_);
    reader_ = -1;
  }
  [[nodiscard]] const Buffer& received() const { return received_; }

 private:
  int reader_ = -1;
  Buffer received_;
};

// The slowest disk there is.
class SlowDisk : public RecorderTest {
 protected:
  NamedPipe disk{path("x")};  // goes before the recorder, which then finds no reader and ends
};

TEST_F(SlowDisk, CountsWhatFindsNoRoomAndNeverWaits) {
  ASSERT_EQ(open({.path = path("x"), .buffer_bytes = 64 << 10}), "");
  const auto before = steady_clock::now();
  write_many(2000);
  recorder->flush(kStart);
  EXPECT_LT(steady_clock::now() - before, seconds{2});
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  write_many(10);
  // The pipe's 64 KiB and the buffer's are the most that can have found room, ever.
  EXPECT_GE(recorder->not_written(), 2010u - 132u);
  EXPECT_FALSE(recorder->problem());
}

TEST_F(SlowDisk, GoesOnWhenThereIsRoom) {
  ASSERT_EQ(open({.path = path("x"), .buffer_bytes = 64 << 10}), "");
  write_many(2000);
  const std::uint64_t lost = recorder->not_written();
  EXPECT_TRUE(becomes_true([&] {
    disk.read_some();
    return disk.received().size() / 1000 >=
           2000 - lost - 16;  // but for the piece that is being filled
  }));
  write_many(10);
  EXPECT_EQ(recorder->not_written(), lost);
  EXPECT_EQ(finish(), "");
  disk.read_some();
  const Capture got = read_memory(disk.received());
  EXPECT_EQ(got.damage(), "");
  EXPECT_EQ(got.frames.size(), 2010 - lost);
}

TEST_F(SlowDisk, RotatesOnlyWhenThereIsRoom) {
  ASSERT_EQ(open({.path = path("x"), .file_bytes = 40'000, .buffer_bytes = 16 << 10}), "");
  disk.hold_only(4096);  // it has to stick before its file is full
  write_many(1000);
  EXPECT_GE(recorder->not_written(), 1000u - 22u);
  EXPECT_FALSE(fs::exists(path("x1")));
  EXPECT_TRUE(becomes_true([&] {
    disk.read_some();
    write(1);
    return fs::exists(path("x1"));
  }));
  EXPECT_EQ(finish(), "");
  disk.read_some();
  EXPECT_EQ(read_memory(disk.received()).frames.size(), 39u);
  EXPECT_EQ(read_path(path("x1")).damage(), "");
}

TEST_F(SlowDisk, TellsThatTheReaderHasGone) {
  ASSERT_EQ(open({.path = path("x")}), "");
  ASSERT_TRUE(becomes_true([&] {
    disk.read_some();
    return !disk.received().empty();
  }));
  disk.stop_reading();
  write_many(5);
  const std::string message =
      path("x") + ": cannot be written any further, it ends after packet 0: its reader has gone";
  EXPECT_EQ(finish(), message);
  EXPECT_EQ(recorder->not_written(), 5u);
}

TEST_F(RecorderTest, RefusesADirectory) {
  EXPECT_EQ(open({.path = directory.path()}),
            directory.path().string() + ": cannot be written: Is a directory");
}

TEST_F(RecorderTest, FollowsNoSymbolicLink) {
  fs::create_symlink(path("there"), path("x"));
  EXPECT_EQ(open({.path = path("x")}),
            path("x") +
                ": cannot be written: it is a symbolic link, which a recording does not "
                "follow: name the file itself");
  EXPECT_FALSE(fs::exists(path("there")));
}

TEST_F(RecorderTest, DoesNotDivideStandardOutput) {
  EXPECT_EQ(open({.path = "-", .file_bytes = 1'000'000}),
            "standard output cannot be divided into files: name a file, or set no limit");
}

TEST_F(RecorderTest, TellsThatTheDiskIsFull) {
  const std::string message =
      "/dev/full: cannot be written any further, it ends after packet 0: No space left on device: "
      "make room there, or record elsewhere";
  ASSERT_EQ(open({.path = "/dev/full"}), "");
  ASSERT_TRUE(becomes_true([&] { return recorder->problem().has_value(); }));
  EXPECT_EQ(recorder->problem()->message, message);
  write_many(5);
  EXPECT_EQ(finish(), message);
  EXPECT_EQ(recorder->not_written(), 5u);
}

// A disk that becomes full in the middle of a packet.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(RecorderTest, SaysHowManyPacketsAreInAFileThatFailed) {
  ASSERT_EQ(open({.path = path("x")}), "");
  std::string message;
  {
    const FileSizeLimit limit{5500};
    write_many(10);
    message = finish();
  }
  EXPECT_EQ(message,
            path("x") + ": cannot be written any further, it ends after packet 5: File too large");
  EXPECT_EQ(read_path(path("x")).frames.size(), 5u);
  EXPECT_EQ(recorder->not_written(), 5u);
}

TEST_F(RecorderTest, TriesTheNextFileAfterAFailure) {
  ASSERT_EQ(open({.path = path("x"), .file_bytes = 2500}), "");
  fs::create_directory(path("x1"));
  write_many(6);
  EXPECT_EQ(finish(), path("x1") + ": cannot be written: Is a directory");
  EXPECT_EQ(recorder->not_written(), 2u);
  EXPECT_EQ(read_path(path("x")).frames.size(), 2u);
  EXPECT_EQ(read_path(path("x2")).frames.size(), 2u);
}

}  // namespace
}  // namespace tapstat::capture::test
