// How a check ends the program that a fuzzer or a parent watches.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace tapstat::test {

// An invariant does not hold.
[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "not as it should be: %s\n", what.c_str());
  std::abort();
}

}  // namespace tapstat::test
