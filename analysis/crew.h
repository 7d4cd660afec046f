// A few threads that share out the tasks of one round after another.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace tapstat::analysis {

// Rounds are started and finished by one thread, which works along. Whoever has nothing to do
// sleeps: the processor may be wanted elsewhere. With no workers it does all of it in finish().
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): threads are kept off each other's lines
class Crew {
 public:
  // `task(i)` is called once a round for each i below `tasks`, by any thread and several at a time;
  // it must not throw.
  Crew(unsigned workers, std::uint32_t tasks, std::function<void(std::uint32_t)> task);
  // Between rounds.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Begins a round and returns. What was written before is seen by its tasks.
  void start();
  // Takes what tasks are left, and waits for the others': then all they wrote is seen.
  void finish();

 private:
  void work();
  void serve();

  const std::uint32_t tasks_;
  const std::function<void(std::uint32_t)> task_;
  // Apart, because all threads write the second and few the first.
  alignas(64) std::atomic<std::uint32_t> round_{0};
  std::atomic<bool> over_{false};
  alignas(64) std::atomic<std::uint32_t> next_;
  std::atomic<std::uint32_t> done_;
  std::vector<std::thread> workers_;
};

}  // namespace tapstat::analysis
