// What the user asked for, from the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "analysis/tcp/segment_log.h"
#include "analysis/tcp/timers.h"
#include "app/exit_code.h"
#include "app/record_query.h"
#include "capture/live_capture.h"
#include "capture/recorder_settings.h"
#include "decode/client_address.h"
#include "report/lvs/configuration.h"
#include "report/lvs/triage.h"
#include "report/report.h"
#include "report/time_argument.h"

namespace tapstat::app {

enum class Color : std::uint8_t { automatic, always, never };

// Of Options::memory, in bytes.
inline constexpr std::size_t kLeastMemory = std::size_t{64} << 20;

struct Options {
  report::View view = report::View::report;
  bool is_dashboard = false;  // the view top, instead
  report::Format format = report::Format::text;
  // One of these is empty, and the other is not.
  std::vector<std::string> inputs;
  std::vector<std::string> interfaces;
  capture::LiveSettings live;  // but for the filter
  std::optional<capture::RecorderSettings> recording;
  std::optional<std::string> user;  // whom the run becomes
  std::string filter;               // a BPF expression; empty for none
  std::optional<std::string> output;
  std::optional<report::TimeArgument> at, from, to;
  std::optional<std::chrono::nanoseconds> every;  // of the view states
  analysis::tcp::ConnectionChoice connection;     // of the view ladder
  RecordQuery query;
  std::optional<report::ClientChoice> triage;         // of the view lvs
  std::optional<report::IpvsConfiguration> intended;  // likewise
  std::optional<std::uint64_t> most_packets;
  unsigned jobs = 1;                  // threads
  std::optional<std::size_t> memory;  // bytes; nullopt: a quarter of the machine's
  analysis::tcp::Timers timers = analysis::tcp::kLinuxTimers;
  report::Zone zone = report::Zone::local;
  Color color = Color::automatic;  // automatic: on a terminal, unless NO_COLOR is set
  bool ascii = false;              // whatever the locale
  decode::ToaKinds toa_kinds{};    // of TCP options that name clients
  // Printed while the input is read: connections of the view tcp as they end, transitions.
  bool stream = false;
  bool checksums = false;      // verified, and packets with a bad one left out
  bool names = false;          // of hosts, services and vendors
  bool line_buffered = false;  // what is printed goes out line by line
  bool quiet = false;
  bool follow = false;  // the one capture, as it grows

  [[nodiscard]] bool is_live() const { return !interfaces.empty(); }
};

// The program ends here: `text` goes to standard output when all is well (--help), else to standard
// error.
struct Leave {
  ExitCode code;
  std::string text;
};

[[nodiscard]] tl::expected<Options, Leave> parse_options(int argc, const char* const* argv);

}  // namespace tapstat::app
