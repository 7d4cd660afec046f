// What the keys and the commands are.
#pragma once

#include "tui/page.h"

namespace tapstat::tui {

[[nodiscard]] Page help_page();

}  // namespace tapstat::tui
