// Where and between whom a packet was seen: the hop of its way that a capture point looks at.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/arena.h"
#include "analysis/flow_index.h"
#include "analysis/flow_key.h"
#include "capture/frame.h"
#include "decode/mac_address.h"
#include "decode/segment.h"

namespace tapstat::analysis::forwarding {

using decode::MacAddress;

// Which way a packet went through the capturing host, where the capture says so: Linux cooked
// captures do ("packet type" of LINKTYPE_LINUX_SLL and SLL2).
enum class Passage : std::uint8_t { unknown, in, out, other };

struct Link {
  MacAddress from{}, to{};                 // of the frame; zero: not known
  std::uint16_t input = 0, interface = 0;  // as capture::Frame's
  std::uint32_t interface_index = 0;       // of SLL2: the kernel's; 0: not known
  Passage passage = Passage::unknown;
  decode::VlanStack vlans;
  decode::TunnelId tunnel = 0;

  [[nodiscard]] bool has_from() const { return !decode::is_zero(from); }
  [[nodiscard]] bool has_to() const { return !decode::is_zero(to); }
  // As numbers: what std::array compares by is a call of memcmp.
  friend bool operator==(const Link& a, const Link& b) {
    return decode::number_of(a.from) == decode::number_of(b.from) &&
           decode::number_of(a.to) == decode::number_of(b.to) && a.input == b.input &&
           a.interface == b.interface && a.interface_index == b.interface_index &&
           a.passage == b.passage && a.vlans == b.vlans && a.tunnel == b.tunnel;
  }
};

// `macs` as decode::Segment's.
[[nodiscard]] Link link_of(const capture::Frame& frame, const std::uint8_t* macs,
                           decode::VlanStack vlans, decode::TunnelId tunnel);

// Whether both may be one host's frames of the same packet: nobody hands on a packet with the MAC
// address it came with.
[[nodiscard]] inline bool may_be_handed_on(const Link& a, const Link& b) {
  return !a.has_from() || !b.has_from() || a.from != b.from;
}

using LinkId = std::uint32_t;

// Links by number: few, however many packets there are.
class LinkTable {
 public:
  // What is seen on further ones is not told apart from what is seen on the last of these.
  static constexpr std::uint32_t kMost = 1u << 16;

  explicit LinkTable(std::uint64_t secret) : hash_(secret) {}

  [[nodiscard]] LinkId enter(const Link& link) { return enter(link, hash_of(link)); }
  [[nodiscard]] LinkId enter(const Link& link, std::uint32_t hash);
  [[nodiscard]] std::uint32_t hash_of(const Link& link) const;
  // Ahead of enter(): first where the link stands, then what stands there.
  void prefetch(std::uint32_t hash) const { index_.prefetch(hash); }
  void fetch(std::uint32_t hash) const {
    const std::uint32_t likely = index_.find_likely(hash);
    if (likely != FlowIndex::kNone) fetch_line(&links_[likely]);
  }
  [[nodiscard]] std::uint32_t size() const { return links_.size(); }
  [[nodiscard]] const Link& operator[](LinkId id) const { return links_[id]; }

 private:
  KeyedHash hash_;
  FlowIndex index_;
  Arena<Link> links_;
};

}  // namespace tapstat::analysis::forwarding
