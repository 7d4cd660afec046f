#include "analysis/forwarding/record_ids.h"

#include <algorithm>
#include <tuple>

#include "analysis/forwarding/leg_table.h"
#include "decode/ip_protocol.h"

namespace tapstat::analysis::forwarding {
namespace {

[[nodiscard]] auto order_of(const FlowKey& key) {
  return std::tuple(key.address[0].high(), key.address[0].low(), key.address[1].high(),
                    key.address[1].low(), key.port[0], key.port[1]);
}

// Echo's identifier stands for both ports of a leg, and beside them in a flow.
[[nodiscard]] FlowKey key_of_record(const tcp::Connection& connection) { return connection.key(); }
[[nodiscard]] FlowKey key_of_record(const flows::Flow& flow) {
  FlowKey key = flow.key();
  if (flow.echo()) key.port[0] = key.port[1] = *flow.echo();
  return key;
}
[[nodiscard]] bool has_protocol(const tcp::Connection&, std::uint8_t protocol) {
  return protocol == decode::ip_protocol::kTcp;
}
[[nodiscard]] bool has_protocol(const flows::Flow& flow, std::uint8_t protocol) {
  return protocol == flow.ip_protocol();
}

}  // namespace

RecordIds::RecordIds(const Model& model, std::vector<std::uint32_t> legs) : legs_(std::move(legs)) {
  const auto& table = model.legs->legs();
  std::sort(legs_.begin(), legs_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tuple(order_of(table[a].key), table[a].first) <
           std::tuple(order_of(table[b].key), table[b].first);
  });
  for (const tcp::Connection& c : model.tcp.connections()) add(model, c.id(), c);
  for (std::uint32_t id = 0; id < model.flows.size(); ++id) add(model, id, model.flows[id]);
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.leg, a.id) < std::tie(b.leg, b.id);
  });
}

// A record is the leg's with whose time it has most in common: of one five-tuple there may be
// several, one after the other, of which those that began last before its end come into question.
template <typename Record>
void RecordIds::add(const Model& model, std::uint32_t id, const Record& record) {
  constexpr int kMostLookedAt = 8;
  const auto& table = model.legs->legs();
  const auto key = key_of_record(record);
  const auto place = std::tuple(order_of(key), record.last());
  auto at =
      std::upper_bound(legs_.begin(), legs_.end(), place, [&](const auto& p, std::uint32_t leg) {
        return p < std::tuple(order_of(table[leg].key), table[leg].first);
      });
  std::uint32_t best = kNoLeg;
  auto most = std::chrono::nanoseconds{-1};
  for (int n = 0; n < kMostLookedAt && at != legs_.begin(); ++n) {
    const Leg& leg = table[*--at];
    if (!(leg.key == key)) break;
    if (!has_protocol(record, leg.protocol)) continue;
    const auto shared = std::min(leg.last, record.last()) - std::max(leg.first, record.first());
    if (shared <= most) continue;
    most = shared;
    best = *at;
  }
  if (best != kNoLeg) entries_.push_back({best, id});
}

std::vector<std::uint32_t> RecordIds::of(std::uint32_t leg) const {
  std::vector<std::uint32_t> ids;
  auto at = std::lower_bound(entries_.begin(), entries_.end(), leg,
                             [](const Entry& e, std::uint32_t l) { return e.leg < l; });
  for (; at != entries_.end() && at->leg == leg; ++at) ids.push_back(at->id);
  return ids;
}

}  // namespace tapstat::analysis::forwarding
