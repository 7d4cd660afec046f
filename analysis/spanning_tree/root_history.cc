#include "analysis/spanning_tree/root_history.h"

namespace tapstat::analysis::spanning_tree {

void RootHistory::is_now(BridgeId root, const Heard& when, std::chrono::nanoseconds hello_time) {
  if (root_ == root) return;
  const bool is_first = !root_;
  if (is_first || when.time - unrest_since_ > 2 * hello_time) {
    unrest_since_ = when.time;
    before_ = since_;
    if (!is_first) enter(root, when);
  } else if (!changes_.empty() && changes_.back().when.time >= unrest_since_) {
    // The same change goes on: to another root, or back to where it was.
    changes_.back().to = root;
    changes_.back().when = when;
    if (changes_.back().from == root) {
      changes_.pop_back();
      root_ = root;
      since_ = before_;
      return;
    }
  }
  root_ = root;
  since_ = when;
}

void RootHistory::enter(BridgeId root, const Heard& when) {
  if (changes_.size() == kMostChanges) {
    ++left_out_;
    return;
  }
  changes_.push_back({when, *root_, root});
}

}  // namespace tapstat::analysis::spanning_tree
