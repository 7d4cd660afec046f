#include "capture/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

namespace tapstat::capture {
namespace {

// These are links as well, but nobody plants them.
[[nodiscard]] std::optional<int> descriptor_named(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    const std::string_view number = path.substr(folder.size());
    int fd = 0;
    const auto [end, error] = std::from_chars(number.begin(), number.end(), fd);
    if (error == std::errc{} && end == number.end() && fd >= 0) return fd;
  }
  return std::nullopt;
}

struct Place {
  std::string directory, name;
};

[[nodiscard]] Place place_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

// Not listed, and not longer than a name may be.
[[nodiscard]] std::string name_beside(const std::string& name, int attempt) {
  constexpr std::size_t kMost = 200;
  return fmt::format(".{}.{}.{}", name.substr(0, kMost), getpid(), attempt);
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int Descriptor::release() { return std::exchange(fd_, -1); }

NewFile::NewFile(NewFile&& other) noexcept = default;

NewFile::~NewFile() {
  if (directory_.is_open()) ::unlinkat(directory_.get(), its_name_.c_str(), 0);
}

tl::expected<NewFile, int> NewFile::create(const std::string& path) {
  if (const auto fd = descriptor_named(path)) {
    Descriptor same{::fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
    if (!same.is_open()) return tl::unexpected{errno};
    return NewFile{std::move(same)};
  }
  auto [folder, name] = place_of(path);
  if (name.empty()) return tl::unexpected{EISDIR};
  Descriptor directory{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!directory.is_open()) return tl::unexpected{errno};
  constexpr int kAsItIs = O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC;
  Descriptor old{::openat(directory.get(), name.c_str(), kAsItIs)};
  if (!old.is_open()) {
    constexpr mode_t kUsual = 0666;
    if (errno != ENOENT) return tl::unexpected{errno};
    return create_in(std::move(directory), std::move(name), kUsual);
  }
  struct stat status {};
  if (::fstat(old.get(), &status) != 0) return tl::unexpected{errno};
  if (!S_ISREG(status.st_mode)) return NewFile{std::move(old)};
  return create_in(std::move(directory), std::move(name), status.st_mode & ACCESSPERMS);
}

tl::expected<NewFile, int> NewFile::create_in(Descriptor directory, std::string name, mode_t mode) {
  constexpr int kAnew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  constexpr int kMostAttempts = 100;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    std::string beside = name_beside(name, attempt);
    Descriptor file{::openat(directory.get(), beside.c_str(), kAnew, mode)};
    if (!file.is_open() && errno == EEXIST) continue;
    if (!file.is_open()) return tl::unexpected{errno};
    NewFile made{std::move(file)};
    made.directory_ = std::move(directory);
    made.name_ = std::move(name);
    made.its_name_ = std::move(beside);
    return made;
  }
  return tl::unexpected{EEXIST};
}

tl::expected<void, int> NewFile::complete() {
  if (!directory_.is_open() || ::fdatasync(file_.get()) == 0) return {};
  return tl::unexpected{errno};
}

tl::expected<void, int> NewFile::take_name() {
  if (!directory_.is_open()) return {};
  const int at = directory_.get();
  if (::renameat(at, its_name_.c_str(), at, name_.c_str()) != 0) return tl::unexpected{errno};
  directory_ = Descriptor{};
  return {};
}

}  // namespace tapstat::capture
