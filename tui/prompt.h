// A line that is being typed: a filter, a command.
#pragma once

#include <string>

#include "tui/keys.h"

namespace tapstat::tui {

class Prompt {
 public:
  enum class Progress { goes_on, done, given_up };

  // Begins with what is there already.
  explicit Prompt(std::string text = {}) : text_(std::move(text)) {}

  // Text is plain ASCII; other characters are not taken. Erasing what is empty gives up, as in vi
  // and less, where `leaves_when_empty`.
  [[nodiscard]] Progress press(const Key& key, bool leaves_when_empty);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace tapstat::tui
