// Frames in, model out: the one engine behind every view, driven by packet time alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/findings/packet_watch.h"
#include "analysis/model.h"
#include "analysis/tcp/tracker.h"
#include "capture/frame.h"
#include "decode/decoder.h"

namespace tapstat::analysis {

// What is done beside following connections; it costs time for each packet.
struct Watching {
  bool packets = false;  // for findings about single packets: PacketWatch
};

class Engine {
 public:
  // `secret` keys the hashes against prepared collisions; no result depends on it.
  explicit Engine(std::uint64_t secret, const tcp::Settings& settings = {}, Watching watching = {})
      : tcp_(secret, settings) {
    if (watching.packets) watch_.emplace(secret);
  }

  // Takes frames in the order they were read. They need not stay valid.
  void take(std::span<const capture::Frame> frames);

  // Counts from here on: what was taken so far is history, which moved states but is not reported.
  void restart_totals() { totals_ = {}; }

  // Lets packet time come to `now` without a packet: timers due by then fire.
  void advance_to(Timestamp now) { tcp_.advance_to(now); }

  // The input has ended: what is still open is entered in the journal as it stands. Call once,
  // last.
  void finish() { tcp_.finish(); }

  [[nodiscard]] Model model() const {
    return {totals_, tcp_, decoder_, watch_ ? &*watch_ : nullptr};
  }

 private:
  void take_packet(const decode::Packet& packet);
  void take_segments();

  decode::Decoder decoder_;
  tcp::Tracker tcp_;
  std::optional<PacketWatch> watch_;
  Totals totals_;
  // Of the batch in hand, at most one for each of its frames; never cleared, only written over.
  std::vector<decode::Segment> segments_;
  std::size_t pending_ = 0;  // of these, not yet taken
};

}  // namespace tapstat::analysis
