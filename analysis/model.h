// What the views read: everything the engine has worked out so far.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/tcp/tracker.h"
#include "decode/decoder.h"

namespace tapstat::analysis {

class PacketWatch;

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
};

// The connections, and what their ends went through. Borrowed.
class TcpTables {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): the tracker's tables are what it is looked at for.
  TcpTables(const tcp::Tracker& tracker) : TcpTables(tracker.connections(), tracker.journal()) {}
  TcpTables(const Arena<tcp::Connection>& connections, const tcp::Journal& journal)
      : connections_(connections), journal_(journal) {}

  // In order of first packet: index and id are the same.
  [[nodiscard]] const Arena<tcp::Connection>& connections() const { return connections_; }
  // May hold more than `connections` do: it is written with hindsight.
  [[nodiscard]] const tcp::Journal& journal() const { return journal_; }

 private:
  const Arena<tcp::Connection>& connections_;
  const tcp::Journal& journal_;
};

// Borrowed from an Engine, and valid while it is.
struct Model {
  const Totals& totals;
  TcpTables tcp;
  const decode::Decoder& decoder;      // names the tunnels of tcp::Path
  const PacketWatch* watch = nullptr;  // nullptr: nobody watched single packets
};

// The counters as they stood at one instant, kept while the engine reads on.
class Snapshot {
 public:
  explicit Snapshot(const Model& now) : totals_(now.totals) {
    const auto& connections = now.tcp.connections();
    for (std::uint32_t i = 0; i < connections.size(); ++i) connections_.append() = connections[i];
  }

  // What was counted by then, with what `later`, of the same engine, tells of that time.
  [[nodiscard]] Model model(const Model& later) const {
    return {totals_, {connections_, later.tcp.journal()}, later.decoder, later.watch};
  }

 private:
  Totals totals_;
  Arena<tcp::Connection> connections_;
};

}  // namespace tapstat::analysis
