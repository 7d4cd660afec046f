#include "analysis/nat/translation.h"

#include <algorithm>

#include "analysis/forwarding/record_ids.h"

namespace tapstat::analysis::nat {
namespace {

using forwarding::Handover;
using forwarding::Leg;
using forwarding::LegTable;

[[nodiscard]] Tuple tuple_of(const Leg& leg, int client) {
  return {.source = forwarding::socket_of(leg, client),
          .destination = forwarding::socket_of(leg, 1 - client)};
}

[[nodiscard]] Translation translation_of(const LegTable& table, const Handover& h) {
  const Leg& near = table.legs()[h.near];
  const Leg& far = table.legs()[h.far];
  Translation t;
  t.protocol = near.protocol;
  t.original = tuple_of(near, h.near_client);
  t.translated = tuple_of(far, h.far_client);
  const bool source = h.has_source_changed(table), destination = h.has_destination_changed(table);
  t.kind = source && destination ? Kind::both : source ? Kind::snat : Kind::dnat;
  t.macs = forwarding::box_macs(table, h);
  t.first = std::min(near.first, far.first);
  t.last = std::max(near.last, far.last);
  t.frame = std::min(near.first_frame, far.first_frame);
  t.packets = near.courses[h.near_client].packets;
  t.replies = near.courses[1 - h.near_client].packets;
  t.sure = h.is_seen;
  return t;
}

}  // namespace

std::vector<Translation> find_translations(const Model& model,
                                           std::span<const Handover> handovers) {
  std::vector<Translation> all;
  std::vector<std::uint32_t> legs;
  for (const Handover& h : handovers) legs.insert(legs.end(), {h.near, h.far});
  const forwarding::RecordIds ids(model, std::move(legs));
  for (const Handover& h : handovers) {
    all.push_back(translation_of(*model.legs, h));
    for (const std::uint32_t leg : {h.near, h.far}) {
      const auto of_leg = ids.of(leg);
      all.back().connections.insert(all.back().connections.end(), of_leg.begin(), of_leg.end());
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Translation& a, const Translation& b) { return a.first < b.first; });
  return all;
}

}  // namespace tapstat::analysis::nat
