// A connection that goes on under other addresses behind a box: two legs, and which end is whose.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/forwarding/leg_table.h"
#include "analysis/socket.h"

namespace tapstat::analysis::forwarding {

[[nodiscard]] inline Socket socket_of(const Leg& leg, int end) {
  return {leg.key.address[end], leg.key.port[end]};
}

// The end of a leg that asked, and how that is known.
struct ClientEnd {
  int end = 0;
  bool is_seen = false;  // by its SYN or echo request; else by port and by who sent first
};
[[nodiscard]] ClientEnd client_end(const Leg& leg);

struct Handover {
  std::uint32_t near = kNoLeg, far = kNoLeg;  // seen from the client
  int near_client = 0, far_client = 0;        // the client's end of each
  bool is_seen = false;                       // who the client is
  Join join;                                  // as the near leg has it

  [[nodiscard]] bool has_source_changed(const LegTable& table) const {
    return socket_of(table.legs()[near], near_client) != socket_of(table.legs()[far], far_client);
  }
  [[nodiscard]] bool has_destination_changed(const LegTable& table) const {
    return socket_of(table.legs()[near], 1 - near_client) !=
           socket_of(table.legs()[far], 1 - far_client);
  }
};

// Those whose join holds, in the order of the near legs, of one leg in the order in which they were
// found.
[[nodiscard]] std::vector<Handover> find_handovers(const LegTable& table);

}  // namespace tapstat::analysis::forwarding
