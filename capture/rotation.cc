#include "capture/rotation.h"

#include <fmt/format.h>

#include <array>
#include <climits>
#include <ctime>

namespace tapstat::capture {
namespace {

// Digits of the highest number, as tcpdump has it: none for a single file.
[[nodiscard]] int digits_for(unsigned file_count) {
  int digits = 0;
  for (unsigned highest = file_count - 1; file_count > 0 && highest > 0; highest /= 10) ++digits;
  return digits;
}

// In local time, as tcpdump does. A format that gives nothing, or too much for a path, is the name.
[[nodiscard]] std::string formatted(const std::string& format, Timestamp time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm local{};
  std::array<char, PATH_MAX> name{};
  if (localtime_r(&seconds, &local) == nullptr) return format;
  const std::size_t len = std::strftime(name.data(), name.size(), format.c_str(), &local);
  return len == 0 ? format : std::string{name.data(), len};
}

}  // namespace

Rotation::Rotation(const RecorderSettings& settings, std::size_t header_size)
    : pattern_(settings.path),
      file_bytes_(settings.file_bytes),
      file_time_(settings.file_time),
      file_count_(settings.file_count),
      header_size_(header_size),
      named_after_(settings.start),
      size_(header_size) {
  if (file_bytes_ && file_count_) digits_ = digits_for(*file_count_);
}

std::string Rotation::path() const {
  std::string name = file_time_ ? formatted(pattern_, named_after_) : pattern_;
  if (number_ != 0 || digits_ != 0) name += fmt::format("{:0{}}", number_, digits_);
  return name;
}

Rotation::Step Rotation::before(Timestamp time, std::size_t size) const {
  if (period_is_over(time)) return is_last_period() ? Step::end : Step::next_file;
  // A packet too large for any file gets one of its own.
  const bool is_full = file_bytes_ && has_packets_ && size_ + size > *file_bytes_;
  return is_full ? Step::next_file : Step::stay;
}

void Rotation::begin_file(Timestamp time) {
  if (period_is_over(time)) {
    named_after_ = time;
    period_begin_.reset();
    ++periods_;
    number_ = 0;
  } else {
    ++number_;
    if (file_count_ && number_ >= *file_count_) number_ = 0;
  }
  size_ = header_size_;
  has_packets_ = false;
}

void Rotation::add_packet(Timestamp time, std::size_t size) {
  if (!period_begin_) period_begin_ = time;
  size_ += size;
  has_packets_ = true;
}

bool Rotation::period_is_over(Timestamp time) const {
  if (!file_time_ || !period_begin_) return false;
  // In whole seconds: a long time in nanoseconds would overflow.
  return std::chrono::floor<std::chrono::seconds>(time - *period_begin_) >= *file_time_;
}

// With file_bytes as well file_count is the ring of each period, and there is no last one.
bool Rotation::is_last_period() const {
  return file_count_ && !file_bytes_ && periods_ >= *file_count_;
}

}  // namespace tapstat::capture
