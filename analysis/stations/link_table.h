// Numbers for links: what may be taken for one broadcast domain, a VLAN at one capture point.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "analysis/stations/address_table.h"
#include "capture/frame.h"
#include "decode/segment.h"

namespace tapstat::analysis::stations {

struct Link {
  std::uint16_t input = 0;      // Frame::input
  std::uint16_t interface = 0;  // Frame::interface
  decode::VlanStack vlans;
  friend bool operator==(const Link&, const Link&) = default;
};

class LinkTable {
 public:
  // Those that come later are not told apart from nothing: their frames count, and no more.
  static constexpr std::size_t kMost = 1u << 14;

  [[nodiscard]] const Link& operator[](LinkId id) const { return links_[id]; }

  // nullopt: there are too many.
  [[nodiscard]] std::optional<LinkId> enter(const Link& link) {
    if (last_ && links_[*last_] == link) return last_;
    const auto known = ids_.find(key_of(link));
    if (known != ids_.end()) return last_ = known->second;
    if (links_.size() >= kMost) return std::nullopt;
    last_ = static_cast<LinkId>(links_.size());
    links_.push_back(link);
    ids_.emplace(key_of(link), *last_);
    return last_;
  }

 private:
  // Ordered, so that none can be prepared that collide.
  using Key = std::tuple<std::uint16_t, std::uint16_t, std::uint64_t>;
  [[nodiscard]] static Key key_of(const Link& link) {
    return {link.input, link.interface, link.vlans.packed()};
  }

  std::vector<Link> links_;
  std::map<Key, LinkId> ids_;
  std::optional<LinkId> last_;  // of the frame before
};

}  // namespace tapstat::analysis::stations
