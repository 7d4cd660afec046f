// What the views read: everything the engine has worked out so far.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/findings/packet_watch.h"
#include "analysis/flows/flow.h"
#include "analysis/tcp/connections.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/tracker.h"
#include "analysis/zeek/conn_log.h"
#include "decode/decoder.h"

namespace tapstat::analysis {

namespace neighbors {
class NeighborTable;
}
namespace forwarding {
class LegTable;
}
namespace lvs {
class SyncTable;
class VrrpTable;
}  // namespace lvs
namespace stations {
class StationTable;
}
namespace spanning_tree {
class SpanningTrees;
class BpduLog;
}  // namespace spanning_tree

// Frames that were analysed, by what they held.
struct Totals {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;               // wire lengths
  std::optional<Timestamp> first, last;  // earliest and latest
  std::uint64_t tcp = 0, udp = 0, icmp = 0, arp = 0, bpdu = 0, other = 0;
  std::uint64_t fragments = 0;  // of IP datagrams that never became whole, or not yet
  std::uint64_t undecoded = 0;  // no decoder understood them
  std::uint64_t malformed = 0;
  std::uint64_t truncated = 0;  // the snap length cut off a header
  // Left out; nullopt where nobody looked at checksums.
  std::optional<std::uint64_t> bad_checksums;
};

// The connections, and what their ends went through. Borrowed.
class TcpTables {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): the tracker's tables are what it is looked at for.
  TcpTables(const tcp::Tracker& tracker)
      : TcpTables(tracker.connections(), tracker.analyses(), tracker.qualities(),
                  tracker.journal()) {}
  TcpTables(tcp::Connections connections, const Arena<tcp::SequenceAnalysis>& analyses,
            const Arena<tcp::Quality>& qualities, const tcp::Journal& journal)
      : connections_(connections), analyses_(analyses), qualities_(qualities), journal_(journal) {}

  // In order of first packet.
  [[nodiscard]] tcp::Connections connections() const { return connections_; }
  [[nodiscard]] const Arena<tcp::SequenceAnalysis>& analyses() const { return analyses_; }
  [[nodiscard]] const Arena<tcp::Quality>& qualities() const { return qualities_; }
  // Nullptr where Settings::analysis did not ask for it.
  [[nodiscard]] const tcp::SequenceAnalysis* analysis(const tcp::Connection& c) const {
    return c.id() < analyses_.size() ? &analyses_[c.id()] : nullptr;
  }
  // Of what end `i` sent; nullptr likewise, and where there is nothing to say.
  [[nodiscard]] const tcp::Quality* quality(const tcp::Connection& c, int i) const {
    const tcp::SequenceAnalysis* of = analysis(c);
    return of == nullptr ? nullptr : of->quality(i, qualities_);
  }
  // Of both directions; `c` has an analysis.
  [[nodiscard]] RoundTrips rtt(const tcp::Connection& c) const {
    return analysis(c)->rtt(qualities_);
  }
  // May hold more than `connections` do: it is written with hindsight.
  [[nodiscard]] const tcp::Journal& journal() const { return journal_; }

 private:
  tcp::Connections connections_;
  const Arena<tcp::SequenceAnalysis>& analyses_;
  const Arena<tcp::Quality>& qualities_;
  const tcp::Journal& journal_;
};

// Below IP. Borrowed; nullptr where nobody asked for it (Wanted).
struct Layer2 {
  const neighbors::NeighborTable* neighbors = nullptr;
  const stations::StationTable* stations = nullptr;
  const spanning_tree::SpanningTrees* trees = nullptr;
  const spanning_tree::BpduLog* bpdus = nullptr;
};

// Borrowed from an Engine, and valid while it is.
struct Model {
  const Totals& totals;
  TcpTables tcp;
  const decode::Decoder& decoder;  // names the tunnels of tcp::Path
  // Empty where nobody asked for them (Wanted).
  const Arena<flows::Flow>& flows;              // by id
  const zeek::Conns& conns;                     // of Zeek's conn.log
  const Arena<zeek::TcpSession>& tcp_sessions;  // by the connection's id
  Layer2 layer2 = {};
  const PacketWatch* watch = nullptr;  // nullptr: nobody watched single packets
  // What was asked to be logged of the segments, in order (tcp::Settings); nullptr: nothing.
  const tcp::EventLog* events = nullptr;
  // The connections are copies of what went on since: what an Endpoint keeps in pools (the part of
  // its state that is not settled, its incidents) must not be asked of them.
  bool is_past = false;
  // Of load balancers; nullptr where nobody asked for it (Wanted).
  const lvs::VrrpTable* vrrp = nullptr;
  const lvs::SyncTable* sync = nullptr;
  // Of connections that are forwarded; likewise.
  const forwarding::LegTable* legs = nullptr;
};

}  // namespace tapstat::analysis
