// The terminal: the one place that knows curses.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "tui/keys.h"
#include "tui/screen.h"

namespace tapstat::tui {

class Terminal {
 public:
  // Takes over standard output and input, until it is destroyed or the program crashes. `color`:
  // may be used where the terminal has it. The error is a sentence for people.
  [[nodiscard]] static tl::expected<std::unique_ptr<Terminal>, std::string> open(bool color);

  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] Size size() const;
  // Sends what differs from what is there.
  void show(const Screen& screen);
  // Whether clicks come as keys; without, the terminal selects text as usual.
  void hear_mouse(bool is_heard);
  // What is typed next; nullopt: nothing for that long.
  [[nodiscard]] std::optional<Key> key(std::chrono::milliseconds timeout);

 private:
  Terminal() = default;
};

}  // namespace tapstat::tui
