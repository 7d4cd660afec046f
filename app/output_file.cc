#include "app/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tapstat::app {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

[[nodiscard]] capture::Error failure(const std::string& name, int error) {
  return {fmt::format("{}: cannot be written: {}", name, std::strerror(error))};
}

}  // namespace

capture::Result<std::unique_ptr<OutputFile>> OutputFile::open(
    const std::optional<std::string>& path, bool line_buffered) {
  int fd = STDOUT_FILENO;
  if (path) {
    fd = ::open(path->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return tl::unexpected{failure(*path, errno)};
  }
  return std::unique_ptr<OutputFile>{
      new OutputFile{fd, path.value_or("standard output"), line_buffered}};
}

OutputFile::~OutputFile() {
  if (fd_ > STDERR_FILENO) ::close(fd_);
}

void OutputFile::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kPiece || line_buffered_) flush();
}

void OutputFile::flush() {
  std::string_view left = buffer_;
  while (!left.empty() && error_ == 0) {
    const ssize_t n = ::write(fd_, left.data(), left.size());
    if (n >= 0) {
      left.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

capture::Result<void> OutputFile::finish() {
  flush();
  if (fd_ > STDERR_FILENO) {
    // A full disk may show only now (NFS, quotas).
    if (::close(fd_) != 0 && error_ == 0) error_ = errno;
    fd_ = -1;
  }
  if (error_ == 0 || error_ == EPIPE) return {};
  return tl::unexpected{failure(name_, error_)};
}

}  // namespace tapstat::app
