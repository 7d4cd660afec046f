// The root of one spanning tree, and how it changed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/spanning_tree/segment.h"

namespace tapstat::analysis::spanning_tree {

struct RootChange {
  enum class Reason : std::uint8_t {
    better_id_heard,  // a bridge with a lower id became known
    aged_out,         // nothing was heard of the old one for as long as what it says is held
  };
  Heard when;  // the BPDU that showed it
  BridgeId from, to;
  [[nodiscard]] Reason reason() const {
    return to < from ? Reason::better_id_heard : Reason::aged_out;
  }
};

// While bridges agree on a root each of them may think for a moment that it is the one itself
// (802.1D-1998 section 8.8.1): of roots that come in a row only the last counts.
class RootHistory {
 public:
  // The best root that is claimed now, and what showed it. A row is no longer than `row`.
  void is_now(BridgeId root, const Heard& when, std::chrono::nanoseconds row);

  [[nodiscard]] std::optional<BridgeId> root() const { return root_; }
  [[nodiscard]] Timestamp since() const { return since_.time; }
  [[nodiscard]] const std::vector<RootChange>& changes() const { return changes_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  // Whether it may remember more of them.
  void may_grow(bool may) { may_grow_ = may; }

 private:
  static constexpr std::size_t kMostChanges = 10'000;

  void enter(BridgeId root, const Heard& when);

  std::optional<BridgeId> root_;
  Heard since_;
  // Of the row of changes that goes on: when it began, what was so before (nullopt: nothing was
  // known), and whether the last of changes_ is its.
  Timestamp unrest_since_{};
  std::optional<BridgeId> before_;
  Heard before_since_;
  bool is_entered_ = false;
  bool may_grow_ = true;
  std::vector<RootChange> changes_;
  std::uint64_t left_out_ = 0;  // changes that there was no room for
};

}  // namespace tapstat::analysis::spanning_tree
