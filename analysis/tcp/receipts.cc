#include "analysis/tcp/receipts.h"

#include <algorithm>

namespace tapstat::analysis::tcp {

Receipt* Receipts::find(Event event) {
  Receipt* const found =
      std::find_if(begin(), end(), [&](const Receipt& r) { return r.event == event; });
  return found == end() ? nullptr : found;
}

void Receipts::add(const Receipt& receipt) {
  if (count_ < kMost) list_[static_cast<std::size_t>(count_++)] = receipt;
}

}  // namespace tapstat::analysis::tcp
