// When a recording goes on in a next file, and how its files are called: tcpdump's -C, -G and -W.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "capture/recorder_settings.h"

namespace tapstat::capture {

// Decides by sizes and times that it is told; it opens nothing and has no clock. Names are as
// tcpdump 4.99 makes them: with file_bytes path, path1, path2, ... or with file_count as well
// path00, path01, ... which begin anew at the last; with file_time what strftime(3) makes of the
// path, in local time.
//
// It differs from tcpdump in two things. A file ends before it passes file_bytes, not after, so
// that the disk space a ring takes is known. And file_time is packet time since the file's first
// packet, not the time of day, so that the same packets always make the same files.
class Rotation {
 public:
  enum class Step : std::uint8_t {
    stay,
    next_file,
    end,  // file_count files of file_time each are there
  };

  // Every file begins with a header of so many bytes.
  Rotation(const RecorderSettings& settings, std::size_t header_size);

  // The file that is being written.
  [[nodiscard]] std::string path() const;

  // What has to happen before a packet of `size` bytes and this time is written.
  [[nodiscard]] Step before(Timestamp time, std::size_t size) const;
  // A next file begins, with a packet of this time.
  void begin_file(Timestamp time);
  void add_packet(Timestamp time, std::size_t size);

 private:
  [[nodiscard]] bool period_is_over(Timestamp time) const;
  [[nodiscard]] bool is_last_period() const;

  std::string pattern_;
  std::optional<std::uint64_t> file_bytes_;
  std::optional<std::chrono::seconds> file_time_;
  std::optional<unsigned> file_count_;
  std::size_t header_size_;
  int digits_ = 0;  // a number's least width

  Timestamp named_after_;                  // what the strftime format shows
  std::optional<Timestamp> period_begin_;  // its first packet
  unsigned periods_ = 1;
  unsigned number_ = 0;  // of the file in its period
  std::uint64_t size_;   // of the file
  bool has_packets_ = false;
};

}  // namespace tapstat::capture
