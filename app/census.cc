#include "app/census.h"

#include <utility>

#include "app/connection_rows.h"

namespace tapstat::app {
namespace {

using analysis::tcp::Connection;

void count(report::StateCounts& counts, analysis::tcp::State client, analysis::tcp::State server) {
  ++counts[static_cast<std::size_t>(client)].client;
  ++counts[static_cast<std::size_t>(server)].server;
}

}  // namespace

void Census::begin(const Criteria& criteria) {
  if (criteria.filter != parsed_) {
    parsed_ = criteria.filter;
    filter_.reset();
    problem_.clear();
    auto filter = report::query::RecordFilter::parse(parsed_, report::RecordType::tcp);
    if (filter) filter_ = std::move(*filter);
    if (!filter && !parsed_.empty()) problem_ = filter.error().message;
  }
  result_ = {};
  result_.of = criteria;
  result_.problem = problem_;
  next_ = 0;
  is_under_way_ = true;
}

// The clock is asked now and then: to look at one takes about as long.
bool Census::go_on(report::Report report, capture::Timestamp packet_time, Clock::duration budget) {
  constexpr int kAtOnce = 64;
  const auto begun = Clock::now();
  if (filter_) {
    filter_->start(report::query::clock_of(report));
    report.where = filter_.get();
  }
  const std::uint32_t size = report.model.tcp.connections().size();
  auto now = begun;
  do {
    for (int i = 0; i < kAtOnce && next_ < size; ++i) look_at(report, next_++, packet_time);
    now = Clock::now();
  } while (next_ < size && now < begun + budget);
  result_.cost += now - begun;
  is_under_way_ = next_ < size;
  return !is_under_way_;
}

Census::Result Census::take() {
  Result taken = std::move(result_);
  result_ = {};
  result_.of = taken.of;
  return taken;
}

void Census::look_at(const report::Report& report, std::uint32_t id,
                     capture::Timestamp packet_time) {
  const auto connections = report.model.tcp.connections();
  connections.look_ahead(id);
  if (!connections.has(id)) return;
  ++result_.connections;
  if (look_quickly(report, id, packet_time)) return;
  const Connection c = connections[id];
  count(result_.counts, c.end(c.client()).state(), c.end(c.server()).state());
  if (result_.of.talkers) result_.talkers.add(c);
  if (!result_.of.with_gone && is_long_gone(report, c, packet_time)) return;
  if (report.keeps(c)) result_.entries.push_back({key_of(report, c, result_.of.sorted), id});
}

// Most need no Connection, a copy of all that is known of one, where their order needs none.
// Whether it was one of these.
bool Census::look_quickly(const report::Report& report, std::uint32_t id,
                          capture::Timestamp packet_time) {
  if (filter_ || result_.of.talkers) return false;
  const auto connections = report.model.tcp.connections();
  const auto plain = connections.plain(id);
  if (!plain) return false;
  const auto last = connections.last(id);
  const auto gone = is_long_gone(*plain, last, packet_time);
  const auto key = key_of(id, *plain, last, result_.of.sorted);
  if ((!gone && !result_.of.with_gone) || !key) return false;
  const auto client = static_cast<std::size_t>(plain->client);
  count(result_.counts, plain->states[client], plain->states[1 - client]);
  if (result_.of.with_gone || !*gone) result_.entries.push_back({*key, id});
  return true;
}

}  // namespace tapstat::app
