#include "analysis/flows/flow_tracker.h"

#include <algorithm>
#include <utility>

namespace tapstat::analysis::flows {
namespace {

// All that tells conversations apart goes through the keyed hash.
[[nodiscard]] FlowKey hashed_key(const Conversation& conversation) {
  FlowKey key = conversation.directed.key;
  key.port[0] ^= conversation.echo.value_or(0);
  key.port[1] ^= conversation.protocol;
  return key;
}

}  // namespace

FlowTracker::FlowTracker(std::uint64_t secret, std::size_t memory)
    : hash_(secret), most_(most_of<Flow>(memory)) {}

void FlowTracker::take(const decode::Packet& packet, const capture::Frame& frame) {
  const auto conversation = conversation_of(packet);
  if (!conversation) return;
  const Flow::Arrival arrival{.conversation = *conversation,
                              .path = {packet.vlans, packet.tunnel, true},
                              .time = frame.time,
                              .wire_len = frame.wire_len,
                              .input = frame.input};
  if (Flow* flow = find_or_open(arrival)) {
    flow->take(arrival);
  } else {
    ++unkept_;
  }
}

Flow* FlowTracker::find_or_open(const Flow::Arrival& arrival) {
  const Conversation& conversation = arrival.conversation;
  const std::uint32_t hash = hash_(hashed_key(conversation));
  const std::uint32_t head =
      index_.find(hash, [&](std::uint32_t i) { return flows_[i].has_key(conversation); });
  const bool is_full = flows_.size() >= most_;
  if (head == FlowIndex::kNone) {
    if (is_full) return nullptr;
    index_.insert(hash, flows_.size());
    return &open(arrival);
  }
  const std::uint32_t found = pick_sibling(head, arrival);
  if (found != Flow::kNone && !flows_[found].has_ended_at(arrival.time)) return &flows_[found];
  if (is_full) return nullptr;
  if (found == Flow::kNone) {
    Flow& fresh = open(arrival);
    fresh.sibling = std::exchange(flows_[head].sibling, fresh.id());
    return &fresh;
  }
  return &open_after(head, found, arrival, hash);
}

// The flow among those of one key that the packet belongs to; kNone when it is none of them.
std::uint32_t FlowTracker::pick_sibling(std::uint32_t head, const Flow::Arrival& arrival) const {
  std::uint32_t best = Flow::kNone;
  int best_fit = 0;
  int siblings = 0;
  for (std::uint32_t i = head; i != Flow::kNone; i = flows_[i].sibling) {
    const int fit = flows_[i].fit(arrival);
    if (fit > best_fit) {
      best = i;
      best_fit = fit;
    }
    ++siblings;
  }
  return best == Flow::kNone && siblings >= kMaxSiblings ? head : best;
}

// A flow that takes the place of `old`.
Flow& FlowTracker::open_after(std::uint32_t head, std::uint32_t old, const Flow::Arrival& arrival,
                              std::uint32_t hash) {
  Flow& fresh = open(arrival);
  fresh.sibling = flows_[old].sibling;
  if (old == head) {
    index_.replace(hash, old, fresh.id());
  } else {
    std::uint32_t i = head;
    while (flows_[i].sibling != old) i = flows_[i].sibling;
    flows_[i].sibling = fresh.id();
  }
  return fresh;
}

Flow& FlowTracker::open(const Flow::Arrival& arrival) {
  const std::uint32_t id = flows_.size();
  Flow& flow = flows_.append();
  flow.open(arrival, id);
  return flow;
}

}  // namespace tapstat::analysis::flows
