#include "app/kernel_watch.h"

#include <algorithm>
#include <utility>

namespace tapstat::app {
namespace {

// How long an answer serves; longer where it took long to get.
constexpr std::chrono::seconds kBetween{1};
constexpr int kShare = 100;

}  // namespace

std::unique_ptr<KernelWatch> KernelWatch::open() {
  auto sockets = capture::KernelSockets::open();
  if (!sockets) return nullptr;
  auto owners = capture::Owners::open();
  auto kept = owners ? std::make_unique<capture::Owners>(std::move(*owners)) : nullptr;
  std::unique_ptr<KernelWatch> watch{new KernelWatch(std::move(*sockets), std::move(kept))};
  if (watch->sockets_.dump(watch->found_)) watch->first_owners_ = watch->owners_of_found();
  return watch;
}

KernelWatch::KernelWatch(capture::KernelSockets sockets, std::unique_ptr<capture::Owners> owners)
    : sockets_(std::move(sockets)), owners_(std::move(owners)) {}

void KernelWatch::start() {
  thread_ = std::thread([this] { run(); });
}

KernelWatch::~KernelWatch() { end(); }

void KernelWatch::end() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  is_over_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void KernelWatch::run() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    lock.unlock();
    const auto begun = std::chrono::steady_clock::now();
    ask();
    const auto pause = std::max<std::chrono::nanoseconds>(
        kBetween, kShare * (std::chrono::steady_clock::now() - begun));
    lock.lock();
    is_over_.wait_for(lock, pause, [this] { return is_ending_; });
  }
}

void KernelWatch::ask() {
  const capture::Timestamp now = std::chrono::system_clock::now();
  if (!sockets_.dump(found_)) return;  // the next time, perhaps
  // Nobody else changes it.
  auto truth =
      std::make_shared<const report::KernelTruth>(found_, owners_of_found(), now, truth_.get());
  const std::lock_guard lock(mutex_);
  truth_.swap(truth);
}

// Who had a socket when its processes could be seen has it still, unless they can be seen again.
report::OwnersByInode KernelWatch::owners_of_found() {
  std::vector<std::uint32_t> inodes;
  for (const capture::KernelSocket& socket : found_) {
    const bool is_end = socket.state != capture::KernelState::listen && socket.inode != 0;
    if (is_end) inodes.push_back(socket.inode);
  }
  if (owners_ != nullptr) owners_->refresh(inodes);
  report::OwnersByInode found;
  for (const std::uint32_t inode : inodes) {
    auto owner = owners_ == nullptr ? std::nullopt : owners_->find(inode);
    const auto before = first_owners_.find(inode);
    if (!owner && before != first_owners_.end()) owner = before->second;
    if (owner) found.emplace(inode, *std::move(owner));
  }
  return found;
}

std::shared_ptr<const report::KernelTruth> KernelWatch::latest() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (lock.owns_lock()) seen_ = truth_;
  return seen_;
}

std::shared_ptr<const report::KernelTruth> KernelWatch::finish() {
  end();
  return truth_;
}

}  // namespace tapstat::app
