// Exit statuses of the program; scripts rely on them.
#pragma once

namespace tapstat::app {

enum class ExitCode : int {
  done = 0,
  expectation_failed = 1,  // what could be read does not fulfil an --expect
  usage = 2,
  input_unreadable = 3,  // an input could not be opened, or none of it read
  input_damaged = 4,     // what could be read of it was reported
  output_failed = 5,
  no_permission = 6,  // to capture
};

}  // namespace tapstat::app
