// Sums over the connections of a report, shared by its text and JSON forms.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/ip_address.h"
#include "analysis/tcp/state.h"
#include "report/report.h"

namespace tapstat::report {

struct StateCount {
  analysis::tcp::State state;
  std::uint64_t client = 0;
  std::uint64_t server = 0;
  // At Report::from, where there is one.
  std::uint64_t client_from = 0;
  std::uint64_t server_from = 0;
  [[nodiscard]] std::uint64_t total() const { return client + server; }
  [[nodiscard]] std::uint64_t total_from() const { return client_from + server_from; }
};

// One count a state, indexed by it.
using StateCounts = std::array<StateCount, analysis::tcp::kStateCount>;

[[nodiscard]] StateCounts no_states();

// The states that occur, most first.
[[nodiscard]] std::vector<StateCount> most_first(const StateCounts& counts);

// How many endpoints are in each state that occurs, most first; with Report::from also how many
// were. Of all connections there are, with a packet in between or not.
[[nodiscard]] std::vector<StateCount> count_states(const Report& report);

struct Talker {
  analysis::IpAddress address;
  std::uint64_t connections = 0;
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;  // wire bytes
  std::uint64_t bytes_received = 0;
};

// The addresses with the most bytes sent and received over TCP, most first.
[[nodiscard]] std::vector<Talker> top_talkers(const Report& report, std::size_t most);

}  // namespace tapstat::report
