// The fields of the records about connections that are forwarded.
#pragma once

#include "report/query/fields.h"

namespace tapstat::report::query {

extern const RecordFields kLvsService, kLvsPath, kNat;

}  // namespace tapstat::report::query
