#include "analysis/tcp/vantage.h"

#include <utility>

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
  std::size_t i = find(vote.host, hash);
  if (!hosts_[i].is_known) {
    if (count_ >= kMostHosts) return;
    if (++count_ * 2 > hosts_.size()) {
      grow();
      i = find(vote.host, hash);
    }
    hosts_[i] = {.address = vote.host, .hash = hash, .is_known = true};
  }
  ++(vote.near ? hosts_[i].near : hosts_[i].far);
}

std::size_t Vantage::find(const IpAddress& address, std::uint32_t hash) const {
  std::size_t i = home(hash);
  while (hosts_[i].is_known && hosts_[i].address != address) i = (i + 1) & (hosts_.size() - 1);
  return i;
}

void Vantage::grow() {
  const auto old = std::exchange(hosts_, decltype(hosts_)(2 * hosts_.size()));
  for (const Host& host : old) {
    if (host.is_known) hosts_[find(host.address, host.hash)] = host;
  }
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
  const Host& known = hosts_[find(host, hash_(host))];
  if (!known.is_known && count_ >= kMostHosts) return false;
  near += known.near;
  far += known.far;
  return near > 4 * far;
}

}  // namespace tapstat::analysis::tcp
