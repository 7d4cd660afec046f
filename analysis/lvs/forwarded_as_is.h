// Connections that a box hands on without rewriting them: by direct routing or through a tunnel,
// as a director does (and a router, from which it must be told).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/forwarding/handover.h"
#include "analysis/lvs/boxes.h"
#include "analysis/lvs/overview.h"

namespace tapstat::analysis::lvs {

// Where the client's packets of one leg were sent by the last box that is seen to hand them on.
struct Forwarded {
  std::uint32_t leg = forwarding::kNoLeg;
  int client = 0;
  Mode mode = Mode::dr;
  std::optional<BoxId> box;             // nullopt: only what it sent was captured (TUN)
  std::vector<MacAddress> target_macs;  // DR; empty: not known
  std::vector<IpAddress>
      target_ips;  // TUN: outer destinations, in the order in which they were seen
  std::optional<IpAddress> outer_source;
  std::optional<Evidence> carrier;  // TUN: which kind of tunnel
  bool has_fewer_hops = false;      // on its way out than on its way in
  bool is_turned_around = false;    // in and out on the same interface of the box
  bool answers_pass = false;        // the server's packets come through the box, too
  bool answers_seen = false;
  bool answers_leave_target = false;   // they come straight from where the client's went
  bool claims_address = false;         // the box says that the address is its own
  bool target_claims_address = false;  // who it sends them to does, and it does not
};

// By leg.
[[nodiscard]] std::vector<Forwarded> find_forwarded(const Model& model,
                                                    const forwarding::Clients& clients,
                                                    const Boxes& boxes, const Owners& owners);

// Those of them that directors forward, told from what routers and tunnels of other use do.
[[nodiscard]] std::vector<Forwarded> of_directors(const Model& model,
                                                  const std::vector<Forwarded>& all);

}  // namespace tapstat::analysis::lvs
