#include "capture/file_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tapstat::capture {

std::uint32_t max_captured_len(LinkType link) {
  constexpr std::uint32_t kMaximumSnaplen = 262144;
  constexpr std::uint32_t kMiB = 1024 * 1024;
  switch (static_cast<std::uint16_t>(link)) {
    case 220:  // USB_LINUX_MMAPPED
    case 231:  // DBUS
    case 249:  // USBPCAP
      return 128 * kMiB;
    case 279:  // EBHSCR
      return 8 * kMiB;
    default:
      return kMaximumSnaplen;
  }
}

Error input_error(const InputInfo& info, std::string_view what) {
  return Error{fmt::format("{}: {}", display_name(info.path), what)};
}

std::string byte_position(const InputInfo& info, std::uint64_t offset) {
  return fmt::format("byte {}{}", offset,
                     info.compression.empty() ? "" : " of the uncompressed data");
}

FileSource::FileSource(ByteWindow window, InputInfo info)
    : window_(std::move(window)), info_(std::move(info)) {}

std::span<const Frame> FileSource::next_batch() {
  while (!ended_) {
    const std::span<Frame> batch = std::span(frames_).first(parse(frames_));
    if (!batch.empty()) {
      account(batch);
      return batch;
    }
    if (!ended_ && !window_.fill()) finish();
  }
  return {};
}

void FileSource::end() {
  ended_ = true;
  if (info_.ended) info_.ended = clock_.now(*info_.ended);
}

void FileSource::finish() {
  end();
  std::string what;
  if (window_.error()) {
    what =
        fmt::format("{}: reading stops after {} packets", window_.error()->message, info_.packets);
  } else {
    what = cut_record().value_or("");
  }
  if (what.empty()) return;
  if (window_.is_being_written())
    what += "; it was written to just now: if it still grows, --follow waits for the rest";
  info_.damage = input_error(info_, what);
}

void FileSource::stop(std::string_view what) {
  end();
  info_.damage = input_error(info_, fmt::format("{}: reading stops here", what));
}

void FileSource::account(std::span<Frame> batch) {
  Timestamp first = info_.first.value_or(Timestamp::max());
  Timestamp last = info_.last.value_or(Timestamp::min());
  std::uint64_t number = info_.packets, bytes = 0, snapped = 0;
  for (Frame& frame : batch) {
    frame.number = ++number;
    frame.time = clock_.date(frame.time, number, info_.order);
    frame.input = 0;
    bytes += frame.wire_len;
    snapped += frame.captured_len < frame.wire_len ? 1 : 0;
    first = std::min(first, frame.time);
    last = std::max(last, frame.time);
  }
  info_.packets = number;
  info_.bytes += bytes;
  info_.snapped += snapped;
  info_.first = first;
  info_.last = last;
}

}  // namespace tapstat::capture
