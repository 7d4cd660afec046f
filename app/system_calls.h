// A filter on the system calls (seccomp(2)): whoever takes over the program by a packet gets
// little.
#pragma once

#include "app/allowed_calls.h"
#include "capture/source.h"

namespace tapstat::app {

// From here on, in all threads and for good, a call that allowed_calls.h does not list ends the
// process with SIGSYS. To be called once everything is open, all threads are made, and privileges
// are dropped: the process belongs to one user and gets no new privileges. Files can be opened to
// be written only where the work is to record; otherwise opening one fails with EACCES.
[[nodiscard]] capture::Result<void> allow_only_needed_calls(const Work& work);

}  // namespace tapstat::app
