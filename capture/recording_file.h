// One file of a recording: takes whole pcapng blocks and writes each at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "capture/source.h"

namespace tapstat::capture {

// Owns the descriptor. After a failure it is closed and takes nothing more; what was written stays,
// as far as its blocks are whole.
class RecordingFile {
 public:
  // Makes a new file in the place of one that is there (NewFile): whoever has that one open keeps
  // it. "-" is standard output. Waits for the reader of a named pipe.
  [[nodiscard]] static Result<RecordingFile> open(const std::string& path);

  RecordingFile(const RecordingFile&) = delete;
  RecordingFile& operator=(const RecordingFile&) = delete;
  RecordingFile(RecordingFile&& other) noexcept;
  RecordingFile& operator=(RecordingFile&& other) noexcept;
  ~RecordingFile();

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  // Those that are whole in it.
  [[nodiscard]] std::uint64_t packets() const { return packets_; }

  // `blocks` are whole and hold so many packets. Waits for the disk, or for the reader of a pipe.
  [[nodiscard]] Result<void> write(std::string_view blocks, std::uint64_t packets);
  // A full disk may show only now (NFS, quotas). Does nothing where it is closed already.
  [[nodiscard]] Result<void> close();

 private:
  RecordingFile(int fd, std::string name, bool is_new)
      : fd_(fd), name_(std::move(name)), is_new_(is_new) {}

  [[nodiscard]] Error failure(int error) const;
  [[nodiscard]] int release();

  int fd_;
  std::string name_;
  bool is_new_;  // a file of its own, from its first byte
  std::uint64_t packets_ = 0;
  std::uint64_t size_ = 0;  // of what is whole in it
};

}  // namespace tapstat::capture
