#include "capture/recording_thread.h"

#include <csignal>
#include <utility>

namespace tapstat::capture {
namespace {

// Ctrl-C is the main thread's, and a reader that has gone is seen as EPIPE. Faults are everybody's.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS}) sigdelset(&all, fault);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

RecordingThread::RecordingThread(RecordingFile first, std::size_t max_pieces)
    : file_(std::move(first)), max_in_flight_(max_pieces - 1), thread_([this] { run(); }) {}

RecordingThread::~RecordingThread() { stop(std::nullopt); }

bool RecordingThread::hand_over(RecordingPiece& piece) {
  // Asked before the lock: while the disk is stuck this is asked for every packet.
  if (in_flight_.load(std::memory_order_relaxed) >= max_in_flight_) return false;
  in_flight_.fetch_add(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock{mutex_};
    queue_.push_back(std::exchange(piece, {}));
    if (!spare_.empty()) {
      piece.bytes = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  changed_.notify_one();
  return true;
}

void RecordingThread::finish(RecordingPiece last) { stop(std::move(last)); }

std::optional<Error> RecordingThread::problem() const {
  const std::lock_guard lock{mutex_};
  return problem_;
}

void RecordingThread::stop(std::optional<RecordingPiece> last) {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    if (last) queue_.push_back(*std::move(last));
    is_ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void RecordingThread::run() {
  block_signals();
  while (auto piece = next()) {
    write(*piece);
    give_back(*std::move(piece));
  }
  note(file_.close());
}

std::optional<RecordingPiece> RecordingThread::next() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return is_ending_ || !queue_.empty(); });
  if (queue_.empty()) return std::nullopt;
  RecordingPiece piece = std::move(queue_.front());
  queue_.pop_front();
  return piece;
}

void RecordingThread::write(const RecordingPiece& piece) {
  if (piece.opens) reopen(*piece.opens);
  const std::uint64_t before = file_.packets();
  if (file_.is_open()) note(file_.write(piece.bytes, piece.packets));
  not_written_.fetch_add(piece.packets - (file_.packets() - before), std::memory_order_relaxed);
}

void RecordingThread::reopen(const std::string& path) {
  note(file_.close());
  auto next = RecordingFile::open(path);
  if (next) {
    file_ = *std::move(next);
  } else {
    note(tl::unexpected{next.error()});
  }
}

void RecordingThread::give_back(RecordingPiece piece) {
  piece.bytes.clear();
  {
    const std::lock_guard lock{mutex_};
    spare_.push_back(std::move(piece.bytes));
  }
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
}

void RecordingThread::note(const Result<void>& result) {
  if (result) return;
  const std::lock_guard lock{mutex_};
  if (!problem_) problem_ = result.error();
}

}  // namespace tapstat::capture
