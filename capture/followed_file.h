// A capture that is read while it is written, as tail -F does.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "capture/byte_stream.h"
#include "capture/source.h"

namespace tapstat::capture {

// Who waits for a file to grow.
class Waiting {
 public:
  Waiting() = default;
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  virtual ~Waiting() = default;

  // All that is there has been handed out: lets some time pass. False: that is enough.
  [[nodiscard]] virtual bool wait() = 0;
  // Something happened to the file, for people.
  virtual void tell(std::string_view what) = 0;
};

// The bytes of a file that grows. Its end is where another file has got its name, where it was cut
// off, and where nobody waits any more.
class FollowedFile final : public ByteStream {
 public:
  enum class End : std::uint8_t { none, not_waited_for, replaced, cut_off };

  // Anything but a regular file is an error. `waiting` is borrowed.
  [[nodiscard]] static Result<std::unique_ptr<FollowedFile>> open(const std::string& path,
                                                                  Waiting& waiting);
  FollowedFile(const FollowedFile&) = delete;
  FollowedFile& operator=(const FollowedFile&) = delete;
  ~FollowedFile() override;

  [[nodiscard]] Result<std::size_t> read(std::span<std::uint8_t> out) override;
  [[nodiscard]] std::optional<double> share_read() const override { return std::nullopt; }

  // Why it ended; shared, so that it is known when the stream has gone.
  [[nodiscard]] std::shared_ptr<const End> end() const { return end_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  FollowedFile(std::string path, int fd, Waiting& waiting)
      : path_(std::move(path)), fd_(fd), waiting_(waiting) {}

  [[nodiscard]] End state() const;

  std::string path_;
  int fd_;
  Waiting& waiting_;
  std::uint64_t read_ = 0;
  std::shared_ptr<End> end_ = std::make_shared<End>(End::none);
};

// Hands out the frames of the file, and then of each that takes its name, as of one input. Where
// time passes it is Waiting's; a half-written record is waited for. `file` is what FollowedFile
// opened; `waiting` is borrowed.
[[nodiscard]] Result<std::unique_ptr<Source>> follow(std::unique_ptr<FollowedFile> file,
                                                     Waiting& waiting);

}  // namespace tapstat::capture
