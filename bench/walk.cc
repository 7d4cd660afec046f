// tapstat_walk FILE: the least that any tool does to a capture. Reads a classic pcap file of this
// machine's byte order in blocks and touches the first 64 bytes of each packet.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <vector>

namespace {

constexpr std::size_t kBlock = 1u << 18;
constexpr std::size_t kFileHeaderLen = 24;
constexpr std::size_t kRecordHeaderLen = 16;
constexpr std::size_t kCapturedLenAt = 8;
constexpr std::size_t kTouched = 64;

struct Walk {
  std::uint64_t packets = 0;
  std::uint64_t sum = 0;
};

void touch(std::span<const std::uint8_t> packet, Walk& walk) {
  ++walk.packets;
  const auto touched = packet.first(std::min(packet.size(), kTouched));
  for (std::size_t i = 0; i + sizeof(std::uint64_t) <= touched.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, touched.data() + i, sizeof word);
    walk.sum += word;
  }
}

// The whole records in `bytes`; returns how many bytes they take.
std::size_t walk_records(std::span<const std::uint8_t> bytes, Walk& walk) {
  std::size_t at = 0;
  while (bytes.size() - at >= kRecordHeaderLen) {
    std::uint32_t captured_len = 0;
    std::memcpy(&captured_len, bytes.data() + at + kCapturedLenAt, sizeof captured_len);
    if (bytes.size() - at - kRecordHeaderLen < captured_len) break;
    touch(bytes.subspan(at + kRecordHeaderLen, captured_len), walk);
    at += kRecordHeaderLen + captured_len;
  }
  return at;
}

bool walk_file(int file, Walk& walk) {
  std::vector<std::uint8_t> buffer(2 * kBlock);
  std::size_t kept = 0;
  if (lseek(file, kFileHeaderLen, SEEK_SET) < 0) return false;
  for (;;) {
    const ssize_t got = read(file, buffer.data() + kept, kBlock);
    if (got <= 0) return got == 0 && kept == 0;
    kept += static_cast<std::size_t>(got);
    const std::size_t done = walk_records(std::span{buffer}.first(kept), walk);
    std::memmove(buffer.data(), buffer.data() + done, kept - done);
    kept -= done;
    if (kept > kBlock) return false;  // no packet is that long
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int file = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
  Walk walk;
  if (file < 0 || !walk_file(file, walk)) {
    std::fprintf(stderr, "usage: tapstat_walk FILE, a whole classic pcap file\n");
    return 1;
  }
  std::printf("%llu packets, sum %llx\n", static_cast<unsigned long long>(walk.packets),
              static_cast<unsigned long long>(walk.sum));
}
