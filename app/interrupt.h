// Ctrl-C ends reading, not the program: what was read so far is reported.
#pragma once

namespace tapstat::app {

// From here on the first SIGINT or SIGTERM only sets interrupted(); a second one ends the program
// as usual. A read that waits for a pipe goes on waiting: in `tcpdump -w - | tapstat -r -` tcpdump
// gets the same Ctrl-C, and ends the pipe.
void catch_interrupts();

[[nodiscard]] bool interrupted();

}  // namespace tapstat::app
