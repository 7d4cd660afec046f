#include "app/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace tapstat::app {
namespace {

constexpr std::uint32_t kCallsBetweenLooks = 64;
constexpr std::chrono::milliseconds kInterval{250};
constexpr const char* kWipeLine = "\r\x1b[K";

}  // namespace

Progress::Progress(bool wanted)
    : wanted_(wanted && isatty(STDERR_FILENO) == 1),
      next_(Clock::now() + std::chrono::seconds{1}) {}

void Progress::update(std::uint64_t packets, std::optional<double> share) {
  if (!wanted_ || ++calls_ % kCallsBetweenLooks != 0) return;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  shown_ = true;
  if (share) {
    fmt::print(stderr, "{}{} packets, {:.0f}%", kWipeLine, packets, *share * 100);
  } else {
    fmt::print(stderr, "{}{} packets", kWipeLine, packets);
  }
  std::fflush(stderr);
}

void Progress::update_live(std::uint64_t packets, std::uint64_t dropped) {
  if (!wanted_) return;
  shown_ = true;
  fmt::print(stderr, "{}{} packets, {} dropped", kWipeLine, packets, dropped);
  std::fflush(stderr);
}

void Progress::finish() {
  if (shown_) fmt::print(stderr, "{}", kWipeLine);
}

}  // namespace tapstat::app
