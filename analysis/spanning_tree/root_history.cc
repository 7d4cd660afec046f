#include "analysis/spanning_tree/root_history.h"

#include <utility>

namespace tapstat::analysis::spanning_tree {

void RootHistory::is_now(BridgeId root, const Heard& when, std::chrono::nanoseconds row) {
  if (root_ == root) return;
  const bool goes_on = root_ && when.time - unrest_since_ <= row;
  if (!goes_on) {
    unrest_since_ = when.time;
    before_ = root_;
    before_since_ = since_;
    is_entered_ = false;
  }
  root_ = root;
  since_ = when;
  if (!before_) return;  // the first root of all, which is no change
  if (root == *before_) {
    since_ = before_since_;
    if (std::exchange(is_entered_, false)) changes_.pop_back();
    return;
  }
  enter(root, when);
}

// In the place of what the same row has entered.
void RootHistory::enter(BridgeId root, const Heard& when) {
  if (is_entered_) {
    changes_.back() = {when, *before_, root};
    return;
  }
  if (!may_grow_ || changes_.size() == kMostChanges) {
    ++left_out_;
    return;
  }
  is_entered_ = true;
  changes_.push_back({when, *before_, root});
}

}  // namespace tapstat::analysis::spanning_tree
