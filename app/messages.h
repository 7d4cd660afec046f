// What the program says on standard error, a line each.
#pragma once

#include <string_view>

#include "analysis/model.h"
#include "capture/source.h"

namespace tapstat::app {

void complain(std::string_view message);

// Says which inputs were damaged; whether any was.
[[nodiscard]] bool complain_of_damage(const capture::Source& source);

// What a user should know before trusting the output.
void print_warnings(const capture::Source& source, const analysis::Totals& totals);

// An input of whose packets not one can be decoded is as good as not read.
[[nodiscard]] bool is_all_unknown(const capture::InputInfo& input);

}  // namespace tapstat::app
