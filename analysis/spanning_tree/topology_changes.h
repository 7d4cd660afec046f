// The times at which one spanning tree told its bridges to forget where hosts are: episodes, not
// BPDUs.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "analysis/spanning_tree/segment.h"

namespace tapstat::analysis::spanning_tree {

// Who signalled: a bridge, or, where a TCN came from a port whose bridge nobody heard of, that
// port's address.
using Signaller = std::variant<BridgeId, decode::MacAddress>;

struct Episode {
  Heard first, last;  // signals of it
  Signaller by;       // who signalled first, of what was heard
  std::uint32_t signals = 0;
};

class TopologyChanges {
 public:
  // A bridge that is not the root has something to tell it (802.1D-1998 section 8.6.6). The root
  // takes a while to hear of it: so long what it says is no end of the episode.
  void take_notification(const Heard& when, const Signaller& by);
  // A BPDU of STP. The root alone decides, and the others pass on what it said when they last heard
  // it (802.1D-1998 section 8.6.13): `is_authority` is of the bridge that is nearest to the root of
  // those that are heard.
  void take_config(const Message& message, const Heard& when, bool is_authority);
  // A BPDU of RSTP or MSTP: each bridge tells the next, for as long as its own timer runs
  // (802.1D-2004 section 17.21.7 newTcWhile); it ends when all have stopped.
  void take_rapid(const Message& message, const Heard& when);

  [[nodiscard]] const std::vector<Episode>& episodes() const { return episodes_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  // Whether it may remember more of them.
  void may_grow(bool may) { may_grow_ = may; }
  void set_hello_time(std::chrono::nanoseconds hello) { hello_ = hello; }

 private:
  static constexpr std::size_t kMostEpisodes = 10'000;
  static constexpr std::size_t kMostFlagged = 1024;

  struct Port {
    BridgeId bridge;
    std::uint16_t port = 0;
    friend bool operator==(const Port&, const Port&) = default;
  };

  void signal(const Heard& when, const Signaller& by);
  // Two hellos, and what a clock may be late.
  [[nodiscard]] std::chrono::nanoseconds silence() const { return 2 * hello_ + hello_ / 4; }

  std::vector<Episode> episodes_;
  bool is_open_ = false;
  bool may_grow_ = true;
  std::chrono::nanoseconds hello_{std::chrono::seconds{2}};  // 802.1D-2004 table 17-1
  Timestamp pending_until_ = Timestamp::min();               // of a notification
  std::vector<Port> flagged_;                                // of RSTP: those that signal
  std::uint64_t left_out_ = 0;
};

}  // namespace tapstat::analysis::spanning_tree
