// What the program says on standard error, a line each.
#pragma once

#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "analysis/model.h"
#include "app/exit_code.h"
#include "capture/source.h"
#include "report/kernel_comparison.h"

namespace tapstat::app {

using InputInfos = std::span<const capture::InputInfo* const>;

void complain(std::string_view message);

// The code to leave with, once the message is out.
[[nodiscard]] tl::unexpected<ExitCode> leave(ExitCode code, std::string_view message);

// Says which inputs were damaged; whether any was.
[[nodiscard]] bool complain_of_damage(InputInfos inputs);

// What a user should know before trusting the output.
void print_warnings(InputInfos inputs, const analysis::Totals& totals);

// That capturing begins, and where.
void announce(InputInfos inputs);

// What was captured and what was lost on the way, as tcpdump says it when it ends; `not_written`:
// of a recording.
void print_counters(InputInfos inputs, std::uint64_t not_written);
// Of captures that are followed.
void print_packets_read(InputInfos inputs);
// How the states agree with those of this host's kernel, where any could be compared.
void print_comparison(const report::Comparison& comparison);

// An input of whose packets not one can be decoded is as good as not read.
[[nodiscard]] bool is_all_unknown(const capture::InputInfo& input);

}  // namespace tapstat::app
