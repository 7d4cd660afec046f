#include "analysis/tcp/vantage.h"

namespace tapstat::analysis::tcp {

void Vantage::note(std::uint16_t input, const IpAddress& client, Duration client_response,
                   const IpAddress& server, Duration server_response) {
  const auto at_first = [](Duration a, Duration b) { return kFar <= b && kFarther * a < b; };
  vote(input, client, at_first(client_response, server_response));
  vote(input, server, at_first(server_response, client_response));
}

void Vantage::vote(std::uint16_t input, const IpAddress& host, bool near) {
  const Point point{input, host};
  auto found = votes_.find(point);
  if (found == votes_.end()) {
    if (votes_.size() >= kMostHosts) return;
    found = votes_.emplace(point, Votes{}).first;
  }
  ++(near ? found->second.near : found->second.far);
}

// A busy host answers late now and then; a far one never answers in no time.
bool Vantage::is_at(std::uint16_t input, const IpAddress& host) const {
  const auto found = votes_.find({input, host});
  return found != votes_.end() && found->second.near > 4 * found->second.far;
}

std::size_t Vantage::Hash::operator()(const Point& p) const {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{p.host.low() ^ secret} * (p.host.high() ^ ~secret ^ p.input);
  return static_cast<std::size_t>(static_cast<std::uint64_t>(product) ^
                                  static_cast<std::uint64_t>(product >> 64));
}

}  // namespace tapstat::analysis::tcp
