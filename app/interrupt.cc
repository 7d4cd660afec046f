#include "app/interrupt.h"

#include <csignal>

namespace tapstat::app {
namespace {

// A signal handler reaches nothing but a global.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t was_interrupted = 0;

extern "C" void note_interrupt(int /*signal*/) { was_interrupted = 1; }

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return was_interrupted != 0; }

}  // namespace tapstat::app
