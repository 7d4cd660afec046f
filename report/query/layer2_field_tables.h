// The fields of the records about what lies below IP.
#pragma once

#include "report/query/fields.h"

namespace tapstat::report::query {

extern const RecordFields kArp, kMac, kStp, kBpdu;

}  // namespace tapstat::report::query
