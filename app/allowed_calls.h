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

// What a capturing tapstat does once all is open; and, where it opens files (a recording that goes
// on in a next one), what that takes.
[[nodiscard]] std::vector<AllowedCall> allowed_calls(bool opens_files);

}  // namespace tapstat::app
