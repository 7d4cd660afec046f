#include "analysis/tcp/vantage.h"

namespace tapstat::analysis::tcp {

void Vantage::note(const IpAddress& client, Duration client_response, const IpAddress& server,
                   Duration server_response) {
  const auto at_first = [](Duration a, Duration b) { return kFar <= b && kFarther * a < b; };
  vote(client, at_first(client_response, server_response));
  vote(server, at_first(server_response, client_response));
}

void Vantage::vote(const IpAddress& host, bool near) {
  auto found = votes_.find(host);
  if (found == votes_.end()) {
    if (votes_.size() >= kMostHosts) return;
    found = votes_.emplace(host, Votes{}).first;
  }
  ++(near ? found->second.near : found->second.far);
}

// A busy host answers late now and then; a far one never answers in no time.
bool Vantage::is_at(const IpAddress& host) const {
  const auto found = votes_.find(host);
  return found != votes_.end() && found->second.near > 4 * found->second.far;
}

std::size_t Vantage::Hash::operator()(const IpAddress& host) const {
  __extension__ using Wide = unsigned __int128;
  const Wide product = Wide{host.low() ^ secret} * (host.high() ^ ~secret);
  return static_cast<std::size_t>(static_cast<std::uint64_t>(product) ^
                                  static_cast<std::uint64_t>(product >> 64));
}

}  // namespace tapstat::analysis::tcp
