#include "report/tally.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "report/records.h"

namespace tapstat::report {

using analysis::tcp::Connection;
using analysis::tcp::State;

StateCounts no_states() {
  StateCounts counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i].state = static_cast<State>(i);
  return counts;
}

std::vector<StateCount> most_first(const StateCounts& counts) {
  std::vector<StateCount> present;
  std::copy_if(counts.begin(), counts.end(), std::back_inserter(present),
               [](const StateCount& s) { return s.total() + s.total_from() > 0; });
  std::stable_sort(present.begin(), present.end(),
                   [](const StateCount& a, const StateCount& b) { return a.total() > b.total(); });
  return present;
}

std::vector<StateCount> count_states(const Report& report) {
  StateCounts counts = no_states();
  const auto count_of = [&](const Standing& s) -> StateCount& {
    return counts[static_cast<std::size_t>(s.state)];
  };
  // Most need no Connection for that, where nothing but how they stand at the end is asked.
  const bool is_plain = !report.at && !report.from && report.where == nullptr;
  const auto connections = report.model.tcp.connections();
  for (std::uint32_t id = 0; id < connections.size(); ++id) {
    if (is_plain) connections.look_ahead(id);
    if (!connections.has(id)) continue;
    if (const auto known = is_plain ? connections.plain(id) : std::nullopt) {
      const auto client = static_cast<std::size_t>(known->client);
      ++counts[static_cast<std::size_t>(known->states[client])].client;
      ++counts[static_cast<std::size_t>(known->states[1 - client])].server;
      continue;
    }
    const Connection& c = connections[id];
    if (!report.keeps(c)) continue;
    ++count_of(report.standing(c, c.client())).client;
    ++count_of(report.standing(c, c.server())).server;
    if (!report.from) continue;
    if (const auto s = report.standing_before(c, c.client())) ++count_of(*s).client_from;
    if (const auto s = report.standing_before(c, c.server())) ++count_of(*s).server_from;
  }
  std::vector<StateCount> present = most_first(counts);
  std::erase_if(present, [&](const StateCount& count) {
    return !report.keeps(RecordType::state_count,
                         [&](RecordWriter& json) { write_state_count(report, count, json); });
  });
  return present;
}

void Talkers::add(const Connection& c) {
  for (int i = 0; i < 2; ++i) {
    const bool is_full = by_address_.size() >= most_;
    if (is_full && !by_address_.contains(c.key().address[i])) continue;
    Talker& talker = by_address_[c.key().address[i]];
    talker.address = c.key().address[i];
    ++talker.connections;
    talker.packets_sent += c.traffic(i).packets;
    talker.bytes_sent += c.traffic(i).wire_bytes;
    talker.bytes_received += c.traffic(1 - i).wire_bytes;
  }
}

std::vector<Talker> Talkers::top(std::size_t most) const {
  std::vector<Talker> talkers(std::min(most, by_address_.size()));
  const auto bytes = [](const Talker& t) { return t.bytes_sent + t.bytes_received; };
  std::vector<Talker> all;
  all.reserve(by_address_.size());
  std::transform(by_address_.begin(), by_address_.end(), std::back_inserter(all),
                 [](const auto& entry) { return entry.second; });
  std::partial_sort_copy(all.begin(), all.end(), talkers.begin(), talkers.end(),
                         [&](const Talker& a, const Talker& b) {
                           return bytes(a) != bytes(b) ? bytes(a) > bytes(b)
                                                       : a.address < b.address;
                         });
  return talkers;
}

std::vector<Talker> top_talkers(const Report& report, std::size_t most) {
  Talkers talkers;
  report.for_each_connection([&](const Connection& c) { talkers.add(c); });
  return talkers.top(most);
}

}  // namespace tapstat::report
