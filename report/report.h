// The views: what the engine worked out, as text for people and as JSON for programs.
//
// Records are those of docs/json.md: one object a line, the capture record first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/model.h"
#include "analysis/tcp/segment_log.h"
#include "capture/source.h"
#include "report/names.h"
#include "report/output.h"
#include "report/record_writer.h"
#include "report/standing.h"
#include "report/time_text.h"

namespace tapstat::report {

enum class View : std::uint8_t {
  report,
  tcp,
  states,
  transitions,
  events,
  ladder,
  findings,
  flows,
  arp,
  mac,
  stp,
  bpdus,
  lvs,
  nat,
};
enum class Format : std::uint8_t { text, json, csv, zeek, dot };

// Whether a view has that form.
[[nodiscard]] bool has_form(View view, Format format);

// What the records of a view are, but for the capture's.
enum class RecordType : std::uint8_t {
  tcp,
  state_count,
  transition,
  event,
  step,
  finding,
  flow,
  arp,
  mac,
  stp,
  bpdu,
  lvs_service,
  lvs_path,
  nat,
};

namespace query {
class RecordFilter;
}
class Forwarded;           // report/forwarded.h
class KernelTruth;         // report/kernel_truth.h
struct IpvsConfiguration;  // report/lvs/configuration.h
struct ClientChoice;       // report/lvs/triage.h
struct Transition;         // report/transitions.h

// What a view is made from. Borrowed, but for the settings.
struct Report {
  const analysis::Model& model;
  std::vector<const capture::InputInfo*> inputs;
  // What changed since this instant, instead of the tables: connections without a packet or a
  // change since are left out.
  std::optional<capture::Timestamp> from = std::nullopt;
  Zone zone = Zone::local;
  bool color = false;  // text may have ANSI colours
  // The tables as they stood then, told with all that came later: the model's journal is kept, and
  // its counters are those of that instant. Without it, the tables at the end of the input.
  std::optional<capture::Timestamp> at = std::nullopt;
  std::optional<std::chrono::nanoseconds> every = std::nullopt;  // View::states over time
  // View::ladder draws the connection of this log, which is one of the model's.
  const analysis::tcp::SegmentLog* log = nullptr;
  std::size_t width = 80;        // columns there are for text
  bool ascii = false;            // text is plain ASCII
  const Names* names = nullptr;  // nullptr: numbers only
  // Records of its type that it refuses are left out of the views, and of what they count.
  query::RecordFilter* where = nullptr;
  // What boxes between the ends make of connections; nullptr where nobody asked for it.
  const Forwarded* forwarded = nullptr;
  // Of View::lvs: what was to be, to be compared with what was seen; nullptr for nothing.
  const IpvsConfiguration* intended = nullptr;
  // The input is still being read: what is counted at its end is not known.
  bool is_underway = false;
  // Of View::lvs: the one client that it is about; nullptr for all.
  const ClientChoice* triage = nullptr;
  // Of connections that end here: what this host's kernel says; nullptr where nobody asked it.
  const KernelTruth* kernel = nullptr;

  // How end `i` of `c` stands; every view asks here.
  [[nodiscard]] Standing standing(const analysis::tcp::Connection& c, int i) const;
  // How it stood at `from`, which there is; nullopt: the connection had not begun.
  [[nodiscard]] std::optional<Standing> standing_before(const analysis::tcp::Connection& c,
                                                        int i) const;
  [[nodiscard]] analysis::tcp::ClosedBy closed_by(const analysis::tcp::Connection& c) const;
  // What came of it since `from`, which there is.
  [[nodiscard]] Change change(const analysis::tcp::Connection& c) const;

  // How many records were given up for lack of memory, of whatever kind.
  [[nodiscard]] std::uint64_t evicted() const;
  // How many packets were of legs that there was no room for.
  [[nodiscard]] std::uint64_t unkept_legs() const;

  // Whether `where` leaves a record of that type in.
  [[nodiscard]] bool keeps(RecordType type, const WriteRecord& write) const;
  [[nodiscard]] bool keeps(const analysis::tcp::Connection& c) const;
  [[nodiscard]] bool keeps(const Transition& t) const;

  // Calls `f(connection)` for each connection the views show, in the order of their ids.
  template <typename F>
  void for_each_connection(F&& f) const {
    for (const analysis::tcp::Connection& c : model.tcp.connections()) {
      if ((!from || change(c) != Change::none) && keeps(c)) f(c);
    }
  }
};

// How many records were given up, and what else memory did not do for, a line each; none where it
// did.
[[nodiscard]] std::vector<std::string> shortages(const Report& report);

// The same as comments of `format`'s; nothing where that has none, or a record of them.
void print_shortages(const Report& report, Format format, Output& out);

// The view has that form.
void print(const Report& report, View view, Format format, Output& out);

}  // namespace tapstat::report
