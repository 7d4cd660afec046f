#include "tui/crash.h"

#include <curses.h>
#include <term.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

namespace tapstat::tui {
namespace {

// What a crash needs to leave the terminal as it was: a signal handler reaches nothing but globals.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
termios settings_before;
std::array<char, 256> leaving;
std::size_t leaving_size = 0;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

extern "C" void leave_and_crash(int signal) {
  // Nothing can be done where this fails.
  [[maybe_unused]] const ssize_t n = ::write(STDOUT_FILENO, leaving.data(), leaving_size);
  tcsetattr(STDIN_FILENO, TCSANOW, &settings_before);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void remember(const char* text) {
  const std::size_t size = std::min(std::strlen(text), leaving.size() - leaving_size);
  std::memcpy(leaving.data() + leaving_size, text, size);
  leaving_size += size;
}

void remember_capability(const char* name) {
  // An old interface. NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  const char* const text = tigetstr(const_cast<char*>(name));
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast,performance-no-int-to-ptr)
  if (text != nullptr && text != reinterpret_cast<const char*>(-1)) remember(text);
}

// What curses sends to a terminal of xterm's kind, which others ignore: no more mouse.
constexpr const char* kMouseOff = "\x1b[?1006;1000l";

}  // namespace

TerminalState TerminalState::now() {
  TerminalState state;
  tcgetattr(STDIN_FILENO, &state.settings);
  return state;
}

void restore_after_crash(const TerminalState& before) {
  settings_before = before.settings;
  leaving_size = 0;
  for (const char* capability : {"sgr0", "cnorm", "rmkx", "rmcup"}) remember_capability(capability);
  if (tigetstr(const_cast<char*>("kmous")) != nullptr) remember(kMouseOff);
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGQUIT}) {
    std::signal(signal, leave_and_crash);
  }
}

}  // namespace tapstat::tui
