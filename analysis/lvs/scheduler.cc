#include "analysis/lvs/scheduler.h"

namespace tapstat::analysis::lvs {
SchedulerGuess guess_scheduler(const ServiceHistory&) { return {}; }
std::string in_words(const SchedulerGuess&) { return "undetermined"; }
std::string_view name_of(Scheduler) { return ""; }
}  // namespace tapstat::analysis::lvs
