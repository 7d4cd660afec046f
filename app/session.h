// One run: inputs opened, frames through the engine, the view printed.
#pragma once

#include "app/exit_code.h"
#include "app/options.h"

namespace tapstat::app {

// Messages for people go to standard error, one line each.
[[nodiscard]] ExitCode run(Options options);

}  // namespace tapstat::app
