#include "analysis/lvs/rewritten.h"

#include <set>
#include <tuple>

#include "analysis/forwarding/leg_table.h"

namespace tapstat::analysis::lvs {
namespace {

using forwarding::Handover;
using forwarding::Leg;

}  // namespace

Rewritten split_rewritten(const Model& model) {
  const auto& legs = model.legs->legs();
  const std::vector<Handover> all = forwarding::find_handovers(*model.legs);
  using Service = std::tuple<std::uint8_t, Socket>;
  std::map<Service, std::set<Socket>> servers;
  const auto service_of = [&](const Handover& h) {
    const Leg& near = legs[h.near];
    return Service{near.protocol, forwarding::socket_of(near, 1 - h.near_client)};
  };
  for (const Handover& h : all) {
    if (!h.has_destination_changed(*model.legs)) continue;
    servers[service_of(h)].insert(forwarding::socket_of(legs[h.far], 1 - h.far_client));
  }
  Rewritten split;
  for (const Handover& h : all) {
    const bool is_service =
        h.has_destination_changed(*model.legs) && servers[service_of(h)].size() > 1;
    (is_service ? split.services : split.others).push_back(h);
  }
  return split;
}

}  // namespace tapstat::analysis::lvs
