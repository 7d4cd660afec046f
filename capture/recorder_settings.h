// Where a recording goes, and when its next file begins.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "capture/frame.h"

namespace tapstat::capture {

struct RecorderSettings {
  // "-" is standard output, which takes no limits. With `file_time` it is a strftime(3) format.
  std::string path;
  std::optional<std::uint64_t> file_bytes{};        // -C, which counts in millions of them
  std::optional<std::chrono::seconds> file_time{};  // -G
  std::optional<unsigned> file_count{};             // -W
  Timestamp start{};  // the time that names the first file; only `file_time` needs it
  std::size_t buffer_bytes = std::size_t{64} << 20;  // what may wait in memory for a slow disk
};

}  // namespace tapstat::capture
