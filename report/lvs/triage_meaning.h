// What the answers to an operator's questions come to, and where to look next.
#pragma once

#include <optional>
#include <string>

#include "report/lvs/triage.h"

namespace tapstat::report {

// Of a connection that nobody handed on.
struct Unforwarded {
  bool service_is_known = false;  // other connections to that address and port are handed on
  bool was_reset = false;
  bool was_answered = false;
  std::optional<std::string> complaint;  // an ICMP error about it
  bool is_out_of_servers = false;        // it says that the port is unreachable
};

// Fill in Triage::meaning and next.
void explain(Triage& triage);  // of a path
void explain_unforwarded(Triage& triage, const Unforwarded& facts);
void explain_absent(Triage& triage);

}  // namespace tapstat::report
