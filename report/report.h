// The views: what the engine worked out, as text for people and as JSON for programs.
//
// Records are those of docs/json.md: one object a line, the capture record first.
#pragma once

#include <optional>
#include <vector>

#include "analysis/model.h"
#include "capture/source.h"
#include "report/output.h"
#include "report/time_text.h"

namespace tapstat::report {

enum class View : std::uint8_t { report, tcp, states };
enum class Format : std::uint8_t { text, json };

// What a view is made from. Borrowed, but for the settings.
struct Report {
  const analysis::Model& model;
  std::vector<const capture::InputInfo*> inputs;
  std::optional<capture::Timestamp> from;  // leave out connections without a packet since
  Zone zone = Zone::local;
  bool color = false;  // text may have ANSI colours

  // Calls `f(connection)` for each connection the views show, in the order of their ids.
  template <typename F>
  void for_each_connection(F&& f) const {
    const auto& connections = model.tcp.connections();
    for (std::uint32_t i = 0; i < connections.size(); ++i) {
      if (!from || *from <= connections[i].last()) f(connections[i]);
    }
  }
};

void print(const Report& report, View view, Format format, Output& out);

}  // namespace tapstat::report
