#include "app/follower.h"

#include <poll.h>

#include "app/interrupt.h"
#include "app/messages.h"

namespace tapstat::app {

// The file is looked at ten times a second. That works on any file system, and costs next to
// nothing; a signal ends it early.
bool Follower::wait() {
  constexpr int kMilliseconds = 100;
  if (act_) act_();
  if (interrupted()) return false;
  (void)::poll(nullptr, 0, kMilliseconds);
  return !interrupted();
}

void Follower::tell(std::string_view what) {
  if (!quiet_) complain(what);
}

}  // namespace tapstat::app
