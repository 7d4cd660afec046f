// Sums over the connections of a report, shared by its text and JSON forms.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
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

// Sums over connections that come one by one.
class Talkers {
 public:
  // No more addresses than that are told apart: those that come later are left out.
  explicit Talkers(std::size_t most = std::numeric_limits<std::size_t>::max()) : most_(most) {}

  void add(const analysis::tcp::Connection& c);
  // Those with the most bytes sent and received over TCP, most first.
  [[nodiscard]] std::vector<Talker> top(std::size_t most) const;

 private:
  std::size_t most_;
  std::map<analysis::IpAddress, Talker> by_address_;
};

// Of the connections that are shown.
[[nodiscard]] std::vector<Talker> top_talkers(const Report& report, std::size_t most);

}  // namespace tapstat::report
