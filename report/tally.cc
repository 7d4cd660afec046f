#include "report/tally.h"

#include <algorithm>
#include <map>
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

std::vector<Talker> top_talkers(const Report& report, std::size_t most) {
  std::map<analysis::IpAddress, Talker> by_address;
  report.for_each_connection([&](const Connection& c) {
    for (int i = 0; i < 2; ++i) {
      Talker& talker = by_address[c.key().address[i]];
      ++talker.connections;
      talker.packets_sent += c.traffic(i).packets;
      talker.bytes_sent += c.traffic(i).wire_bytes;
      talker.bytes_received += c.traffic(1 - i).wire_bytes;
    }
  });
  std::vector<Talker> talkers;
  for (auto& [address, talker] : by_address) {
    talker.address = address;
    talkers.push_back(talker);
  }
  const auto top = talkers.begin() + static_cast<std::ptrdiff_t>(std::min(most, talkers.size()));
  const auto bytes = [](const Talker& t) { return t.bytes_sent + t.bytes_received; };
  std::partial_sort(talkers.begin(), top, talkers.end(), [&](const Talker& a, const Talker& b) {
    return bytes(a) != bytes(b) ? bytes(a) > bytes(b) : a.address < b.address;
  });
  talkers.erase(top, talkers.end());
  return talkers;
}

}  // namespace tapstat::report
