// One spanning tree as all capture points together tell of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analysis/spanning_tree/root_history.h"
#include "analysis/spanning_tree/topology_changes.h"

namespace tapstat::analysis::spanning_tree {

// A bridge's port that sent something, on the segment where it was heard.
struct Port {
  std::uint16_t id = 0;
  CapturePoint point;
  decode::MacAddress source{};
  Heard first, last;  // BPDUs of it
  // The last thing that it said of its own role: as a designated port it sent a claim; as a root
  // port a TCN (802.1D-1998 section 8.6.6.3) or an RST BPDU that says so. Nullopt: what it said is
  // over, for its bridge said another thing since.
  std::optional<decode::BpduRole> role;
  decode::BpduFlags flags;
};

struct Bridge {
  BridgeId id;  // the last it gave itself
  Heard first, last;
  std::optional<Vector> vector;  // what it said last; nullopt: only others named it, as the root
  std::vector<Port> ports;
  bool is_rapid = false;          // it speaks RSTP or MSTP
  bool counts_fractions = false;  // it sends message ages of no whole second

  // A port said that it is the root port, of which there is one (802.1D-2004 section 17.6).
  void set_root_port(Port& port);
  // It is as far from another root now, or farther: what its ports said of themselves is over.
  void forget_roles();
};

class Instance {
 public:
  explicit Instance(InstanceKey key) : key_(std::move(key)) {}

  [[nodiscard]] const InstanceKey& key() const { return key_; }
  // The highest protocol version that was heard: bridges of a lower one take part all the same.
  [[nodiscard]] std::uint8_t version() const { return version_; }

  // Bridges, ports and segments that it has met.
  [[nodiscard]] std::uint32_t parts() const { return parts_; }
  // Changes of its root, and of its topology, that it remembers.
  [[nodiscard]] std::size_t memories() const {
    return roots_.changes().size() + changes_.episodes().size();
  }
  // Whether it may meet more of the former, and remember more of the latter; those past that stay
  // unknown.
  void may_grow(bool may_meet, bool may_remember) {
    may_grow_ = may_meet && parts_ < kMostParts;
    roots_.may_grow(may_remember);
    changes_.may_grow(may_remember);
  }

  void take(const Message& message, CapturePoint point, const decode::MacAddress& source,
            const Heard& when);
  void take_notification(CapturePoint point, const decode::MacAddress& source, const Heard& when);
  // What is too old by then goes, one after the other, as the bridges would let it go.
  void advance_to(Timestamp now);

  [[nodiscard]] const RootHistory& roots() const { return roots_; }
  [[nodiscard]] const TopologyChanges& changes() const { return changes_; }
  [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
  [[nodiscard]] const std::vector<Bridge>& bridges() const { return bridges_; }
  // The best claim of all segments; nullptr: there is none any more.
  [[nodiscard]] const Claim* best() const;
  // As the root set them last.
  [[nodiscard]] const TreeTimers& timers() const { return timers_; }

 private:
  // Of one tree; no network has as many. Each BPDU may be compared with all of them.
  static constexpr std::size_t kMostSegments = 1024, kMostClaims = 4096;
  static constexpr std::uint32_t kMostParts = 4096;

  [[nodiscard]] Segment* segment_at(CapturePoint point);
  [[nodiscard]] bool has_room_for_claims() const;
  [[nodiscard]] Bridge* bridge_of(BridgeId id, const Heard& when);
  [[nodiscard]] Port* port_of(Bridge& bridge, std::uint16_t id, CapturePoint point,
                              const decode::MacAddress& source, const Heard& when);
  struct Sender {
    Bridge* bridge = nullptr;  // nullptr: not known
    Port* port = nullptr;      // nullptr: one of several
  };
  [[nodiscard]] Sender sender_at(CapturePoint point, const decode::MacAddress& source);
  void note_sender(const Message& message, CapturePoint point, const decode::MacAddress& source,
                   const Heard& when);
  void settle_root(const Heard& when);

  InstanceKey key_;
  std::uint32_t parts_ = 0;
  bool may_grow_ = true;
  std::uint8_t version_ = 0;
  RootHistory roots_;
  TopologyChanges changes_;
  std::vector<Segment> segments_;  // in the order in which they were met
  std::vector<Bridge> bridges_;    // likewise
  TreeTimers timers_;
};

}  // namespace tapstat::analysis::spanning_tree
