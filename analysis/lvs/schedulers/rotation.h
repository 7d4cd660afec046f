// Schedulers that go round the list of destinations, whatever these are doing: rr and wrr; and
// those that stay with one: dh (one virtual address is one key) and fo (ip_vs_rr.c, ip_vs_wrr.c,
// ip_vs_dh.c, ip_vs_fo.c).
#pragma once

#include "analysis/lvs/schedulers/explanation.h"
#include "analysis/lvs/schedulers/trial.h"

namespace tapstat::analysis::lvs {

// The next destination in the list.
[[nodiscard]] Explanation explain_by_rr(const Sample& sample);

// Passes over the list with a current weight that falls from the largest by their greatest common
// divisor; in a pass those whose weight is not below it: weights 4, 3, 2 give A A B A B C A B C.
[[nodiscard]] Explanation explain_by_wrr(const Sample& sample);

// The same destination as last time; a change is an event that needs a cause which is not seen.
[[nodiscard]] Explanation explain_by_staying(const Sample& sample);

}  // namespace tapstat::analysis::lvs
