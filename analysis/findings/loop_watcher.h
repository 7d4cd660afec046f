// Packets that go round in a circle of routers: the same one comes by again, its TTL lower.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/findings/finding.h"
#include "analysis/flow_key.h"
#include "analysis/segment_block.h"
#include "decode/packet.h"

namespace tapstat::analysis {

// One for each destination that packets never reach.
struct Loop {
  IpAddress destination;
  Timestamp first{}, last{};
  std::uint64_t packets = 0;   // that went round
  std::uint64_t expired = 0;   // ICMP errors that say so of a packet on its way there
  std::uint8_t most_hops = 0;  // that one packet was seen to lose
  std::array<std::uint64_t, kMostFrames> frames{};
  std::uint8_t frame_count = 0;  // of these that are used
};

// Remembers the last few thousand packets, whatever there are: memory is fixed, and a packet costs
// one slot of it.
class LoopWatcher {
 public:
  explicit LoopWatcher(KeyedHash hash) : hash_(hash), slots_(kSlots) { loops_.reserve(kMostLoops); }

  void see(const decode::Segment& segment) { take(look_at(segment)); }
  void see(SegmentBlock block);
  // Any other packet.
  void see(const decode::Packet& packet, const capture::Frame& frame);

  [[nodiscard]] const std::vector<Loop>& loops() const { return loops_; }

 private:
  static constexpr std::size_t kSlots = 4096;
  static constexpr std::size_t kMostLoops = 64;
  static constexpr std::uint8_t kNoLoop = 0xff;

  // One appearance of a packet.
  struct Look {
    std::uint64_t content = 0;  // hash of what no router changes
    std::uint64_t hop = 0;      // hash of where it was seen: which host sent it to which
    const std::uint8_t* ip_dst = nullptr;
    Timestamp time{};
    std::uint64_t frame = 0;
    std::uint8_t ip_version = 0;
    std::uint8_t ttl = 0;
    bool has_id = false;  // by which two packets of the same content differ
    bool has_macs = false;
  };
  struct Slot {
    std::uint64_t content = 0;  // 0: free
    std::uint64_t hop = 0;
    Timestamp last{};
    std::array<std::uint64_t, kMostFrames> frames{};
    std::uint8_t sightings = 0;
    std::uint8_t first_ttl = 0;
    std::uint8_t last_ttl = 0;
    std::uint8_t ttl_here = 0;  // when it was last where it was first seen
    std::uint8_t round = 0;     // hops since it had been there before; 0 while it has not
    bool is_even = true;        // as many hops each time
    bool came_back = false;     // to where it was first seen
    std::uint8_t loop = kNoLoop;
  };

  // What both kinds of packets have.
  struct Header {
    const std::uint8_t* ip_src;
    std::uint8_t ip_version;
    std::uint8_t protocol;
    std::uint16_t ip_id;
    std::uint32_t length;
  };
  [[nodiscard]] std::uint64_t content_of(const Header& header, capture::Bytes start) const;
  [[nodiscard]] std::uint64_t hop_of(const std::uint8_t* macs, const decode::VlanStack& vlans,
                                     std::uint16_t input) const;
  [[nodiscard]] Look look_at(const decode::Segment& segment) const;
  void take(const Look& look);
  void take_again(Slot& slot, const Look& look);
  [[nodiscard]] static std::uint8_t sightings_needed(const Look& look);
  static void note_round(Slot& slot, std::uint8_t ttl);
  void confirm(Slot& slot, const Look& look);
  static void note_frames(Loop& loop, const Slot& slot);
  void note_expired(const decode::Packet& packet);
  [[nodiscard]] std::uint8_t find(const IpAddress& destination) const;

  KeyedHash hash_;
  std::vector<Slot> slots_;
  std::vector<Loop> loops_;
};

}  // namespace tapstat::analysis
