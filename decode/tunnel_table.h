// Numbers the tunnels seen, so that packets carry an id instead of a list of hops.
//
// Ids are per direction: a tunnel's outer source and destination swap on the way back, and so may
// its label or key. At most kMaxTunnelIds are kept; packets of tunnels seen after that share one id
// whose only hop is TunnelKind::other without addresses.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "decode/hash.h"
#include "decode/packet.h"
#include "decode/tunnel_key.h"

namespace tapstat::decode {

inline constexpr std::size_t kMaxTunnelIds = 65536;

class TunnelTable {
 public:
  // `secret` keys the hash; ids do not depend on it.
  explicit TunnelTable(std::uint64_t secret);

  // Outermost first; 0 for no tunnel. Allocates only for those not seen before.
  [[nodiscard]] TunnelId intern(std::span<const TunnelKey> tunnels);

  // Outermost first; empty for 0 and for ids never given out. Valid as long as the table.
  [[nodiscard]] const std::vector<TunnelHop>& hops(TunnelId id) const;

 private:
  // A list of tunnels is the list without its last one, which has an id itself, and that last one.
  struct Link {
    TunnelKey inner;
    TunnelId outer = 0;
  };
  // Of an open addressing table with linear probing.
  struct Slot {
    std::uint32_t hash = 0;
    TunnelId id = 0;  // 0: free
  };
  [[nodiscard]] std::uint32_t hash_of(TunnelId outer, const TunnelKey& inner) const;
  [[nodiscard]] TunnelId intern(TunnelId outer, const TunnelKey& inner);
  [[nodiscard]] bool is(TunnelId id, TunnelId outer, const TunnelKey& inner) const {
    return id < links_.size() && links_[id].outer == outer && links_[id].inner == inner;
  }
  [[nodiscard]] TunnelId find_or_add(TunnelId outer, const TunnelKey& inner);
  [[nodiscard]] TunnelId add(TunnelId outer, const TunnelKey& inner, std::uint32_t hash);
  void place(Slot slot);
  void grow();

  WordHash hash_;
  std::deque<std::vector<TunnelHop>> hops_;  // by id
  std::vector<Link> links_;                  // by id
  std::vector<Slot> slots_;                  // a power of two, at most half of them taken
  // Found lately: a tap sees a few hundred tunnels at most, and these again and again. 0 for
  // nothing.
  static constexpr int kRecentBits = 9;
  [[nodiscard]] static std::size_t recent_place(const TunnelKey& inner);
  std::array<TunnelId, std::size_t{1} << kRecentBits> recent_{};
};

}  // namespace tapstat::decode
