// The MAC addresses of the capture: what a switch on that wire would have learned of them, and what
// is known of the IP addresses behind them. Goes by the outermost header of each frame: what is
// inside of a tunnel is another network's.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/flow_index.h"
#include "analysis/flow_key.h"
#include "analysis/huge_pages.h"
#include "analysis/prefetch.h"
#include "analysis/segment_block.h"
#include "analysis/stations/address_table.h"
#include "analysis/stations/link_table.h"
#include "analysis/stations/router_notices.h"
#include "capture/frame.h"
#include "decode/outer_header.h"
#include "decode/packet.h"

namespace tapstat::analysis::stations {

// Frames and their lengths on the wire.
struct Traffic {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

struct Station {
  MacAddress mac{};
  Traffic sent, received;  // as source, as destination: a frame to itself is both
  capture::Timestamp first{}, last{};
  std::uint64_t source_inputs = 0;  // bit i: it sent, as seen at capture point i (the first 64)
  std::vector<LinkId> links;        // where it was seen, ascending
};

class StationTable {
 public:
  // A flood of made-up addresses fills no more than these; frames of further ones are counted.
  static constexpr std::size_t kMostStations = 1u << 17;

  explicit StationTable(std::uint64_t secret);

  // In the order they were captured.
  void see(const capture::Frame& frame, const decode::Packet& packet);
  // Frames that hold nothing but a TCP segment.
  void see(SegmentBlock block);

  // In the order they were first seen.
  [[nodiscard]] const std::vector<Station>& stations() const { return stations_; }
  [[nodiscard]] const AddressTable& addresses() const { return addresses_; }
  [[nodiscard]] const LinkTable& links() const { return links_; }
  [[nodiscard]] const RouterNotices& notices() const { return notices_; }
  // Frames with an address that there was no room for.
  [[nodiscard]] std::uint64_t frames_not_kept() const { return frames_not_kept_; }

 private:
  static constexpr std::uint32_t kNone = FlowIndex::kNone;
  static constexpr std::size_t kMostSightings = 1u << 18;  // of stations on links

  // What the frames of one conversation have in common, so that each but the first takes one
  // look-up: who sends it to whom. Known by a hash of all that alone.
  struct Path {
    std::uint64_t hash = 0;
    std::uint32_t sender = kNone, receiver = kNone;  // indices into stations_
    std::uint32_t source = kNone;                    // into addresses_, its IP address
    std::uint8_t best_ttl = 0;                       // of that one, as far as seen here
  };

  // Conversations whose hashes end alike, the last that was used first.
  struct alignas(kCacheLine) PathSet {
    std::array<Path, 2> paths;
  };

  // What a frame asks for.
  struct Look {
    decode::OuterHeader header;
    Link link;
    std::uint64_t hash = 0;
  };

  [[nodiscard]] Look look(const capture::Frame& frame, const decode::OuterHeader& header) const;
  void fetch(const Look& look) const;
  void count(const capture::Frame& frame, const Look& look);
  [[nodiscard]] Path& path_of(const capture::Frame& frame, const Look& look);
  [[nodiscard]] PathSet& set_of(std::uint64_t hash) { return paths_[hash % paths_.size()]; }
  [[nodiscard]] const PathSet& set_of(std::uint64_t hash) const {
    return paths_[hash % paths_.size()];
  }
  [[nodiscard]] std::uint64_t hash_of(const Link& link, const decode::OuterHeader& header) const;
  [[nodiscard]] Path enter(const Link& link, const decode::OuterHeader& header,
                           capture::Timestamp time);
  void enter_addresses(LinkId link, const decode::OuterHeader& header, Path& path);
  [[nodiscard]] std::uint32_t enter_station(const MacAddress& mac, capture::Timestamp time);
  void note_link(Station& station, LinkId link);
  void add(std::uint32_t station, Traffic Station::*direction, const capture::Frame& frame);

  KeyedHash hash_;
  FlowIndex index_;
  std::vector<Station> stations_;
  LinkTable links_;
  AddressTable addresses_;
  RouterNotices notices_;
  std::vector<PathSet, PageAllocator<PathSet>> paths_;
  std::size_t sightings_ = 0;
  std::uint64_t frames_not_kept_ = 0;
};

}  // namespace tapstat::analysis::stations
