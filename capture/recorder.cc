#include "capture/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace tapstat::capture {
namespace {

// Large enough that a hand-over costs nothing per packet, small enough that the disk starts early.
constexpr std::size_t kMaxPiece = std::size_t{1} << 20, kMinPiece = std::size_t{4} << 10;

// A small buffer is cut in four: one is being filled while the others are on their way.
[[nodiscard]] std::size_t piece_bytes(std::size_t buffer_bytes) {
  return std::clamp(buffer_bytes / 4, kMinPiece, kMaxPiece);
}

[[nodiscard]] std::size_t max_pieces(std::size_t buffer_bytes) {
  return std::max<std::size_t>(buffer_bytes / piece_bytes(buffer_bytes), 2);
}

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::open(RecorderSettings settings,
                                                 std::vector<WrittenInterface> interfaces) {
  if (settings.path == "-" && (settings.file_bytes || settings.file_time)) {
    return tl::unexpected{
        Error{"standard output cannot be divided into files: name a file, or set no limit"}};
  }
  std::string header;
  append_pcapng_header(header, interfaces);
  auto first = RecordingFile::open(Rotation{settings, header.size()}.path());
  if (!first) return tl::unexpected{std::move(first.error())};
  try {
    return std::unique_ptr<Recorder>{new Recorder{settings, std::move(header), *std::move(first)}};
  } catch (const std::system_error& error) {
    return tl::unexpected{Error{
        fmt::format("{}: no thread can be started to write it: {}", settings.path, error.what())}};
  }
}

Recorder::Recorder(const RecorderSettings& settings, std::string header, RecordingFile first)
    : header_(std::move(header)),
      piece_bytes_(piece_bytes(settings.buffer_bytes)),
      rotation_(settings, header_.size()),
      thread_(std::move(first), max_pieces(settings.buffer_bytes)) {
  piece_.bytes = header_;
  (void)hand_over();  // at once: who follows the file sees what it is
}

Recorder::~Recorder() {
  if (!is_finished_) thread_.finish(std::move(piece_));
}

void Recorder::write(std::span<const Frame> frames) {
  for (const Frame& frame : frames) {
    if (is_done_) return;
    record(frame);
  }
}

void Recorder::record(const Frame& frame) {
  const std::size_t size = pcapng_packet_size(frame);
  const Rotation::Step step = rotation_.before(frame.time, size);
  if (step == Rotation::Step::end) {
    is_done_ = true;
    return;
  }
  const bool has_room =
      step == Rotation::Step::next_file ? begin_file(frame.time) : make_room(size);
  if (!has_room) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  append_pcapng_packet(piece_.bytes, frame, frame.input);
  ++piece_.packets;
  rotation_.add_packet(frame.time, size);
}

// A packet that is larger than a piece gets one of its own.
bool Recorder::make_room(std::size_t size) {
  return piece_.packets == 0 || piece_.bytes.size() + size <= piece_bytes_ || hand_over();
}

bool Recorder::hand_over() {
  if (!thread_.hand_over(piece_)) return false;
  piece_.bytes.reserve(piece_bytes_);  // growing by doubling could take twice the memory
  return true;
}

// Without room the rotation stays where it is: the next packet asks again.
bool Recorder::begin_file(Timestamp time) {
  if (!piece_.bytes.empty() && !hand_over()) return false;
  rotation_.begin_file(time);
  piece_.opens = rotation_.path();
  piece_.bytes = header_;
  return true;
}

// While the disk is behind a hand-over would bring nothing there earlier, and one that is stuck
// would use up all pieces for a few packets each.
void Recorder::flush(std::chrono::steady_clock::time_point now) {
  if (last_flush_ && now - *last_flush_ < std::chrono::seconds{1}) return;
  if (piece_.bytes.empty() || thread_.is_behind()) return;
  if (hand_over()) last_flush_ = now;
}

std::uint64_t Recorder::not_written() const {
  return refused_.load(std::memory_order_relaxed) + thread_.not_written();
}

Result<void> Recorder::finish(Timestamp now, std::span<const InterfaceStatistics> statistics) {
  std::uint32_t id = 0;
  for (const InterfaceStatistics& counts : statistics) {
    append_pcapng_statistics(piece_.bytes, id++, now, counts);
  }
  is_finished_ = true;
  thread_.finish(std::move(piece_));
  if (auto error = problem()) return tl::unexpected{*std::move(error)};
  return {};
}

}  // namespace tapstat::capture
