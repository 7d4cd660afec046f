#include "analysis/tcp/vantage.h"

namespace tapstat::analysis::tcp {

void Vantage::note(const IpAddress& client, Duration client_response, const IpAddress& server,
                   Duration server_response) {
  // Divided, because captures may date two packets centuries apart.
  const auto at_first = [](Duration a, Duration b) { return kFar <= b && a < b / kFarther; };
  vote(client, at_first(client_response, server_response));
  vote(server, at_first(server_response, client_response));
}

void Vantage::vote(const IpAddress& host, bool near) {
  any_near_ = any_near_ || near;
  const std::uint32_t hash = hash_(host);
  const auto is_it = [&](std::uint32_t i) { return hosts_[i].address == host; };
  std::uint32_t i = index_.find(hash, is_it);
  if (i == FlowIndex::kNone) {
    if (hosts_.size() >= kMostHosts) return;
    i = static_cast<std::uint32_t>(hosts_.size());
    hosts_.push_back({.address = host});
    index_.insert(hash, i);
  }
  ++(near ? hosts_[i].near : hosts_[i].far);
}

// A busy host answers late now and then; a far one never answers in no time.
bool Vantage::is_at(const IpAddress& host) const {
  if (!any_near_) return false;
  const std::uint32_t i =
      index_.find(hash_(host), [&](std::uint32_t j) { return hosts_[j].address == host; });
  return i != FlowIndex::kNone && hosts_[i].near > 4 * hosts_[i].far;
}

}  // namespace tapstat::analysis::tcp
