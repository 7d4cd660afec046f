#include "analysis/forwarding/link.h"

#include "decode/linux_cooked.h"

namespace tapstat::analysis::forwarding {
namespace {

// LINUX_SLL_HOST and its fellows, https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html.
[[nodiscard]] Passage passage_of(unsigned packet_type) {
  constexpr unsigned kOtherHost = 3, kOutgoing = 4;
  if (packet_type == kOutgoing) return Passage::out;
  return packet_type == kOtherHost ? Passage::other : Passage::in;
}

template <typename View>
void read_cooked(const capture::Frame& frame, Link& link) {
  const auto cooked = View::parse(frame.bytes());
  if (!cooked) return;
  link.passage = passage_of(cooked->packet_type());
  if (cooked->has_mac_address()) link.from = decode::mac_from_wire(cooked->address());
  if constexpr (requires { cooked->interface_index(); }) {
    link.interface_index = cooked->interface_index();
  }
}

}  // namespace

Link link_of(const capture::Frame& frame, const std::uint8_t* macs, decode::VlanStack vlans,
             decode::TunnelId tunnel) {
  Link link{.input = frame.input, .interface = frame.interface, .vlans = vlans, .tunnel = tunnel};
  if (frame.link == capture::LinkType::linux_sll) {
    read_cooked<decode::SllView>(frame, link);
  } else if (frame.link == capture::LinkType::linux_sll2) {
    read_cooked<decode::Sll2View>(frame, link);
  } else if (macs != nullptr) {
    link.to = decode::mac_from_wire(macs);
    link.from = decode::mac_from_wire(macs + link.to.size());
  }
  return link;
}

std::uint32_t LinkTable::hash_of(const Link& link) const {
  std::uint64_t hash = hash_.add(0, decode::number_of(link.from));
  hash = hash_.add(hash, decode::number_of(link.to));
  hash = hash_.add(hash, link.vlans.packed());
  hash = hash_.add(hash, std::uint64_t{link.tunnel} << 32 | link.interface_index);
  hash = hash_.add(hash, std::uint64_t{link.input} << 32 | std::uint64_t{link.interface} << 8 |
                             static_cast<std::uint64_t>(link.passage));
  return static_cast<std::uint32_t>(hash);
}

LinkId LinkTable::enter(const Link& link, std::uint32_t hash) {
  const auto is_it = [&](std::uint32_t i) { return links_[i] == link; };
  const std::uint32_t known = index_.find(hash, is_it);
  if (known != FlowIndex::kNone) return known;
  if (links_.size() == kMost) return kMost - 1;
  const LinkId added = links_.size();
  index_.insert(hash, added);
  links_.append() = link;
  return added;
}

}  // namespace tapstat::analysis::forwarding
