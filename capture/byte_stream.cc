#include "capture/byte_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

namespace tapstat::capture {
namespace {

std::string reason(int error_number) { return std::generic_category().message(error_number); }

class FileStream final : public ByteStream {
 public:
  // `size` is known for regular files only.
  FileStream(int fd, std::optional<std::uint64_t> size) : fd_(fd), size_(size) {}
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;
  ~FileStream() override {
    if (fd_ != STDIN_FILENO) close(fd_);
  }

  Result<std::size_t> read(std::span<std::uint8_t> out) override {
    ssize_t got = 0;
    do {
      got = ::read(fd_, out.data(), out.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      return tl::unexpected(
          Error{fmt::format("reading failed at byte {}: {}", read_, reason(errno))});
    }
    read_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }

  std::optional<double> share_read() const override {
    if (!size_) return std::nullopt;
    if (*size_ == 0) return 1.0;
    return std::min(1.0, static_cast<double>(read_) / static_cast<double>(*size_));
  }

  // Writers collect packets for some seconds. The clock is the one that dates files.
  bool is_being_written() const override {
    constexpr std::chrono::seconds kLately{10};
    struct stat status {};
    if (!size_ || fstat(fd_, &status) != 0) return false;
    const std::chrono::system_clock::time_point written{std::chrono::seconds{status.st_mtime}};
    return std::chrono::system_clock::now() - written < kLately;
  }

 private:
  int fd_;
  std::optional<std::uint64_t> size_;
  std::uint64_t read_ = 0;
};

class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(Bytes bytes) : all_(bytes.size()), rest_(bytes) {}

  Result<std::size_t> read(std::span<std::uint8_t> out) override {
    const std::size_t n = std::min(out.size(), rest_.size());
    std::copy_n(rest_.begin(), n, out.begin());
    rest_ = rest_.subspan(n);
    return n;
  }

  std::optional<double> share_read() const override {
    if (all_ == 0) return 1.0;
    return static_cast<double>(all_ - rest_.size()) / static_cast<double>(all_);
  }

 private:
  std::size_t all_;
  Bytes rest_;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path) {
  const std::string name = display_name(path);
  const int fd = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return tl::unexpected(Error{fmt::format("{}: {}", name, reason(errno))});
  struct stat status = {};
  if (fstat(fd, &status) != 0) {
    const int error_number = errno;
    if (fd != STDIN_FILENO) close(fd);
    return tl::unexpected(Error{fmt::format("{}: {}", name, reason(error_number))});
  }
  std::optional<std::uint64_t> size;
  if (S_ISREG(status.st_mode)) {
    size = static_cast<std::uint64_t>(status.st_size);
    // Only a hint for the kernel's read-ahead: its failure changes nothing.
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  std::unique_ptr<ByteStream> stream = std::make_unique<FileStream>(fd, size);
  if (S_ISDIR(status.st_mode)) {
    return tl::unexpected(Error{fmt::format("{}: is a directory, not a capture file", name)});
  }
  return stream;
}

std::unique_ptr<ByteStream> make_memory_stream(Bytes bytes) {
  return std::make_unique<MemoryStream>(bytes);
}

std::string display_name(const std::string& path) { return path == "-" ? "standard input" : path; }

}  // namespace tapstat::capture
