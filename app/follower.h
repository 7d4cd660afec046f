// Waits for a capture to grow (--follow), until the user has had enough.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "capture/followed_file.h"

namespace tapstat::app {

class Follower final : public capture::Waiting {
 public:
  explicit Follower(bool quiet) : quiet_(quiet) {}

  // What is done whenever all that is there was read.
  void on_idle(std::function<void()> act) { act_ = std::move(act); }

  [[nodiscard]] bool wait() override;
  void tell(std::string_view what) override;

 private:
  const bool quiet_;
  std::function<void()> act_;
};

}  // namespace tapstat::app
