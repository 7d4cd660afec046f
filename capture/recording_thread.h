// Writes what it is handed to the files of a recording, so that nobody else waits for the disk.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "capture/recording_file.h"
#include "capture/source.h"

namespace tapstat::capture {

// What goes to the disk at once.
struct RecordingPiece {
  std::string bytes;                 // whole pcapng blocks
  std::uint64_t packets = 0;         // that are in them
  std::optional<std::string> opens;  // the file that begins with them; without it the last goes on
};

// Its memory is bounded by the number of pieces. hand_over(), is_behind() and finish() are for one
// thread; the others for any.
class RecordingThread {
 public:
  // Starts the thread; throws std::system_error where the system gives none. There are at most
  // `max_pieces`, at least two, with the one that its user fills.
  RecordingThread(RecordingFile first, std::size_t max_pieces);
  RecordingThread(const RecordingThread&) = delete;
  RecordingThread& operator=(const RecordingThread&) = delete;
  ~RecordingThread();

  // Takes the piece and leaves an empty one, whose memory has been used before where possible.
  // Never waits for the disk: false, and the piece stays as it is, when no further one may be
  // filled.
  [[nodiscard]] bool hand_over(RecordingPiece& piece);
  // What was handed over last has to wait for something else to be written.
  [[nodiscard]] bool is_behind() const { return in_flight_.load(std::memory_order_relaxed) > 1; }

  // Writes everything, and this last, then closes the file. Waits as long as that takes.
  void finish(RecordingPiece last);

  // The first failure. Nothing more goes into that file, but the next one is tried again.
  [[nodiscard]] std::optional<Error> problem() const;
  // Packets handed over that a failure has kept from their file.
  [[nodiscard]] std::uint64_t not_written() const {
    return not_written_.load(std::memory_order_relaxed);
  }

 private:
  void run();
  [[nodiscard]] std::optional<RecordingPiece> next();  // nullopt at the end
  void write(const RecordingPiece& piece);
  void reopen(const std::string& path);
  void give_back(RecordingPiece piece);
  void note(const Result<void>& result);
  void stop(std::optional<RecordingPiece> last);

  RecordingFile file_;  // only the thread uses it
  const std::size_t max_in_flight_;
  std::atomic<std::size_t> in_flight_{0};  // pieces that are queued or being written
  std::atomic<std::uint64_t> not_written_{0};

  mutable std::mutex mutex_;  // never held while anything is written; guards the next four
  std::deque<RecordingPiece> queue_;
  std::vector<std::string> spare_;  // empty, for their memory
  bool is_ending_ = false;
  std::optional<Error> problem_;
  std::condition_variable changed_;

  std::thread thread_;  // last: all the others are there when it starts
};

}  // namespace tapstat::capture
