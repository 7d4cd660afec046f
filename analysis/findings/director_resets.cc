#include "analysis/findings/director_resets.h"

#include <algorithm>

namespace tapstat::analysis {
namespace {

using forwarding::Leg;
using lvs::Path;
using lvs::Service;

// So soon before or behind the director another reset is the same one.
constexpr auto kSamePacket = std::chrono::seconds{1};

// It got the client's packet, and nobody sent it the reset.
[[nodiscard]] bool is_directors(const VirtualServers& servers, const Leg& leg, int client) {
  const auto box = servers.sender(leg.reset_link);
  return box && servers.is_director(*box) && servers.has_received(leg, client, *box) &&
         !servers.has_received(leg, 1 - client, *box);
}

// The real server's own, rewritten.
[[nodiscard]] bool is_passed_on(const VirtualServers& servers, const Path& path,
                                Timestamp reset_at) {
  std::vector<const lvs::Target*> targets = {&path.target};
  for (const lvs::Target& other : path.others) targets.push_back(&other);
  return std::any_of(targets.begin(), targets.end(), [&](const lvs::Target* target) {
    if (target->leg == forwarding::kNoLeg) return false;
    const Leg& far = servers.leg(target->leg);
    const int server = 1 - forwarding::client_end(far).end;
    return far.reset_by == server && far.reset_at - kSamePacket <= reset_at &&
           reset_at <= far.reset_at + kSamePacket;
  });
}

// Both ends were done with it: the client's last word came late.
[[nodiscard]] bool is_closed(const Inquiry& inquiry, const VirtualServers& servers,
                             std::uint32_t leg) {
  const auto ids = servers.connections_of(leg);
  return std::any_of(ids.begin(), ids.end(), [&](std::uint32_t id) {
    const tcp::Connection c = inquiry.connection(id);
    return c.end(0).fin() && c.end(1).fin();
  });
}

// Since the last packet that the real server's leg shows.
[[nodiscard]] std::optional<std::chrono::nanoseconds> silence_before(const VirtualServers& servers,
                                                                     const Path* path,
                                                                     Timestamp reset_at) {
  if (path == nullptr || path->target.leg == forwarding::kNoLeg) return std::nullopt;
  const Leg& far = servers.leg(path->target.leg);
  const Timestamp last = std::max(far.courses[0].last, far.courses[1].last);
  if (last >= reset_at) return std::nullopt;
  return reset_at - last;
}

}  // namespace

std::vector<DirectorReset> find_director_resets(const Inquiry& inquiry,
                                                const VirtualServers& servers) {
  std::vector<DirectorReset> resets;
  servers.for_each_request([&](std::uint32_t id, int client, const Service& service) {
    const Leg& leg = servers.leg(id);
    const bool was_open = leg.acknowledged || leg.syns == 0;
    if (leg.reset_by != 1 - client || !was_open || !is_directors(servers, leg, client)) {
      return;
    }
    const Path* path = servers.path_of(id);
    if (path != nullptr && is_passed_on(servers, *path, leg.reset_at)) return;
    if (is_closed(inquiry, servers, id) || !inquiry.is_in_period(leg.reset_at)) return;
    resets.push_back({.leg = id,
                      .service = &service,
                      .evidence = {leg.reset_at, leg.reset_frame},
                      .silence = silence_before(servers, path, leg.reset_at),
                      .is_after_failover = servers.was_handed_over(service.vip.address, leg)});
  });
  return resets;
}

}  // namespace tapstat::analysis
