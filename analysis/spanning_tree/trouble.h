// What is wrong with the spanning trees, noted as it is heard: for the findings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "analysis/spanning_tree/instance.h"
#include "decode/packet.h"

namespace tapstat::analysis::spanning_tree {

enum class TroubleKind : std::uint8_t {
  two_roots,        // for longer than the max age bridges disagree on the root
  two_designated,   // two bridges claim a segment, for longer than three hellos
  timers_differ,    // a bridge passes on other timers than the root's
  timers_unfit,     // the root's timers do not fit together
  near_max_age,     // what the root says is nearly too old when it comes here
  unacknowledged,   // a TCN is sent again and again
  vlan_mismatch,    // the VLAN that a PVST+ BPDU is about is not that it came in
  region_mismatch,  // two bridges have a region's name, and another VLAN table or revision
  missed_hellos,    // a designated port fell silent and went on as if nothing had been
  loop,             // a bridge's own BPDU comes back to the port that sent it
};

struct Trouble {
  TroubleKind kind{};
  InstanceKey tree;
  Signaller subject;  // whom it is about
  std::optional<BridgeId> other;
  Heard first = {}, last = {};
  std::uint64_t count = 0;                 // BPDUs that show it
  std::uint16_t vlan = 0, other_vlan = 0;  // of vlan_mismatch: by the tag, by the BPDU
};

class TroubleWatch {
 public:
  // A BPDU as it came, before its trees take it.
  void see(const decode::Bpdu& bpdu, const decode::Packet& packet, CapturePoint point,
           const decode::MacAddress& source, const Heard& when);
  // A claim or other message that its tree has just taken.
  void look(const Instance& tree, const Message& message, CapturePoint point, const Heard& when);
  // A TCN, likewise.
  void look_at_notification(const Instance& tree, CapturePoint point,
                            const decode::MacAddress& source, const Heard& when);

  // In the order of their first evidence.
  [[nodiscard]] const std::vector<Trouble>& troubles() const { return troubles_; }

 private:
  static constexpr std::size_t kMostTroubles = 10'000;
  static constexpr std::size_t kMostWatched = 10'000;  // of each kind of thing

  struct Disagreement {
    Heard since;
    BridgeId other;
  };
  struct Native {  // what untagged PVST+ BPDUs are of, and who said so last
    std::uint16_t vlan = 0;
    BridgeId bridge;
    Heard last;
  };
  struct Notifications {  // since the last acknowledgment
    Heard first, last;
    std::uint32_t count = 0;
  };
  struct Sent {  // the last BPDU of a port
    std::uint64_t digest = 0;
    Timestamp time{};
    bool came_back = false;
    std::uint32_t in_a_row = 0;  // BPDUs that came back
  };
  using Spot = std::tuple<InstanceKey, CapturePoint, decode::MacAddress>;

  void note(TroubleKind kind, const Trouble& what, const Heard& since, const Heard& when);
  void look_for_two_roots(const Instance& tree, const Heard& when);
  void look_for_missed(const Instance& tree, const Message& message, CapturePoint point,
                       const Heard& when);
  void look_for_rivals(const Instance& tree, CapturePoint point, const Heard& when);
  void look_at_timers(const Instance& tree, const Message& message, const Heard& when);
  void look_at_region(const Message& message, const Heard& when);
  void look_at_vlan(const decode::Bpdu& bpdu, const decode::Packet& packet, CapturePoint point,
                    const Heard& when);
  void look_for_loop(const decode::Bpdu& bpdu, const decode::Packet& packet, CapturePoint point,
                     const decode::MacAddress& source, const Heard& when);

  std::vector<Trouble> troubles_;
  // Of each, by all that tells it from others.
  std::map<std::tuple<TroubleKind, InstanceKey, Signaller, std::optional<BridgeId>, std::uint16_t,
                      std::uint16_t>,
           std::size_t>
      places_;
  std::map<InstanceKey, Disagreement> disagreements_;
  std::map<Spot, Notifications> notifications_;
  std::map<std::tuple<InstanceKey, CapturePoint, BridgeId, std::uint16_t>, std::uint32_t>
      missed_;                                                             // hellos, so far
  std::map<std::string, std::pair<decode::MstRegion, BridgeId>> regions_;  // by name
  std::map<CapturePoint, Native> native_;
  std::map<std::tuple<CapturePoint, decode::MacAddress, std::uint64_t, decode::TunnelId>, Sent>
      sent_;  // by VLAN tags and tunnel, too
};

}  // namespace tapstat::analysis::spanning_tree
