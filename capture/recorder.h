// Records frames as pcapng, in one file or in a rotating set of them.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/frame.h"
#include "capture/pcapng_writer.h"
#include "capture/recorder_settings.h"
#include "capture/recording_thread.h"
#include "capture/rotation.h"
#include "capture/source.h"

namespace tapstat::capture {

// The disk is left to a thread: who captures never waits for it. While more than buffer_bytes wait
// for a slow disk, frames are not written but counted, and it goes on when there is room. Every
// file is whole: it begins with the header, and holds whole blocks up to the last hand-over
// whatever becomes of the program.
//
// write(), flush(), is_done() and finish() are for one thread; the others for any.
class Recorder {
 public:
  // The first file is opened at once, so that an error is told before capturing. `interfaces` are
  // in the order of Frame::input. file_bytes, file_time and file_count are not 0.
  [[nodiscard]] static Result<std::unique_ptr<Recorder>> open(
      RecorderSettings settings, std::vector<WrittenInterface> interfaces);

  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  // What was written is completed, without statistics, where finish() was not called.
  ~Recorder();

  // Frame::input is the interface they are written as.
  void write(std::span<const Frame> frames);

  // To be called at least once a second, also when there are no frames: what is buffered goes to
  // the disk when the last time it did so is a second ago or more, unless the disk is behind
  // anyway.
  void flush(std::chrono::steady_clock::time_point now);

  // There were file_count files of file_time each; what comes now is not written, nor counted.
  [[nodiscard]] bool is_done() const { return is_done_; }

  // Frames that are in no file: the disk was too slow, or failed.
  [[nodiscard]] std::uint64_t not_written() const;
  // The first failure, as soon as it is known. Nothing more is written into that file, and what was
  // written stays; a next file is tried again.
  [[nodiscard]] std::optional<Error> problem() const { return thread_.problem(); }

  // Writes the interfaces' statistics, in their order, and all that is left, and closes the file.
  // Waits for the disk as long as that takes. Tells the first failure. Only not_written() and
  // problem() may be called afterwards.
  [[nodiscard]] Result<void> finish(Timestamp now, std::span<const InterfaceStatistics> statistics);

 private:
  Recorder(const RecorderSettings& settings, std::string header, RecordingFile first);

  void record(const Frame& frame);
  [[nodiscard]] bool make_room(std::size_t size);
  [[nodiscard]] bool hand_over();
  [[nodiscard]] bool begin_file(Timestamp time);

  const std::string header_;  // of every file
  const std::size_t piece_bytes_;
  Rotation rotation_;
  RecordingPiece piece_;  // being filled
  std::optional<std::chrono::steady_clock::time_point> last_flush_;
  bool is_done_ = false;
  bool is_finished_ = false;
  std::atomic<std::uint64_t> refused_{0};  // for want of room
  RecordingThread thread_;
};

}  // namespace tapstat::capture
