#include "capture/interface_drops.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace tapstat::capture {
namespace {

[[nodiscard]] int open_statistic(const std::string& interface, const char* name) {
  const std::string path = fmt::format("/sys/class/net/{}/statistics/{}", interface, name);
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

// As it stands now; nullopt also once its interface has gone.
[[nodiscard]] std::optional<std::uint64_t> read_number(int file) {
  char text[32];
  const ssize_t size = file < 0 ? -1 : ::pread(file, text, sizeof text, 0);
  std::uint64_t number = 0;
  if (size <= 0 || std::from_chars(text, text + size, number).ec != std::errc{}) return {};
  return number;
}

}  // namespace

// As libpcap counts them (pcap-linux.c, linux_if_drops).
InterfaceDrops::InterfaceDrops(const std::string& interface)
    : files_{open_statistic(interface, "rx_missed_errors"),
             open_statistic(interface, "rx_fifo_errors")},
      before_(total().value_or(0)) {}

InterfaceDrops::~InterfaceDrops() {
  for (const int file : files_) {
    if (file >= 0) ::close(file);
  }
}

InterfaceDrops::InterfaceDrops(InterfaceDrops&& other) noexcept
    : files_(std::exchange(other.files_, {-1, -1})), before_(other.before_) {}

InterfaceDrops& InterfaceDrops::operator=(InterfaceDrops&& other) noexcept {
  std::swap(files_, other.files_);
  before_ = other.before_;
  return *this;
}

std::optional<std::uint64_t> InterfaceDrops::count() const {
  const auto now = total();
  // A driver may begin anew.
  return now ? std::optional{*now - std::min(before_, *now)} : std::nullopt;
}

std::optional<std::uint64_t> InterfaceDrops::total() const {
  std::optional<std::uint64_t> sum;
  for (const int file : files_) {
    if (const auto number = read_number(file)) sum = sum.value_or(0) + *number;
  }
  return sum;
}

}  // namespace tapstat::capture
