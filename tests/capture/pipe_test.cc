// A capture that arrives bit by bit: frames come out as soon as they are whole, and none is lost.
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "capture/open_file.h"
#include "tests/capture/capture_bytes.h"

namespace tapstat::capture::test {
namespace {

class Pipe {
 public:
  Pipe() {
    if (pipe(ends_) != 0) throw std::runtime_error("pipe");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(ends_[0]);
    finish();
  }

  void send(Bytes bytes) {
    while (!bytes.empty()) {
      const ssize_t n = write(ends_[1], bytes.data(), bytes.size());
      if (n <= 0) throw std::runtime_error("write");
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
  }
  void finish() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  [[nodiscard]] std::string path() const { return "/dev/fd/" + std::to_string(ends_[0]); }

 private:
  int ends_[2] = {-1, -1};
};

Buffer pcap_of(std::uint32_t records) {
  PcapWriter file;
  for (std::uint32_t i = 0; i < records; ++i) {
    file.record(i, i, some_frame(40 + i % 60, static_cast<std::uint8_t>(i)));
  }
  return file.bytes();
}

Buffer pcapng_of(std::uint32_t records) {
  PcapngWriter file;
  file.section().interface();
  for (std::uint32_t i = 0; i < records; ++i) {
    file.enhanced(0, i, some_frame(40 + i % 60, static_cast<std::uint8_t>(i)));
    file.block(0xbad, some_frame(i, 1));
  }
  return file.bytes();
}

// Sends `piece` bytes at a time from a thread while the frames are read here.
Capture through_pipe(const Buffer& bytes, std::size_t piece) {
  Pipe pipe;
  std::thread writer([&] {
    Bytes rest = bytes;
    while (!rest.empty()) {
      const std::size_t n = std::min(piece, rest.size());
      pipe.send(rest.first(n));
      rest = rest.subspan(n);
    }
    pipe.finish();
  });
  Capture got = read_path(pipe.path());
  writer.join();
  return got;
}

// Reading and writing take turns in one thread: if a frame that is whole were held back, the reader
// would wait for ever.
void frames_come_as_they_arrive(const Buffer& head, const std::vector<Buffer>& records) {
  Pipe pipe;
  pipe.send(head);
  const auto source = open_file(pipe.path());
  ASSERT_TRUE(source) << source.error().message;
  for (std::size_t i = 0; i < records.size(); ++i) {
    pipe.send(records[i]);
    const auto batch = (*source)->next_batch();
    ASSERT_EQ(batch.size(), 1u);
    EXPECT_EQ(batch.front().number, i + 1);
  }
  pipe.finish();
  EXPECT_TRUE((*source)->next_batch().empty());
  EXPECT_FALSE((*source)->inputs().front()->damage.has_value());
}

std::vector<Buffer> ten_records(auto next) {
  std::vector<Buffer> records;
  for (std::uint8_t i = 0; i < 10; ++i) records.push_back(next(some_frame(100, i)));
  return records;
}

TEST(Pipe, PcapFramesComeAsTheyArrive) {
  const Buffer head = PcapWriter().bytes();
  frames_come_as_they_arrive(head, ten_records([&](const Buffer& frame) {
                               const Buffer all = PcapWriter().record(1, 1, frame).bytes();
                               return Buffer(all.begin() + 24, all.end());
                             }));
}

TEST(Pipe, PcapngFramesComeAsTheyArrive) {
  frames_come_as_they_arrive(PcapngWriter().section().interface().bytes(),
                             ten_records([](const Buffer& frame) {
                               return PcapngWriter().enhanced(0, 1, frame).bytes();
                             }));
}

// Each member holds one record, as a writer that flushes would make them.
TEST(Pipe, CompressedFramesComeAsTheyArrive) {
  const Buffer head = PcapWriter().bytes();
  for (const auto compress : {gzipped, zstd_compressed, lz4_compressed}) {
    frames_come_as_they_arrive(compress(head), ten_records([&](const Buffer& frame) {
                                 const Buffer all = PcapWriter().record(1, 1, frame).bytes();
                                 return compress(Bytes(all).subspan(24));
                               }));
  }
}

TEST(Pipe, BringsWhatTheFileHolds) {
  for (const Buffer& bytes : {pcap_of(300), pcapng_of(300)}) {
    const Capture whole = read_memory(bytes);
    ASSERT_EQ(whole.frames.size(), 300u);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, std::size_t{65537}}) {
      const Capture got = through_pipe(bytes, piece);
      EXPECT_EQ(got.error, "");
      EXPECT_EQ(got.damage(), "");
      EXPECT_EQ(got.frames, whole.frames) << piece;
    }
  }
}

TEST(Pipe, BringsCompressedCapturesByteByByte) {
  const Buffer bytes = pcap_of(300);
  const Capture whole = read_memory(bytes);
  for (const auto compress : {gzipped, zstd_compressed, lz4_compressed}) {
    EXPECT_EQ(through_pipe(compress(bytes), 1).frames, whole.frames);
  }
}

// A record larger than the block it is read into, in pieces.
TEST(Pipe, BringsHugeRecords) {
  const Buffer bytes = PcapWriter({.link = 249})
                           .record(1, 0, some_frame(3'000'000, 1))
                           .record(2, 0, some_frame(60, 2))
                           .bytes();
  EXPECT_EQ(through_pipe(bytes, 4000).frames, read_memory(bytes).frames);
}

TEST(Pipe, ReadsStandardInput) {
  Pipe pipe;
  const int saved = dup(STDIN_FILENO);
  const int end = dup2(std::stoi(pipe.path().substr(8)), STDIN_FILENO);
  ASSERT_EQ(end, STDIN_FILENO);
  Buffer bytes = pcap_of(3);
  bytes.pop_back();
  pipe.send(bytes);
  pipe.finish();
  const Capture got = read_path("-");
  dup2(saved, STDIN_FILENO);
  close(saved);
  EXPECT_EQ(got.frames.size(), 2u);
  EXPECT_EQ(got.info.path, "-");
  EXPECT_EQ(got.damage(),
            "standard input: cut short in record 3 at byte 137: 41 bytes of 42 are there");
}

}  // namespace
}  // namespace tapstat::capture::test
