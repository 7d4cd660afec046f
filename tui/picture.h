// What the dashboard shows at one moment: made where the packets are followed, and never changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tui/table.h"

namespace tapstat::tui {

enum class View : std::uint8_t { connections, states, help };

// What is wanted of the next picture.
struct Request {
  View view = View::connections;
  std::size_t sorted = 0;  // a column of the table
  bool is_descending = false;
  std::string filter;       // as --where has it; empty for none
  std::uint64_t first = 0;  // row
  int rows = 0;             // so many
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
  bool has_ended = false;      // nothing more comes
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
  Table table;
  std::vector<StateRow> states;
  std::string problem;  // with what was asked for: a filter that is none
};

}  // namespace tapstat::tui
