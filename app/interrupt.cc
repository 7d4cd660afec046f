#include "app/interrupt.h"

#include <csignal>

namespace tapstat::app {
namespace {

// A signal handler reaches nothing but a global.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t was_interrupted = 0, were_counters_wanted = 0;

extern "C" void note_interrupt(int /*signal*/) { was_interrupted = 1; }
extern "C" void want_counters(int /*signal*/) { were_counters_wanted = 1; }

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction before = {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  action.sa_handler = want_counters;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
}

bool interrupted() { return was_interrupted != 0; }

bool counters_wanted() {
  const bool wanted = were_counters_wanted != 0;
  were_counters_wanted = 0;
  return wanted;
}

}  // namespace tapstat::app
