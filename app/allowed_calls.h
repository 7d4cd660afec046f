// What the system call filter lets through, and why.
#pragma once

#include <seccomp.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace tapstat::app {

struct AllowedCall {
  int call;              // SCMP_SYS(name)
  std::string_view why;  // for people: what needs it
  // On its arguments, all of which must hold; empty: with any.
  std::vector<scmp_arg_cmp> only_if = {};
  // What becomes of it: done, or SCMP_ACT_ERRNO for what may be asked and is never needed.
  std::uint32_t action = SCMP_ACT_ALLOW;
};

// What there is to do once all is open, beside reading captures and printing.
struct Work {
  bool captures = false;  // from interfaces; and processes are looked at, whose sockets these are
  bool records = false;   // a recording may go on in a next file
  bool names_output = false;  // a file gets its name when it is whole (-o)
};

[[nodiscard]] std::vector<AllowedCall> allowed_calls(const Work& work);

}  // namespace tapstat::app
