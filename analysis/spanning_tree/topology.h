// What a spanning tree's ports are at one instant: what was heard of them, what follows from it,
// and what nobody can know.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/spanning_tree/instance.h"

namespace tapstat::analysis::spanning_tree {

// 802.1D-2004 section 17.7; master of an MSTI's way out of its region, 802.1Q section 13.12.
enum class PortRole : std::uint8_t { designated, root, alternate, backup, master };
inline constexpr std::array<std::string_view, 5> kPortRoleNames = {"designated", "root",
                                                                   "alternate", "backup", "master"};

// 802.1D-2004 section 17.8; STP's disabled, blocking and listening are all discarding.
enum class PortState : std::uint8_t { discarding, learning, forwarding };
inline constexpr std::array<std::string_view, 3> kPortStateNames = {"discarding", "learning",
                                                                    "forwarding"};

// What `show spanning-tree` calls the root cost: of an MSTI that within its region, of other trees
// that outside.
[[nodiscard]] inline std::uint32_t root_cost(const InstanceKey& key, const Vector& v) {
  return key.kind == InstanceKey::Kind::msti ? v.internal_cost : v.external_cost;
}

struct PortView {
  const Port* port = nullptr;
  // The port said so, and what it said is not too old.
  std::optional<PortRole> role;
  std::optional<PortState> state;
  // What it must be if it is still there: a port that only listens cannot tell that it does.
  std::optional<PortRole> inferred;
};

struct BridgeView {
  const Bridge* bridge = nullptr;
  bool is_root = false;
  // As its designated ports say it now; nullopt: it has none that is heard. The root's own is 0.
  std::optional<std::uint32_t> root_cost;
  std::optional<std::uint32_t> internal_cost;  // of MSTP, to its regional root
  std::vector<PortView> ports;                 // in the order of their ids

  [[nodiscard]] const PortView* root_port() const;           // that said so
  [[nodiscard]] const PortView* inferred_root_port() const;  // else nullptr
};

struct SegmentView {
  const Segment* segment = nullptr;
  const Claim* designated = nullptr;  // nullptr: nothing is heard there any more
  std::optional<PortState> state;     // of that port
  const Claim* rival = nullptr;       // another bridge that claims it, too
};

// A copy of the instance as it stands at `now`: what is too old by then has gone.
class Topology {
 public:
  Topology(const Instance& instance, Timestamp now);
  Topology(const Topology&) = delete;
  Topology& operator=(const Topology&) = delete;
  ~Topology() = default;

  [[nodiscard]] const Instance& instance() const { return instance_; }
  // The root first, then by their ids.
  [[nodiscard]] const std::vector<BridgeView>& bridges() const { return bridges_; }
  // One for each capture point, or for each of the segments that it sees.
  [[nodiscard]] const std::vector<SegmentView>& segments() const { return segments_; }
  // By its address; nullptr: never heard of.
  [[nodiscard]] const BridgeView* bridge(BridgeId id) const;
  // That of which the port is, or was; nullptr: none.
  [[nodiscard]] const SegmentView* segment_of(const PortView& port) const;

 private:
  void see_segments();
  void see_bridges();
  void note_cost(BridgeView& bridge) const;
  [[nodiscard]] PortView view_of(const Bridge& bridge, const Port& port) const;
  [[nodiscard]] std::optional<PortRole> seen_role(const Bridge& bridge, const Port& port) const;
  [[nodiscard]] bool is_served_by_another(const BridgeView& bridge, const PortView& port) const;
  void infer(BridgeView& bridge) const;

  Instance instance_;
  Timestamp now_;
  std::vector<SegmentView> segments_;
  std::vector<BridgeView> bridges_;
};

}  // namespace tapstat::analysis::spanning_tree
