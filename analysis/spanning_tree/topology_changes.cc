#include "analysis/spanning_tree/topology_changes.h"

#include <algorithm>

namespace tapstat::analysis::spanning_tree {

void TopologyChanges::take_notification(const Heard& when, const Signaller& by) {
  signal(when, by);
  pending_until_ = when.time + silence();
}

void TopologyChanges::take_config(const Message& message, const Heard& when, bool is_authority) {
  if (!is_authority) return;
  if (message.flags.topology_change()) return signal(when, message.vector.bridge);
  if (pending_until_ < when.time) is_open_ = false;
}

void TopologyChanges::take_rapid(const Message& message, const Heard& when) {
  const Port port{message.vector.bridge, message.vector.port};
  const auto found = std::find(flagged_.begin(), flagged_.end(), port);
  if (message.flags.topology_change()) {
    if (found == flagged_.end() && flagged_.size() < kMostFlagged) flagged_.push_back(port);
    return signal(when, message.vector.bridge);
  }
  if (found != flagged_.end()) flagged_.erase(found);
  if (flagged_.empty() && pending_until_ < when.time) is_open_ = false;
}

// Silence of two hellos ends an episode, too.
void TopologyChanges::signal(const Heard& when, const Signaller& by) {
  if (is_open_ && when.time - episodes_.back().last.time <= silence()) {
    Episode& episode = episodes_.back();
    episode.last = when;
    ++episode.signals;
    return;
  }
  if (!may_grow_ || episodes_.size() == kMostEpisodes) {
    ++left_out_;
    return;
  }
  is_open_ = true;
  episodes_.push_back({when, when, by, 1});
}

}  // namespace tapstat::analysis::spanning_tree
