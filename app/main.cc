#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "app/capture_program.h"
#include "app/options.h"
#include "app/session.h"

int main(int argc, char** argv) {
  using tapstat::app::ExitCode;
  auto options = tapstat::app::parse_options(argc, argv);
  if (!options) {
    const auto& leave = options.error();
    fmt::print(leave.code == ExitCode::done ? stdout : stderr, "{}", leave.text);
    return static_cast<int>(leave.code);
  }
  if (options->is_live()) tapstat::app::become_capture_program(argv);
  return static_cast<int>(tapstat::app::run(std::move(*options)));
}
