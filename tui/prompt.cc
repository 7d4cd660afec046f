#include "tui/prompt.h"

namespace tapstat::tui {

Prompt::Progress Prompt::press(const Key& key, bool leaves_when_empty) {
  switch (key.special) {
    case Special::enter:
      return Progress::done;
    case Special::escape:
      return Progress::given_up;
    case Special::backspace:
      if (text_.empty()) return leaves_when_empty ? Progress::given_up : Progress::goes_on;
      text_.pop_back();
      return Progress::goes_on;
    case Special::none:
      if (key.character >= U' ' && key.character < 0x7f) {
        text_.push_back(static_cast<char>(key.character));
      }
      return Progress::goes_on;
    default:
      return Progress::goes_on;
  }
}

}  // namespace tapstat::tui
