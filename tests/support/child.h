// What a process cannot undo is tried in a child of the test.
#pragma once

#include <functional>
#include <string>

namespace tapstat::test {

struct ChildOutcome {
  std::string said;
  int code = -1;   // of exit; -1 where a signal ended it
  int signal = 0;  // which
};

// Runs `act` in a child; what it returns is what the child said before it left with code 0. An
// exec'd program says what it prints.
[[nodiscard]] ChildOutcome in_child(const std::function<std::string()>& act);

// A line of a /proc/PID/status, without its name: "Uid", "CapEff" and so on.
[[nodiscard]] std::string field_of(const std::string& status, const std::string& name);

}  // namespace tapstat::test
