// What the dashboard shows at one moment: made where the packets are followed, and never changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tui/detail.h"
#include "tui/page.h"
#include "tui/playback.h"
#include "tui/table.h"

namespace tapstat::tui {

enum class View : std::uint8_t {
  connections,
  states,
  neighbors,
  trees,
  lvs,
  findings,
  talkers,
  detail,  // of one connection
  help,
};
// Those that have a tab.
inline constexpr int kTabs = 7;

// Parts of View::detail.
enum class Part : std::uint8_t { overview, ladder, graphs, record };
inline constexpr int kParts = 4;

// What is wanted of the next picture.
struct Request {
  View view = View::connections;
  std::size_t sorted = 0;  // a column of the table
  bool is_descending = false;
  bool with_gone = false;   // connections of which nothing is left at either end, for long
  std::string filter;       // as --where has it; empty for none
  std::uint64_t first = 0;  // row
  int rows = 0;             // so many
  int columns = 80;         // of the screen
  // View::detail: which part of which connection.
  std::optional<std::uint32_t> opened;
  Part part = Part::overview;
  friend bool operator==(const Request&, const Request&) = default;
};

struct Header {
  std::string source;  // interfaces or captures
  std::string clock;   // the packets' time
  double packets_a_second = 0;
  double bits_a_second = 0;
  std::uint64_t packets = 0;
  std::optional<std::uint64_t> dropped;  // by kernel and interface; nullopt: a capture does not say
  std::uint64_t connections = 0;
  std::uint64_t given_up = 0;  // of these, for lack of memory
  std::uint64_t memory = 0;    // bytes
};

// How many endpoints are in a state, and were in each of the last seconds, oldest first.
struct StateRow {
  std::string name;
  Look look = Look::plain;
  std::uint64_t client = 0;
  std::uint64_t server = 0;
  std::vector<std::uint64_t> history;
};

struct Picture {
  Request request;  // that it answers
  Header header;
  std::optional<Playback> playback;  // of a capture that is played
  bool has_past = false;             // a live session keeps what was, to be played
  Table table;                       // View::connections
  std::vector<StateRow> states;
  Page page;  // of the views that are one
  std::optional<Detail> detail;
  std::string problem;  // with what was asked for: a filter that is none
};

}  // namespace tapstat::tui
