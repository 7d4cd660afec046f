// All conversations of a capture beside TCP, by key and path, ended by silence in packet time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "analysis/arena.h"
#include "analysis/flow_index.h"
#include "analysis/flows/flow.h"
#include "decode/packet.h"

namespace tapstat::analysis::flows {

class FlowTracker {
 public:
  // `secret` keys the hash; results do not depend on it. `memory` is what the flows may take, in
  // bytes: packets of those that come later are counted, no more.
  explicit FlowTracker(std::uint64_t secret,
                       std::size_t memory = std::numeric_limits<std::size_t>::max());

  // In the order they were captured. What belongs to no conversation is passed over. `packet` is
  // what `frame` holds.
  void take(const decode::Packet& packet, const capture::Frame& frame);

  // In order of first packet: index and id are the same.
  [[nodiscard]] const Arena<Flow>& flows() const { return flows_; }
  // Packets of flows that there was no room for.
  [[nodiscard]] std::uint64_t unkept() const { return unkept_; }

 private:
  static constexpr int kMaxSiblings = 64;  // paths told apart on one key

  // nullptr: there is no room for it.
  [[nodiscard]] Flow* find_or_open(const Flow::Arrival& arrival);
  [[nodiscard]] std::uint32_t pick_sibling(std::uint32_t head, const Flow::Arrival& arrival) const;
  [[nodiscard]] Flow& open(const Flow::Arrival& arrival);
  [[nodiscard]] Flow& open_after(std::uint32_t head, std::uint32_t old,
                                 const Flow::Arrival& arrival, std::uint32_t hash);

  KeyedHash hash_;
  const std::uint32_t most_;
  FlowIndex index_;
  Arena<Flow> flows_;
  std::uint64_t unkept_ = 0;
};

}  // namespace tapstat::analysis::flows
