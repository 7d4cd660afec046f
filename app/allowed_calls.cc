#include "app/allowed_calls.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

#if defined(__SANITIZE_ADDRESS__)
#define TAPSTAT_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TAPSTAT_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef TAPSTAT_ADDRESS_SANITIZER
#define TAPSTAT_ADDRESS_SANITIZER 0
#endif

namespace tapstat::app {
namespace {

using Calls = std::vector<AllowedCall>;

void append(Calls& calls, const Calls& more) {
  calls.insert(calls.end(), more.begin(), more.end());
}

[[nodiscard]] scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_EQ, value, 0};
}

[[nodiscard]] scmp_arg_cmp lacks(unsigned argument, std::uint64_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, 0};
}

// On what is open already. A file that is opened anew is not in here.
[[nodiscard]] Calls on_descriptors() {
  return {
      {SCMP_SYS(read), "the terminal, pipes, wake-ups of libpcap"},
      {SCMP_SYS(readv), "captures that are read"},
      {SCMP_SYS(pread64), "captures that are read, counters below /sys held open"},
      {SCMP_SYS(write), "output, recordings"},
      {SCMP_SYS(writev), "output, recordings"},
      {SCMP_SYS(lseek), "stdio, when a file is closed"},
      {SCMP_SYS(close), "what ends"},
      {SCMP_SYS(fstat), "stdio: how to buffer a stream"},
      // By path too, which tells what is there and not what is in it.
      {SCMP_SYS(newfstatat), "stdio: how to buffer a stream"},
      {SCMP_SYS(fcntl), "stdio: how a stream was opened", {equals(1, F_GETFL)}},
      {SCMP_SYS(fcntl), "libpcap: not to wait, emptying a socket", {equals(1, F_SETFL)}},
      {SCMP_SYS(fadvise64), "a capture that is read again"},
  };
}

[[nodiscard]] Calls to_wait() {
  return {
      {SCMP_SYS(poll), "packets and keys"},
      {SCMP_SYS(ppoll), "packets and keys"},
      {SCMP_SYS(select), "keys"},
      {SCMP_SYS(pselect6), "keys"},
      {SCMP_SYS(nanosleep), "pauses"},
      {SCMP_SYS(clock_nanosleep), "pauses"},
      {SCMP_SYS(restart_syscall), "a wait that was stopped (Ctrl-Z) and goes on"},
      // Asked of the kernel only where the vDSO has no clock it can read.
      {SCMP_SYS(clock_gettime), "the time"},
      {SCMP_SYS(gettimeofday), "the time"},
  };
}

// No call sends to an address, and none connects: what was captured leaves by no socket. Packet
// sockets are bound anew when their interface comes back.
[[nodiscard]] Calls on_sockets() {
  return {
      {SCMP_SYS(recvfrom), "packets"},
      {SCMP_SYS(recvmsg), "packets"},
      {SCMP_SYS(bind), "an interface that came back"},
      {SCMP_SYS(getsockname), "libpcap: whether the interface still exists"},
      {SCMP_SYS(getsockopt), "drop counters, pending errors"},
      {SCMP_SYS(setsockopt), "filters", {equals(1, SOL_SOCKET)}},
      {SCMP_SYS(setsockopt), "ring buffers, promiscuous mode", {equals(1, SOL_PACKET)}},
      // if_nametoindex(3) asks through one; it reaches nobody without connect and sendto.
      {SCMP_SYS(socket),
       "names of interfaces",
       {equals(0, AF_UNIX), equals(1, SOCK_DGRAM | SOCK_CLOEXEC), equals(2, 0)}},
  };
}

// The request is checked: some others are dangerous (TIOCSTI types into the user's shell).
[[nodiscard]] Calls to_ask(const char* why, std::initializer_list<std::uint64_t> requests) {
  Calls calls;
  for (const std::uint64_t request : requests) {
    calls.push_back({SCMP_SYS(ioctl), why, {equals(1, request)}});
  }
  return calls;
}

[[nodiscard]] Calls on_interfaces() {
  return to_ask("state of an interface", {SIOCGIFINDEX, SIOCGIFNAME, SIOCGIFFLAGS, SIOCGIFMTU});
}

[[nodiscard]] Calls on_the_terminal() {
  return to_ask("the terminal and its size",
                {TIOCGWINSZ, TIOCGPGRP, TCGETS, TCSETS, TCSETSW, TCSETSF, TCFLSH});
}

// Nothing becomes executable that is not: new code cannot be brought in.
[[nodiscard]] Calls of_memory() {
  return {
      {SCMP_SYS(mmap), "memory, ring buffers", {lacks(2, PROT_EXEC)}},
      {SCMP_SYS(mprotect), "memory of threads", {lacks(2, PROT_EXEC)}},
      {SCMP_SYS(munmap), "memory"},
      {SCMP_SYS(mremap), "memory that grows"},
      {SCMP_SYS(madvise), "memory that is given back"},
      {SCMP_SYS(brk), "memory"},
  };
}

// Threads are made before; they wait for each other, and end.
[[nodiscard]] Calls of_threads() {
  return {
      {SCMP_SYS(futex), "waiting for a thread"},
      {SCMP_SYS(sched_yield), "letting another thread run"},
      {SCMP_SYS(set_robust_list), "a thread that begins while the filter is set"},
      {SCMP_SYS(rseq), "a thread that begins while the filter is set"},
      {SCMP_SYS(sched_getaffinity), "malloc: how many arenas to make"},
      {SCMP_SYS(sysinfo), "qsort: whether memory is short"},
      {SCMP_SYS(getrandom), "keys of hash tables"},
  };
}

// Signals go to this process only.
[[nodiscard]] Calls of_signals() {
  const auto self = static_cast<std::uint64_t>(getpid());
  return {
      {SCMP_SYS(rt_sigaction), "Ctrl-C, Ctrl-Z, a terminal's new size"},
      {SCMP_SYS(rt_sigprocmask), "Ctrl-Z, abort"},
      {SCMP_SYS(rt_sigreturn), "end of a signal's handler"},
      {SCMP_SYS(sigaltstack), "a handler's stack"},
      {SCMP_SYS(getpid), "abort, Ctrl-Z"},
      {SCMP_SYS(getpgrp), "Ctrl-Z: whether it is in the foreground"},
      {SCMP_SYS(gettid), "abort"},
      {SCMP_SYS(tgkill), "abort", {equals(0, self)}},
      {SCMP_SYS(kill), "Ctrl-Z: curses stops itself", {equals(0, self)}},
      {SCMP_SYS(exit), "end of a thread"},
      {SCMP_SYS(exit_group), "the end"},
  };
}

// A recording that goes on in a next file. Which files, only the user's permissions say.
[[nodiscard]] Calls to_open_files() {
  return {
      {SCMP_SYS(openat), "the next file of a recording"},
      {SCMP_SYS(fcntl), "one that is open already", {equals(1, F_DUPFD_CLOEXEC)}},
      {SCMP_SYS(fallocate), "its space"},
      {SCMP_SYS(ftruncate), "the space it did not take"},
  };
}

// A file takes its name when it is complete; one that is not is taken away.
[[nodiscard]] Calls to_name_files() {
  return {
      {SCMP_SYS(fsync), "a file that is complete"},
      {SCMP_SYS(fdatasync), "a file that is complete"},
      {SCMP_SYS(rename), "a file that is complete"},
      {SCMP_SYS(renameat), "a file that is complete"},
      {SCMP_SYS(renameat2), "a file that is complete"},
      {SCMP_SYS(unlink), "a file that is not"},
      {SCMP_SYS(unlinkat), "a file that is not"},
  };
}

// Which process has a socket is told by /proc (ss -p): what this user may read there.
[[nodiscard]] Calls to_look_at_processes() {
  return {
      {SCMP_SYS(getdents64), "processes, and their files"},
      {SCMP_SYS(readlinkat), "which of these are sockets"},
  };
}

// No file is changed. Libraries, too, open some of their own accord and do without where they
// cannot (malloc in threads: /proc/sys/vm/overcommit_memory): to end the program for that would be
// wrong.
[[nodiscard]] Calls to_read_files() {
  constexpr std::uint64_t kWays[] = {O_WRONLY, O_RDWR};
  Calls calls = {{SCMP_SYS(openat),
                  "captures, processes, and what libraries can do without",
                  {lacks(2, O_ACCMODE | O_CREAT | O_TRUNC)}}};
  for (const std::uint64_t way : kWays) {
    const scmp_arg_cmp writes{2, SCMP_CMP_MASKED_EQ, O_ACCMODE, way};
    calls.push_back({SCMP_SYS(openat), "nothing", {writes}, SCMP_ACT_ERRNO(EACCES)});
  }
  return calls;
}

// Builds for tests only: the symbols of an error's report, and the leak check at exit, which stops
// all threads from a process of its own and reads /proc. (clang's runs llvm-symbolizer, which stays
// forbidden: its reports end at the first address.)
[[nodiscard]] Calls of_sanitizer() {
  return {
      {SCMP_SYS(openat), "AddressSanitizer: maps of memory, symbols"},
      {SCMP_SYS(open), "AddressSanitizer: maps of memory"},
      {SCMP_SYS(stat), "AddressSanitizer: symbols"},
      {SCMP_SYS(readlink), "AddressSanitizer: symbols"},
      {SCMP_SYS(fcntl), "AddressSanitizer: symbols", {equals(1, F_SETFD)}},
      {SCMP_SYS(pipe2), "UndefinedBehaviorSanitizer: whether an object can be read"},
      {SCMP_SYS(clone), "LeakSanitizer: the process that looks"},
      {SCMP_SYS(prctl), "LeakSanitizer: may be looked at"},
      {SCMP_SYS(ptrace), "LeakSanitizer: looks"},
      {SCMP_SYS(wait4), "LeakSanitizer: until it has looked"},
      {SCMP_SYS(getppid), "LeakSanitizer: at what"},
      {SCMP_SYS(getdents), "LeakSanitizer: at which threads"},
  };
}

}  // namespace

std::vector<AllowedCall> allowed_calls(const Work& work) {
  Calls calls;
  for (const auto group :
       {on_descriptors, to_wait, on_the_terminal, of_memory, of_threads, of_signals}) {
    append(calls, group());
  }
  if (work.captures) {
    for (const auto group : {on_sockets, on_interfaces, to_look_at_processes}) {
      append(calls, group());
    }
  }
  if (work.records) append(calls, to_open_files());
  if (work.records || work.names_output) append(calls, to_name_files());
  if (TAPSTAT_ADDRESS_SANITIZER != 0) append(calls, of_sanitizer());
  if (!work.records && TAPSTAT_ADDRESS_SANITIZER == 0) append(calls, to_read_files());
  return calls;
}

}  // namespace tapstat::app
