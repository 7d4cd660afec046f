// Bytes in order, from a file, a pipe, memory, or decompressed from one of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "capture/source.h"

namespace tapstat::capture {

class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  // Puts what is there into `out` (which is not empty) and returns how much; waits only while
  // nothing is there. 0 is the end. An error is a sentence without the input's name, and comes
  // after all bytes that could be read; every later call repeats it.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<std::uint8_t> out) = 0;

  // Share of the input read so far, 0 to 1; nullopt where it has no size.
  [[nodiscard]] virtual std::optional<double> share_read() const = 0;

  // At the end: whether somebody seems to be adding to it.
  [[nodiscard]] virtual bool is_being_written() const { return false; }
};

// "-" is standard input, which is read from where it stands and left open. Errors name the path.
[[nodiscard]] Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path);

// Reads `bytes`, which must outlive the stream.
[[nodiscard]] std::unique_ptr<ByteStream> make_memory_stream(Bytes bytes);

// How messages call an input: its path, or "standard input" for "-".
[[nodiscard]] std::string display_name(const std::string& path);

}  // namespace tapstat::capture
