// What the packet path and the screen say to each other. The packet path never waits: where the
// other has the lock it comes again later.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "tui/picture.h"

namespace tapstat::app {

class Exchange {
 public:
  // The screen's side.
  void ask(const tui::Request& request) {
    const std::lock_guard lock(mutex_);
    request_ = request;
  }
  [[nodiscard]] std::shared_ptr<const tui::Picture> latest() const {
    const std::lock_guard lock(mutex_);
    return picture_;
  }

  // The packet path's. nullopt: not now.
  [[nodiscard]] std::optional<tui::Request> asked() const {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    return lock.owns_lock() ? std::optional{request_} : std::nullopt;
  }
  // Whether it was taken; the one before it is freed by whoever has it last.
  [[nodiscard]] bool offer(std::shared_ptr<const tui::Picture>& picture) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return false;
    picture_.swap(picture);
    return true;
  }

 private:
  mutable std::mutex mutex_;
  tui::Request request_;
  std::shared_ptr<const tui::Picture> picture_ = std::make_shared<tui::Picture>();
};

}  // namespace tapstat::app
