// One connection as a ladder: the textbook picture of its segments between both ends' states.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "report/ladder_rows.h"
#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"
#include "report/time_text.h"

namespace tapstat::report {

struct LadderNames {
  std::uint32_t connection = 0;         // its id
  std::array<std::string, 2> endpoint;  // client, server: address and port
};

struct LadderStyle {
  std::size_t width = 80;  // columns of a terminal; never less than 80
  bool ascii = false;      // no other characters
  bool color = false;      // ANSI colours
  Zone zone = Zone::local;
};

// A line each: time since the first packet, state of the client where it changes, the segment as an
// arrow with its flags, numbers and what is notable, state of the server. No line is wider than the
// style says.
void draw_ladder(const LadderRows& ladder, const LadderNames& names, const LadderStyle& style,
                 Output& out);

// Calls `visit` with each row and what writes its `step` record (docs/json.md).
void for_each_step(
    const LadderRows& ladder, const LadderNames& names,
    const std::function<void(const LadderRow& row, const WriteRecord& write)>& visit);

// The view: the connection of Report::log, from Report::from to Report::at.
void print_ladder_text(const Report& report, Output& out);
void for_each_step(const Report& report, const std::function<void(const WriteRecord&)>& visit);

}  // namespace tapstat::report
