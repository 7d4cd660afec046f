#include "tests/analysis/tcp/removal.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tapstat::test {
namespace {

using analysis::Engine;
using analysis::tcp::Connection;
using analysis::tcp::State;
using analysis::tcp::Step;
using capture::Timestamp;
using Duration = std::chrono::nanoseconds;

[[nodiscard]] State class_of(State s) { return s == State::listen ? State::closed : s; }

// The state that an end was in at `t`, by the whole capture.
[[nodiscard]] State true_state(const Engine& whole, int end, Timestamp t) {
  const Step* const step = whole.model().tcp.journal().at(0, end, t);
  return step == nullptr ? State::closed : class_of(step->to);
}

// Whether the whole capture has that end in `s` at some instant from `first` to `last`. A state
// that it is not sure of itself forbids nothing.
[[nodiscard]] bool may_be_in(const Engine& whole, int end, State s, Timestamp first,
                             Timestamp last) {
  if (true_state(whole, end, first) == s) return true;
  const auto steps = whole.model().tcp.journal().steps(0, end);
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    const bool counts = first <= step.time && step.time <= last;
    return counts && (!step.sure || class_of(step.to) == s || class_of(step.from) == s);
  });
}

[[nodiscard]] Duration round_trip(const Engine& whole) {
  const Connection& c = whole.model().tcp.connections()[0];
  const Duration rtt = c.handshake().server_rtt().value_or(Duration{0}) +
                       c.handshake().client_rtt().value_or(Duration{0});
  return std::max<Duration>(rtt, std::chrono::milliseconds{1});
}

[[nodiscard]] Recording rest_of(const Recording& all, const std::vector<bool>& gone) {
  Recording rest;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!gone[i]) rest.push_back(all[i]);
  }
  return rest;
}

[[nodiscard]] std::string numbers_of(const std::vector<bool>& gone) {
  std::string numbers;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (gone[i]) numbers += " " + std::to_string(i + 1);
  }
  return numbers;
}

}  // namespace

Whole::Whole(Recording recording)
    : frames(std::move(recording)), engine(read_through(*source_of(frames))) {}

bool Whole::is_normal() const {
  const auto& connections = engine->model().tcp.connections();
  if (connections.size() != 1 || !connections[0].handshake().complete()) return false;
  const bool both_fins = connections[0].end(0).fin() && connections[0].end(1).fin();
  return both_fins && connections[0].closed_by() != analysis::tcp::ClosedBy::open;
}

std::string wrong_without(const Whole& truth, std::size_t packet) {
  std::vector<bool> gone(truth.frames.size());
  gone[packet] = true;
  return wrong_without(truth, gone);
}

std::string wrong_without(const Whole& truth, const std::vector<bool>& gone) {
  const Recording& all = truth.frames;
  const Engine& whole = *truth.engine;
  const auto engine = read_through(*source_of(rest_of(all, gone)));
  const auto& connections = engine->model().tcp.connections();
  if (connections.size() == 0) return "";
  const Duration rtt = round_trip(whole);
  std::string wrong;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_last = i + 1 == all.size();
    const Timestamp t = is_last ? all[i].time : all[i].time + (all[i + 1].time - all[i].time) / 2;
    // The remaining packets on either side of that instant.
    std::size_t before = i, after = std::min(i + 1, all.size() - 1);
    while (gone[before] && before > 0) --before;
    while (gone[after] && after + 1 < all.size()) ++after;
    const Timestamp first = std::min(t - rtt, all[before].time);
    const Timestamp last = std::max(t + rtt, all[after].time);
    for (int end = 0; end < 2; ++end) {
      const Step* const step = engine->model().tcp.journal().at(connections.size() - 1, end, t);
      if (step == nullptr || !step->sure) continue;
      if (may_be_in(whole, end, class_of(step->to), first, last)) continue;
      wrong += "after packet " + std::to_string(i + 1) + ": end " + std::to_string(end) +
               " is sure to be in " + std::string(name(step->to)) + ", and was in " +
               std::string(name(true_state(whole, end, t))) + "\n";
    }
  }
  return wrong.empty()
             ? ""
             : "without packets" + numbers_of(gone) + "\n" + wrong +
                   steps_of(*engine, connections.size() - 1) + "with them\n" + steps_of(whole, 0);
}

}  // namespace tapstat::test
