#include "app/interrupt.h"

#include <csignal>

namespace tapstat::app {
namespace {

// A signal handler reaches nothing but a global.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t was_interrupted = 0, were_counters_wanted = 0;

extern "C" void note_interrupt(int /*signal*/) { was_interrupted = 1; }
extern "C" void want_counters(int /*signal*/) { were_counters_wanted = 1; }

// Of the terminal's size, and of Ctrl-Z.
[[nodiscard]] sigset_t signals_of_the_terminal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGWINCH);
  sigaddset(&set, SIGTSTP);
  return set;
}

void catch_interrupts(int flags) {
  struct sigaction action = {};
  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESTART | flags;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction before = {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  action.sa_handler = want_counters;
  action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &action, nullptr);
}

}  // namespace

void catch_interrupts() { catch_interrupts(static_cast<int>(SA_RESETHAND)); }

void catch_all_interrupts() {
  catch_interrupts(0);
  const sigset_t set = signals_of_the_terminal();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void hear_of_the_terminal() {
  const sigset_t set = signals_of_the_terminal();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool interrupted() { return was_interrupted != 0; }

void interrupt() { was_interrupted = 1; }

bool counters_wanted() {
  const bool wanted = were_counters_wanted != 0;
  were_counters_wanted = 0;
  return wanted;
}

}  // namespace tapstat::app
