// A connection that goes on under other addresses behind a box: two legs, and which end is whose.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
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
  bool is_seen = false;   // by its SYN or echo request; else by port and by who sent first
  bool is_known = false;  // not so, but the other end is asked by others
};
[[nodiscard]] ClientEnd client_end(const Leg& leg);

// The same for all legs together: who is asked on one leg is the one asked on others.
class Clients {
 public:
  explicit Clients(const LegTable& table);
  [[nodiscard]] ClientEnd of(const Leg& leg) const;

 private:
  using Asked = std::pair<std::uint8_t, Socket>;  // with the protocol
  std::set<Asked> servers_;                       // of legs whose client is seen
};

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

// The MAC addresses of the box between the two, as far as they are seen: towards the client first.
[[nodiscard]] std::vector<MacAddress> box_macs(const LegTable& table, const Handover& handover);

// Those whose join holds, in the order of the near legs, of one leg in the order in which they were
// found.
[[nodiscard]] std::vector<Handover> find_handovers(const LegTable& table);

}  // namespace tapstat::analysis::forwarding
