// The interfaces there are to capture on.
#pragma once

#include <string>
#include <vector>

#include "capture/source.h"

namespace tapstat::capture {

struct Interface {
  std::string name;
  std::string description;             // empty for none
  std::vector<std::string> addresses;  // IPv4 and IPv6, as text
  bool is_up = false;
  bool is_running = false;
  bool is_loopback = false;
};

// Those that libpcap lists and that carry network traffic of this host, "any" among them; in its
// order, which puts the likeliest first.
[[nodiscard]] Result<std::vector<Interface>> list_interfaces();

}  // namespace tapstat::capture
