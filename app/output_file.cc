#include "app/output_file.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tapstat::app {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

[[nodiscard]] std::string reason(int error) {
  switch (error) {
    case ELOOP:
      return "it is a symbolic link, which is not followed: name the file itself";
    case EACCES:
      return fmt::format("{}: it takes the right to make files there, without capabilities",
                         std::strerror(error));
    default:
      return std::strerror(error);
  }
}

[[nodiscard]] capture::Error failure(const std::string& name, int error) {
  return {fmt::format("{}: cannot be written: {}", name, reason(error))};
}

}  // namespace

capture::Result<std::unique_ptr<OutputFile>> OutputFile::open(
    const std::optional<std::string>& path, Named named, bool line_buffered) {
  if (!path) {
    return std::unique_ptr<OutputFile>{
        new OutputFile{std::nullopt, "standard output", line_buffered}};
  }
  auto file = capture::NewFile::create(*path);
  if (!file) return tl::unexpected{failure(*path, file.error())};
  if (named == Named::at_once) {
    if (const auto done = file->take_name(); !done) {
      return tl::unexpected{failure(*path, done.error())};
    }
  }
  return std::unique_ptr<OutputFile>{new OutputFile{*std::move(file), *path, line_buffered}};
}

void OutputFile::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kPiece || line_buffered_) flush();
}

void OutputFile::flush() {
  const int fd = file_ ? file_->fd() : STDOUT_FILENO;
  std::string_view left = buffer_;
  while (!left.empty() && error_ == 0) {
    const ssize_t n = ::write(fd, left.data(), left.size());
    if (n >= 0) {
      left.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      // Made not to wait by a program that shares it.
      pollfd ready{fd, POLLOUT, 0};
      (void)::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

capture::Result<void> OutputFile::finish() {
  flush();
  const auto step = [this](tl::expected<void, int> done) {
    if (!done && error_ == 0) error_ = done.error();
  };
  // A full disk may show only now (NFS, quotas).
  if (file_ && error_ == 0) step(file_->complete());
  if (file_ && error_ == 0) step(file_->take_name());
  file_.reset();
  if (error_ == 0 || error_ == EPIPE) return {};
  return tl::unexpected{failure(name_, error_)};
}

}  // namespace tapstat::app
