#include "analysis/crew.h"

#include <utility>

namespace tapstat::analysis {
namespace {

// Waits until `at` is no longer `old`. The next round mostly begins sooner than a sleeper is up:
// for some tens of microseconds it looks again and again, and whoever else wants the processor has
// it.
void await_change(const std::atomic<std::uint32_t>& at, std::uint32_t old) {
  constexpr int kLooks = 200;
  for (int i = 0; i < kLooks; ++i) {
    if (at.load(std::memory_order_acquire) != old) return;
    std::this_thread::yield();
  }
  at.wait(old, std::memory_order_acquire);
}

}  // namespace

Crew::Crew(unsigned workers, std::uint32_t tasks, std::function<void(std::uint32_t)> task)
    : tasks_(tasks), task_(std::move(task)), next_(tasks), done_(tasks) {
  for (unsigned i = 0; i < workers; ++i) workers_.emplace_back([this] { serve(); });
}

Crew::~Crew() {
  over_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

// A worker that comes late out of the round before takes part in this one: what it takes from
// next_ is of this round, and what that needs was written before.
void Crew::start() {
  done_.store(0, std::memory_order_relaxed);
  next_.store(0, std::memory_order_release);
  if (workers_.empty()) return;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
}

void Crew::finish() {
  work();
  for (std::uint32_t done = done_.load(std::memory_order_acquire); done != tasks_;
       done = done_.load(std::memory_order_acquire)) {
    await_change(done_, done);
  }
}

void Crew::work() {
  for (;;) {
    // Looked at first: each fetch counts on, and rounds may be far apart.
    if (next_.load(std::memory_order_relaxed) >= tasks_) return;
    const std::uint32_t i = next_.fetch_add(1, std::memory_order_acq_rel);
    if (i >= tasks_) return;
    task_(i);
    if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == tasks_) done_.notify_all();
  }
}

void Crew::serve() {
  for (std::uint32_t seen = 0;;) {
    await_change(round_, seen);
    seen = round_.load(std::memory_order_acquire);
    if (over_) return;
    work();
  }
}

}  // namespace tapstat::analysis
