#include "capture/recording_file.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <tuple>
#include <utility>

#include "capture/new_file.h"
#include "capture/pcapng_writer.h"

namespace tapstat::capture {
namespace {

// The system's words, and what helps where they do not say it.
[[nodiscard]] std::string reason(int error) {
  switch (error) {
    case ELOOP:
      return "it is a symbolic link, which a recording does not follow: name the file itself";
    case ENOSPC:
    case EDQUOT:
      return fmt::format("{}: make room there, or record elsewhere", std::strerror(error));
    case EACCES:
      return fmt::format("{}: it takes the right to make files there, without capabilities",
                         std::strerror(error));
    case EPIPE:
      return "its reader has gone";
    default:
      return std::strerror(error);
  }
}

// Standard output may have been made not to wait by a program that shares it.
void wait_until_writable(int fd) {
  pollfd ready{fd, POLLOUT, 0};
  (void)::poll(&ready, 1, -1);
}

// Takes off `left` what it has written. Returns an errno, or 0.
[[nodiscard]] int write_all(int fd, std::string_view& left) {
  while (!left.empty()) {
    const ssize_t n = ::write(fd, left.data(), left.size());
    if (n >= 0) {
      left.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      wait_until_writable(fd);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

Result<RecordingFile> RecordingFile::open(const std::string& path) {
  if (path == "-") return RecordingFile{STDOUT_FILENO, "standard output", false};
  const auto failed = [&path](int error) {
    return tl::unexpected{Error{fmt::format("{}: cannot be written: {}", path, reason(error))}};
  };
  auto file = NewFile::create(path);
  if (!file) return failed(file.error());
  const bool is_new = file->is_new();
  // While it is empty: who follows it finds it under its name.
  if (const auto named = file->take_name(); !named) return failed(named.error());
  return RecordingFile{file->release(), path, is_new};
}

RecordingFile::RecordingFile(RecordingFile&& other) noexcept
    : fd_(other.release()),
      name_(std::move(other.name_)),
      is_new_(other.is_new_),
      packets_(other.packets_),
      size_(other.size_) {}

RecordingFile& RecordingFile::operator=(RecordingFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(name_, other.name_);
  std::swap(is_new_, other.is_new_);
  std::swap(packets_, other.packets_);
  std::swap(size_, other.size_);
  return *this;
}

RecordingFile::~RecordingFile() { (void)close(); }

Result<void> RecordingFile::write(std::string_view blocks, std::uint64_t packets) {
  std::string_view left = blocks;
  const int error = write_all(fd_, left);
  if (error == 0) {
    packets_ += packets;
    size_ += blocks.size();
    return {};
  }
  const WholeBlocks whole = whole_blocks(blocks.substr(0, blocks.size() - left.size()));
  packets_ += whole.packets;
  size_ += whole.bytes;
  // Where even that fails a reader is told where it is cut short.
  if (is_new_) std::ignore = ::ftruncate(fd_, static_cast<off_t>(size_));
  (void)close();
  return tl::unexpected{failure(error)};
}

Result<void> RecordingFile::close() {
  const int fd = release();
  if (fd <= STDERR_FILENO || ::close(fd) == 0) return {};
  return tl::unexpected{failure(errno)};
}

Error RecordingFile::failure(int error) const {
  return {fmt::format("{}: cannot be written any further, it ends after packet {}: {}", name_,
                      packets_, reason(error))};
}

int RecordingFile::release() { return std::exchange(fd_, -1); }

}  // namespace tapstat::capture
