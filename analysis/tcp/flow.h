// All there is of a connection that is folded up and does not close: its record, and how it began.
#pragma once

#include "analysis/tcp/flow_record.h"
#include "analysis/tcp/midstream.h"
#include "analysis/tcp/origin.h"

namespace tapstat::analysis::tcp {

// Side by side, in one page: a segment of a handshake would miss the TLB once more than others do.
struct Flow {
  // The beginning is made as the record comes to a stage that has one, and no memory that is not
  // asked for is touched until then.
  Flow() {}  // NOLINT(cppcoreguidelines-pro-type-member-init,modernize-use-equals-default)

  FlowRecord record;
  union {  // as record.is_midstream says
    Origin origin;
    Midstream midstream;
  };
};
static_assert(sizeof(Flow) == 256);

}  // namespace tapstat::analysis::tcp
