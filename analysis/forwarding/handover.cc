#include "analysis/forwarding/handover.h"

#include <algorithm>
#include <optional>

#include "decode/ip_protocol.h"

namespace tapstat::analysis::forwarding {
namespace {

// What is said in many connections joins two only where nearly all that they say fits.
[[nodiscard]] bool is_proven(const LegTable& table, const Leg& leg, const Join& join) {
  if (!join.holds()) return false;
  const bool by_more = join.has(Clue::numbers) || join.has(Clue::isn) || join.has(Clue::server_isn);
  if (by_more) return true;
  constexpr std::uint32_t kLeastFits = 3;
  const Leg& other = table.legs()[join.leg];
  const auto data = [](const Leg& l) { return l.courses[0].data_packets + l.courses[1].data_packets; };
  return join.fits >= kLeastFits && 5 * join.fits >= 4 * std::min(data(leg), data(other));
}

// The end of `far` towards which `near` lies; nullopt: it knows nothing of that one.
[[nodiscard]] std::optional<int> end_towards(const LegTable& table, const Leg& far,
                                             std::uint32_t near) {
  for (int end = 0; end < 2; ++end) {
    for (const Join& join : table.joins(far, end)) {
      if (join.leg == near) return end;
    }
  }
  return std::nullopt;
}

void add_handovers(const LegTable& table, std::uint32_t id, std::vector<Handover>& all) {
  const Leg& leg = table.legs()[id];
  for (int towards = 0; towards < 2; ++towards) {
    for (const Join& join : table.joins(leg, towards)) {
      if (!is_proven(table, leg, join)) continue;
      const Leg& other = table.legs()[join.leg];
      const auto back = end_towards(table, other, id);
      if (!back) continue;
      const ClientEnd here = client_end(leg), there = client_end(other);
      // Where they disagree, who was seen to ask decides.
      const bool is_near = there.is_seen && !here.is_seen ? there.end == *back
                                                          : here.end == 1 - towards;
      if (!is_near) continue;
      all.push_back({.near = id,
                     .far = join.leg,
                     .near_client = 1 - towards,
                     .far_client = *back,
                     .is_seen = here.is_seen || there.is_seen,
                     .join = join});
    }
  }
}

}  // namespace

ClientEnd client_end(const Leg& leg) {
  if (leg.opener >= 0) return {.end = leg.opener, .is_seen = true};
  constexpr std::uint16_t kFirstUnprivileged = 1024;
  const auto is_service = [&](int end) { return leg.key.port[end] < kFirstUnprivileged; };
  if (is_service(0) != is_service(1)) return {.end = is_service(0) ? 1 : 0, .is_seen = false};
  // RFC 6056: clients' ports are drawn from above the services'.
  if (leg.protocol == decode::ip_protocol::kTcp) return {.end = leg.key.port[0] < leg.key.port[1] ? 1 : 0, .is_seen = false};
  return {.end = leg.first_sender, .is_seen = false};
}

std::vector<Handover> find_handovers(const LegTable& table) {
  std::vector<Handover> all;
  for (std::uint32_t id = 0; id < table.legs().size(); ++id) {
    if (table.legs()[id].joins != kNoJoins) add_handovers(table, id, all);
  }
  return all;
}

}  // namespace tapstat::analysis::forwarding
