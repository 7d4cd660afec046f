// Asks the kernel of this host for its sockets, again and again, on a thread of its own: neither
// packets nor keys wait for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "capture/kernel_sockets.h"
#include "capture/process_names.h"
#include "report/kernel_truth.h"

namespace tapstat::app {

class KernelWatch {
 public:
  // Nullptr where this kernel tells nobody (sock_diag(7)). Asks it once: of the sockets there are,
  // it knows the processes that the user of that moment may look at; of those that come later the
  // ones that the user it becomes may.
  [[nodiscard]] static std::unique_ptr<KernelWatch> open();
  // Begins to ask again and again.
  void start();

  ~KernelWatch();
  KernelWatch(const KernelWatch&) = delete;
  KernelWatch& operator=(const KernelWatch&) = delete;

  // The last answer; the one before where another is just coming. Nullptr before the first.
  [[nodiscard]] std::shared_ptr<const report::KernelTruth> latest();
  // Ends. The last answer.
  [[nodiscard]] std::shared_ptr<const report::KernelTruth> finish();

 private:
  KernelWatch(capture::KernelSockets sockets, std::unique_ptr<capture::Owners> owners);
  void run();
  void ask();
  void end();
  [[nodiscard]] report::OwnersByInode owners_of_found();

  capture::KernelSockets sockets_;
  std::unique_ptr<capture::Owners> owners_;
  report::OwnersByInode first_owners_;  // as it was opened
  std::vector<capture::KernelSocket> found_;
  std::shared_ptr<const report::KernelTruth> seen_;  // of latest()

  std::mutex mutex_;
  std::condition_variable is_over_;
  bool is_ending_ = false;
  std::shared_ptr<const report::KernelTruth> truth_;
  std::thread thread_;
};

}  // namespace tapstat::app
