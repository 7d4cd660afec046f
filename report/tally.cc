#include "report/tally.h"

#include <algorithm>
#include <array>
#include <map>

namespace tapstat::report {

using analysis::tcp::Connection;
using analysis::tcp::State;

std::vector<StateCount> count_states(const Report& report) {
  std::array<StateCount, analysis::tcp::kStateCount> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i].state = static_cast<State>(i);
  report.for_each_connection([&](const Connection& c) {
    ++counts[static_cast<std::size_t>(c.end(c.client()).state())].client;
    ++counts[static_cast<std::size_t>(c.end(c.server()).state())].server;
  });
  std::vector<StateCount> present;
  std::copy_if(counts.begin(), counts.end(), std::back_inserter(present),
               [](const StateCount& s) { return s.total() > 0; });
  std::stable_sort(present.begin(), present.end(),
                   [](const StateCount& a, const StateCount& b) { return a.total() > b.total(); });
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
