// What the packet path and the screen say to each other. The packet path never waits: where the
// other has the lock it comes again later.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "tui/picture.h"

namespace tapstat::app {

class Exchange {
 public:
  // What is shown: the world as it is, or what was kept of it.
  enum class Scene : std::uint8_t { present, past };

  [[nodiscard]] Scene scene() const { return scene_; }
  void change_to(Scene scene) { scene_ = scene; }
  // The user has had enough, or the program ends.
  [[nodiscard]] bool is_leaving() const { return is_leaving_; }
  void leave() { is_leaving_ = true; }

  // The screen's side.
  void ask(const tui::Request& request) {
    const std::lock_guard lock(mutex_);
    request_ = request;
  }
  void order(std::vector<tui::Order> orders) {
    const std::lock_guard lock(mutex_);
    orders_.insert(orders_.end(), orders.begin(), orders.end());
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
  [[nodiscard]] std::vector<tui::Order> take_orders() {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    return lock.owns_lock() ? std::exchange(orders_, {}) : std::vector<tui::Order>{};
  }
  // Whether it was taken; the one before it is freed by whoever has it last.
  [[nodiscard]] bool offer(std::shared_ptr<const tui::Picture>& picture) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return false;
    picture_.swap(picture);
    return true;
  }

 private:
  std::atomic<Scene> scene_ = Scene::present;
  std::atomic<bool> is_leaving_ = false;
  mutable std::mutex mutex_;
  tui::Request request_;
  std::vector<tui::Order> orders_;
  std::shared_ptr<const tui::Picture> picture_ = std::make_shared<tui::Picture>();
};

}  // namespace tapstat::app
