#include "capture/process_names.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>

namespace tapstat::capture {
namespace {

// Links of /proc/PID/fd, of which each takes about 4 us: bounds a search to some two seconds.
constexpr std::size_t kMostLinks = 1 << 19;
constexpr std::string_view kSocket = "socket:[";

// Closes what it opened.
class Descriptor {
 public:
  Descriptor(int at, const char* path, int flags) : fd_(::openat(at, path, flags | O_CLOEXEC)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// The names in a directory. By getdents64(2), since readdir(3) begins with calls that a filter of
// system calls would have to allow too.
class Names {
 public:
  explicit Names(int directory) : directory_(directory) {}

  // Valid until the next call; null at the end, and where the directory has gone.
  [[nodiscard]] const char* next() {
    if (at_ == size_ && !fill()) return nullptr;
    const void* const any = buffer_.data() + at_;
    const auto* const entry = static_cast<const dirent64*>(any);
    at_ += entry->d_reclen;
    return entry->d_name;
  }

 private:
  [[nodiscard]] bool fill() {
    const ssize_t size = getdents64(directory_, buffer_.data(), buffer_.size());
    at_ = 0;
    size_ = size > 0 ? static_cast<std::size_t>(size) : 0;
    return size_ != 0;
  }

  int directory_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  alignas(dirent64) std::array<char, 32768> buffer_;
};

[[nodiscard]] bool is_forbidden(int error) { return error == EACCES || error == EPERM; }

// Of digits that all belong to it.
template <typename Number>
[[nodiscard]] std::optional<Number> number_of(std::string_view digits) {
  Number number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || at != end) return std::nullopt;
  return number;
}

// "socket:[12345]"
[[nodiscard]] std::optional<std::uint32_t> inode_of(std::string_view link) {
  if (link.substr(0, kSocket.size()) != kSocket || link.back() != ']') return std::nullopt;
  return number_of<std::uint32_t>(link.substr(kSocket.size(), link.size() - kSocket.size() - 1));
}

[[nodiscard]] std::string name_of(int process) {
  std::array<char, 64> text{};
  const Descriptor comm(process, "comm", O_RDONLY);
  if (!comm.is_open()) return "?";
  const ssize_t len = ::read(comm.get(), text.data(), text.size());
  std::string_view name(text.data(), len > 0 ? static_cast<std::size_t>(len) : 0);
  if (!name.empty() && name.back() == '\n') name.remove_suffix(1);
  return name.empty() ? "?" : std::string{name};
}

// One search: what is still to be found, and how much more may be looked at.
class Walk {
 public:
  Walk(std::span<const std::uint32_t> inodes, std::unordered_map<std::uint32_t, Owner>& found)
      : wanted_(inodes.begin(), inodes.end()), found_(found) {
    wanted_.erase(0);
  }

  [[nodiscard]] const Owners::Search& search() const { return search_; }
  [[nodiscard]] bool is_over() const { return wanted_.empty() || search_.is_cut; }

  // `number` is a name in `proc`. What it names is held open, so that all that is read there is one
  // process's even if its PID is given to another meanwhile.
  void look_at(int proc, const char* number) {
    const auto pid = number_of<std::int32_t>(number);
    if (!pid) return;
    const Descriptor process(proc, number, O_RDONLY | O_DIRECTORY);
    ++(may_be_read(process, *pid) ? search_.processes : search_.unreadable);
  }

 private:
  // What has vanished may.
  [[nodiscard]] bool may_be_read(const Descriptor& process, std::int32_t pid) {
    if (!process.is_open()) return !is_forbidden(errno);
    const Descriptor files(process.get(), "fd", O_RDONLY | O_DIRECTORY);
    if (!files.is_open()) return !is_forbidden(errno);
    return look_at_files(files.get(), process.get(), pid);
  }

  // False if they may not be looked at. To list them takes less than to follow them: root can do
  // that without CAP_SYS_PTRACE.
  [[nodiscard]] bool look_at_files(int files, int process, std::int32_t pid) {
    std::string name;
    Names numbers(files);
    while (!is_over()) {
      const char* const number = numbers.next();
      if (number == nullptr) break;
      if (number[0] == '.') continue;
      search_.is_cut = ++links_ >= kMostLinks;
      std::array<char, 64> link{};
      const ssize_t len = ::readlinkat(files, number, link.data(), link.size());
      if (len < 0 && is_forbidden(errno)) return false;
      const auto inode = inode_of({link.data(), len > 0 ? static_cast<std::size_t>(len) : 0});
      if (!inode || wanted_.erase(*inode) == 0) continue;
      if (name.empty()) name = name_of(process);
      found_.try_emplace(*inode, Owner{pid, name});
    }
    return true;
  }

  std::unordered_set<std::uint32_t> wanted_;
  std::unordered_map<std::uint32_t, Owner>& found_;
  Owners::Search search_{};
  std::size_t links_ = 0;
};

}  // namespace

Owners::~Owners() {
  if (proc_ >= 0) ::close(proc_);
}

Owners::Owners(Owners&& other) noexcept
    : proc_(std::exchange(other.proc_, -1)), owners_(std::move(other.owners_)) {}

Owners& Owners::operator=(Owners&& other) noexcept {
  std::swap(proc_, other.proc_);
  std::swap(owners_, other.owners_);
  return *this;
}

Result<Owners> Owners::open() {
  const int proc = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc >= 0) return Owners{proc};
  return tl::unexpected{Error{
      fmt::format("processes cannot be told: /proc: {}", std::generic_category().message(errno))}};
}

Owners::Search Owners::refresh(std::span<const std::uint32_t> inodes) {
  owners_.clear();
  Walk walk(inodes, owners_);
  if (walk.is_over()) return walk.search();
  // Opened anew: where a directory is read up to is a descriptor's own.
  const Descriptor all(proc_, ".", O_RDONLY | O_DIRECTORY);
  if (!all.is_open()) return {.is_cut = true};
  Names numbers(all.get());
  while (!walk.is_over()) {
    const char* const number = numbers.next();
    if (number == nullptr) break;
    walk.look_at(proc_, number);
  }
  return walk.search();
}

std::optional<Owner> Owners::find(std::uint32_t inode) const {
  const auto at = owners_.find(inode);
  return at == owners_.end() ? std::nullopt : std::optional{at->second};
}

}  // namespace tapstat::capture
