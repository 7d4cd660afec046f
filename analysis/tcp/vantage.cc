#include "analysis/tcp/vantage.h"

namespace tapstat::analysis::tcp {

std::array<Vantage::Vote, 2> Vantage::votes_of(const Handshake& h) {
  // Divided, because captures may date two packets centuries apart.
  const auto at_first = [](Duration a, Duration b) { return kFar <= b && a < b / kFarther; };
  return {Vote{h.client, at_first(h.client_response, h.server_response)},
          Vote{h.server, at_first(h.server_response, h.client_response)}};
}

void Vantage::note(const Handshake& handshake) {
  for (const Vote& vote : votes_of(handshake)) count(vote);
}

void Vantage::count(const Vote& vote) {
  any_near_ = any_near_ || vote.near;
  const std::uint32_t hash = hash_(vote.host);
  const auto is_it = [&](std::uint32_t i) { return hosts_[i].address == vote.host; };
  std::uint32_t i = index_.find(hash, is_it);
  if (i == FlowIndex::kNone) {
    if (hosts_.size() >= kMostHosts) return;
    i = static_cast<std::uint32_t>(hosts_.size());
    hosts_.push_back({.address = vote.host});
    index_.insert(hash, i);
  }
  ++(vote.near ? hosts_[i].near : hosts_[i].far);
}

bool Vantage::is_at(const IpAddress& host, const Handshake& own) const {
  std::uint32_t near = 0, far = 0;
  for (const Vote& vote : votes_of(own)) {
    if (vote.host == host) ++(vote.near ? near : far);
  }
  return judge(host, near, far);
}

// A busy host answers late now and then; a far one never answers in no time.
bool Vantage::judge(const IpAddress& host, std::uint32_t near, std::uint32_t far) const {
  if (!any_near_ && near == 0) return false;
  const std::uint32_t i =
      index_.find(hash_(host), [&](std::uint32_t j) { return hosts_[j].address == host; });
  if (i != FlowIndex::kNone) {
    near += hosts_[i].near;
    far += hosts_[i].far;
  } else if (hosts_.size() >= kMostHosts) {
    return false;
  }
  return near > 4 * far;
}

}  // namespace tapstat::analysis::tcp
