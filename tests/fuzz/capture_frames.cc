// capture_frames OUT FILE...: the frames of captures as inputs of decode_fuzz, one file each, into
// the folder OUT. Of frames that are of one length in one file the first is taken.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <utility>

#include "capture/open_file.h"

namespace {

namespace capture = tapstat::capture;

// What decode_fuzz.cc reads: link type, wire length beyond what was captured, frame.
[[nodiscard]] std::string input_of(const capture::Frame& frame) {
  const auto link = static_cast<std::uint32_t>(frame.link);
  const std::uint32_t excess = frame.wire_len - frame.captured_len;
  std::string input;
  for (const std::uint32_t octet : {link & 0xff, link >> 8, excess & 0xff, excess >> 8 & 0xff}) {
    input += static_cast<char>(octet);
  }
  for (const std::uint8_t octet : frame.bytes()) input += static_cast<char>(octet);
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::uint32_t kMost = 1600;
  if (argc < 3) {
    std::fprintf(stderr, "usage: capture_frames OUT FILE...\n");
    return 2;
  }
  const std::filesystem::path out = argv[1];
  int written = 0;
  for (int i = 2; i < argc; ++i) {
    const auto source = capture::open_file(argv[i]);
    if (!source) continue;
    std::set<std::uint32_t> lengths;
    for (auto batch = (*source)->next_batch(); !batch.empty(); batch = (*source)->next_batch()) {
      for (const capture::Frame& frame : batch) {
        if (frame.captured_len > kMost || !lengths.insert(frame.captured_len).second) continue;
        std::ofstream(out / std::to_string(++written), std::ios::binary) << input_of(frame);
      }
    }
  }
  std::printf("%d frames\n", written);
  return 0;
}
