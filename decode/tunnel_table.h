// Numbers the tunnels seen, so that packets carry an id instead of a list of hops.
//
// Ids are per direction: a tunnel's outer source and destination swap on the way back, and so may
// its label or key. At most kMaxTunnelIds are kept; packets of tunnels seen after that share one id
// whose only hop is TunnelKind::other without addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "decode/packet.h"

namespace tapstat::decode {

inline constexpr std::size_t kMaxTunnelIds = 65536;

class TunnelTable {
 public:
  TunnelTable() : hops_(1) {}

  // 0 for no hops. Allocates only for tunnels not seen before.
  [[nodiscard]] TunnelId intern(std::span<const TunnelHop> hops);

  // Outermost first; empty for 0 and for ids never given out. Valid as long as the table.
  [[nodiscard]] const std::vector<TunnelHop>& hops(TunnelId id) const;

 private:
  // A list of hops is the list without its last one, which has an id itself, and that last one.
  struct Link {
    TunnelId outer = 0;
    TunnelHop hop;
    friend bool operator==(const Link&, const Link&) = default;
  };
  struct LinkHash {
    std::size_t operator()(const Link& link) const;
  };
  [[nodiscard]] TunnelId add(const Link& link);

  std::deque<std::vector<TunnelHop>> hops_;  // by id
  std::unordered_map<Link, TunnelId, LinkHash> ids_;
};

}  // namespace tapstat::decode
