// What the views read: everything the engine has worked out so far.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "analysis/findings/packet_watch.h"
#include "analysis/flows/flow.h"
#include "analysis/tcp/connections.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/history.h"
#include "analysis/tcp/tables.h"
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
  explicit TcpTables(const tcp::Tables& tables) : TcpTables(tables, tables) {}
  // With what another history, of at least these connections, tells of them.
  TcpTables(const tcp::Tables& tables, tcp::History journal) : tables_(tables), journal_(journal) {}

  [[nodiscard]] const tcp::Tables& tables() const { return tables_; }
  // In order of first packet.
  [[nodiscard]] tcp::Connections connections() const { return tables_; }
  // How many are not there any more, for lack of memory.
  [[nodiscard]] std::uint32_t given_up() const { return tables_.directory.gone() - tables_.ended; }
  // Nullptr where Settings::analysis did not ask for it.
  [[nodiscard]] const tcp::SequenceAnalysis* analysis(const tcp::Connection& c) const {
    const auto [shard, index] = find(c);
    return index < shard->analyses->size() ? &(*shard->analyses)[index] : nullptr;
  }
  // Of what end `i` sent; nullptr likewise, and where there is nothing to say.
  [[nodiscard]] const tcp::Quality* quality(const tcp::Connection& c, int i) const {
    const tcp::SequenceAnalysis* of = analysis(c);
    return of == nullptr ? nullptr : of->quality(i, *find(c).first->qualities);
  }
  // Of both directions; `c` has an analysis.
  [[nodiscard]] RoundTrips rtt(const tcp::Connection& c) const {
    return analysis(c)->rtt(*find(c).first->qualities);
  }
  // What Zeek would say of it; nullptr where nobody asked for it (Wanted).
  [[nodiscard]] const zeek::TcpSession* session(const tcp::Connection& c) const {
    const auto [shard, index] = find(c);
    return index < shard->sessions->size() ? &(*shard->sessions)[index] : nullptr;
  }
  // May hold more than `connections` do: it is written with hindsight.
  [[nodiscard]] tcp::History journal() const { return journal_; }

 private:
  // Where it is kept, and its index there.
  [[nodiscard]] std::pair<const tcp::ShardTables*, std::uint32_t> find(
      const tcp::Connection& c) const {
    const tcp::Place place = tables_.directory.place(c.id());
    return {&tables_.shards[place.shard()], place.index()};
  }

  const tcp::Tables& tables_;
  tcp::History journal_;
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
  const Arena<flows::Flow>& flows;  // by id
  const zeek::Conns& conns;         // of Zeek's conn.log
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
  // Packets of flows, and of Zeek's connections, that there was no room for.
  std::uint64_t unkept_flows = 0, unkept_conns = 0;
};

}  // namespace tapstat::analysis
