// Ctrl-C ends reading, not the program: what was read so far is reported.
#pragma once

namespace tapstat::app {

// From here on the first SIGINT, SIGTERM or SIGHUP (unless that was ignored: nohup) only sets
// interrupted(); a second one ends the program as usual. SIGUSR1 asks for counters. A read that
// waits for a pipe goes on waiting: in `tcpdump -w - | tapstat -r -` tcpdump gets the same Ctrl-C,
// and ends the pipe.
void catch_interrupts();

// Of a dashboard: the second one, too; and signals about the terminal are left to the thread that
// hear_of_the_terminal() is called on. Before any thread is made.
void catch_all_interrupts();
void hear_of_the_terminal();

[[nodiscard]] bool interrupted();
// As if the user had.
void interrupt();

// Whether SIGUSR1 came since somebody asked.
[[nodiscard]] bool counters_wanted();

}  // namespace tapstat::app
