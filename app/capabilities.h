// The capabilities of this thread (capabilities(7)), by the kernel's own calls.
#pragma once

#include "capture/source.h"

namespace tapstat::app {

// Whether `capability` (CAP_NET_RAW and so on) is effective: can be used now.
[[nodiscard]] bool has_capability(int capability);

// What execve(2) can ever give. Emptying it needs CAP_SETPCAP; without that it stays as it is.
[[nodiscard]] capture::Result<void> empty_bounding_set();

// Effective, permitted, inheritable and ambient.
[[nodiscard]] capture::Result<void> empty_capability_sets();

[[nodiscard]] bool has_no_capabilities();

}  // namespace tapstat::app
