// Frames in, model out: the one engine behind every view, driven by packet time alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "analysis/findings/packet_watch.h"
#include "analysis/flows/flow_tracker.h"
#include "analysis/forwarding/leg_table.h"
#include "analysis/host_names.h"
#include "analysis/lvs/sync_table.h"
#include "analysis/lvs/vrrp_table.h"
#include "analysis/model.h"
#include "analysis/neighbors/neighbor_table.h"
#include "analysis/segment_block.h"
#include "analysis/spanning_tree/bpdu_log.h"
#include "analysis/spanning_tree/spanning_trees.h"
#include "analysis/stations/station_table.h"
#include "analysis/tcp/shards.h"
#include "analysis/zeek/conn_log.h"
#include "capture/frame.h"
#include "decode/decoder.h"

namespace tapstat::analysis {

// What only some views show, and costs time and memory.
struct Wanted {
  bool flows = false;            // Model::flows
  bool conns = false;            // Model::conns
  bool tcp_sessions = false;     // TcpTables::session
  bool packets = false;          // Model::watch
  bool neighbors = false;        // Model::neighbors
  bool stations = false;         // Model::stations
  bool trees = false;            // Model::trees
  bool bpdus = false;            // Model::bpdus
  bool vrrp = false;             // Model::vrrp
  bool sync = false;             // Model::sync
  bool legs = false;             // Model::legs
  decode::ToaKinds toa_kinds{};  // of TCP options that name clients, in Model::legs
  decode::Checksums checksums = decode::Checksums::ignored;
  // Bytes that flows, conns and legs may take, each: of more, what comes later is counted, not
  // kept.
  std::size_t memory = std::numeric_limits<std::size_t>::max();
};

class Engine {
 public:
  // `secret` keys the hashes against prepared collisions; no result depends on it. `names`, where
  // somebody wants them, is borrowed and learns what DNS answers tell.
  explicit Engine(std::uint64_t secret, const tcp::Settings& settings = {},
                  const Wanted& wanted = {}, HostNames* names = nullptr);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Takes frames in the order they were read. They need not stay valid.
  void take(std::span<const capture::Frame> frames);

  // Counts from here on: what was taken so far is history, which moved states but is not reported.
  void restart_totals();

  // Lets packet time come to `now` without a packet: timers due by then fire.
  void advance_to(Timestamp now) { tcp_.advance_to(now); }

  // The input has ended: what is still open is entered in the journal as it stands. Call once,
  // last.
  void finish() { tcp_.finish(); }

  // With more than one job the connections lack what was taken since advance_to() or finish(), or
  // are half through it: call advance_to() before.
  [[nodiscard]] Model model() const;

 private:
  // Neither of the two straight ways takes what is the other's: the one that took the last frame is
  // asked first.
  [[nodiscard]] bool decode_straight(const capture::Frame& frame, decode::Segment& segment);
  // Any frame that the straight ways do not take.
  void take_any(const capture::Frame& frame);
  void see_forwarding(const capture::Frame& frame, const decode::Packet& packet);
  void take_packet(const decode::Packet& packet, const capture::Frame& frame);
  void count(const decode::Packet& packet);
  void see_layer2(const capture::Frame& frame, const decode::Packet& packet);
  void see(const capture::Frame& frame, const decode::Segment& segment);
  void see_block();

  tcp::Shards tcp_;
  Wanted wanted_;
  const tcp::EventLog* events_;
  decode::Decoder decoder_;
  flows::FlowTracker flows_;
  zeek::ConnLog conns_;
  HostNames* names_;
  std::optional<PacketWatch> watch_;
  std::optional<neighbors::NeighborTable> neighbors_;
  std::optional<stations::StationTable> stations_;
  std::optional<spanning_tree::SpanningTrees> trees_;
  std::optional<spanning_tree::BpduLog> bpdus_;
  std::optional<lvs::VrrpTable> vrrp_;
  std::optional<lvs::SyncTable> sync_;
  std::optional<forwarding::LegTable> legs_;
  Totals totals_;
  bool in_tunnels_ = false;  // the last frame that came a straight way was
  decode::Packet packet_;    // the one that the general decoder was given last
  std::array<FramedSegment, kMostInBlock> block_{};  // not seen yet
  std::size_t in_block_ = 0;
};

}  // namespace tapstat::analysis
