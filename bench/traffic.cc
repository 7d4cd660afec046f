#include "bench/traffic.h"

#include <utility>

namespace tapstat::bench {
namespace {

// Of connections that wait for a timer, before the link falls silent until one of them goes on.
constexpr int kMostDraws = 8;

}  // namespace

Traffic::Traffic(const TrafficOptions& options)
    : options_(options), random_(options.seed), clock_(options.rate), population_(options.mixture) {
  flows_.reserve(options.flows);
  while (flows_.size() < options.flows && more()) {
    Plan plan = population_.next(random_);
    plan.established = random_.percent(options.established);
    flows_.emplace_back(plan, random_);
  }
}

std::optional<Packet> Traffic::next() {
  clock_.tick(random_);
  bool seen = false;
  Packet packet;
  while (!seen && !flows_.empty()) {
    Connection& connection = draw();
    SegmentFields segment;
    seen = connection.step(options_.path, clock_.now(), random_, segment);
    if (seen) packet = {clock_.now(), writer_.write(segment)};
    if (connection.done()) retire(connection);
  }
  if (!seen) return std::nullopt;
  return packet;
}

bool Traffic::more() const {
  return options_.connections == 0 || population_.size() < options_.connections;
}

Connection& Traffic::draw() {
  for (int draws = 1;; ++draws) {
    Connection& drawn = flows_[random_.below(static_cast<std::uint32_t>(flows_.size()))];
    if (drawn.not_before() <= clock_.now()) return drawn;
    if (draws < kMostDraws) continue;
    clock_.wait_until(drawn.not_before());
    return drawn;
  }
}

void Traffic::retire(Connection& connection) {
  if (more()) {
    connection = Connection(population_.next(random_), random_);
    return;
  }
  std::swap(connection, flows_.back());
  flows_.pop_back();
}

}  // namespace tapstat::bench
