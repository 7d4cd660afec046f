#include "capture/followed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tapstat::capture {
namespace {

using End = FollowedFile::End;

}  // namespace

Result<std::unique_ptr<FollowedFile>> FollowedFile::open(const std::string& path,
                                                         Waiting& waiting) {
  const auto failed = [&path](const char* what) {
    return tl::unexpected(Error{fmt::format("{}: {}", path, what)});
  };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return failed(std::strerror(errno));
  std::unique_ptr<FollowedFile> file{new FollowedFile(path, fd, waiting)};
  struct stat status {};
  if (fstat(fd, &status) != 0) return failed(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return failed("is no regular file, which could be followed");
  return file;
}

FollowedFile::~FollowedFile() { close(fd_); }

// Another file at its name: what is left of this one is read first. A file that was cut off and has
// grown again beyond what was read looks as if it only grew.
End FollowedFile::state() const {
  struct stat there {};
  struct stat here {};
  if (fstat(fd_, &here) != 0) return End::none;
  if (static_cast<std::uint64_t>(here.st_size) < read_) return End::cut_off;
  if (stat(path_.c_str(), &there) != 0) return End::none;  // not there: there may be one again
  const bool is_it = there.st_dev == here.st_dev && there.st_ino == here.st_ino;
  return is_it ? End::none : End::replaced;
}

Result<std::size_t> FollowedFile::read(std::span<std::uint8_t> out) {
  for (auto before = End::none; *end_ == End::none;) {
    const ssize_t got = ::read(fd_, out.data(), out.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return tl::unexpected(
          Error{fmt::format("reading failed at byte {}: {}", read_, std::strerror(errno))});
    }
    if (got > 0) {
      read_ += static_cast<std::uint64_t>(got);
      return static_cast<std::size_t>(got);
    }
    if (before != End::none) {  // and nothing was left
      *end_ = before;
    } else if (before = state(); before == End::none && !waiting_.wait()) {
      *end_ = End::not_waited_for;
    }
  }
  return std::size_t{0};
}

}  // namespace tapstat::capture
