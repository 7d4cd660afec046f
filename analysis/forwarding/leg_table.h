// The legs of all connections, and which of them are one connection's: the same packets, seen
// before and behind a box that rewrites their addresses.
//
// Legs are joined by what such boxes leave alone, and every later packet of a joined leg is checked
// against the join. Nothing here knows what kind of box it is: see analysis/nat and analysis/lvs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>
#include <vector>

#include "analysis/arena.h"
#include "analysis/flow_index.h"
#include "analysis/forwarding/clock_offsets.h"
#include "analysis/forwarding/leg.h"
#include "analysis/forwarding/link.h"
#include "analysis/forwarding/progress.h"
#include "analysis/forwarding/recent_packets.h"
#include "analysis/forwarding/sighting.h"
#include "analysis/segment_block.h"
#include "analysis/socket.h"
#include "decode/client_address.h"
#include "decode/icmp_error.h"
#include "decode/packet.h"

namespace tapstat::analysis::forwarding {

// An ICMP error about a packet of a leg.
struct Complaint {
  std::uint32_t leg = kNoLeg;
  int end = 0;  // who sent the packet
  std::uint8_t type = 0, code = 0;
  IpAddress by;
  Timestamp time{};
  std::uint64_t frame = 0;
  LinkId link = 0;

  // RFC 792, RFC 4443 section 3.1.
  [[nodiscard]] bool says_port_unreachable() const {
    constexpr std::uint8_t kUnreachable = 3, kPort = 3, kUnreachable6 = 1, kPort6 = 4;
    return by.is_v4() ? type == kUnreachable && code == kPort
                      : type == kUnreachable6 && code == kPort6;
  }
};

// That packets of a leg carry another socket's address along.
struct Carried {
  std::uint32_t leg = kNoLeg;
  int end = 0;  // whose packets do
  Socket client;
  std::optional<Socket> service;  // that the client wrote to, where it says that
  Clue clue = Clue::toa;
  std::uint8_t option_kind = 0;  // of TOA
  Timestamp time{};
  std::uint64_t frame = 0;  // the first that does
  bool is_late = false;     // data of that end came before it
};

class LegTable {
 public:
  // Memory is bounded: packets of further legs are counted, no more. At most so many are kept,
  // however much memory there is.
  static constexpr std::uint32_t kMostLegs = 1u << 20;
  static constexpr std::size_t kMostComplaints = 1u << 14, kMostCarried = 1u << 18;

  // `memory` is what the legs may take, in bytes.
  explicit LegTable(std::uint64_t secret, const decode::ToaKinds& toa = {},
                    std::size_t memory = std::numeric_limits<std::size_t>::max());

  // In the order they were captured.
  void see(SegmentBlock block);
  void see(const capture::Frame& frame, const decode::Packet& packet);
  // `packet` is that of the error.
  void see_error(const capture::Frame& frame, const decode::Packet& packet,
                 const decode::IcmpError& error);

  // In the order of their first packets: index and id are the same.
  [[nodiscard]] const Arena<Leg>& legs() const { return legs_; }
  [[nodiscard]] const LinkTable& links() const { return links_; }
  [[nodiscard]] const ClockOffsets& clocks() const { return clocks_; }
  [[nodiscard]] const std::vector<Complaint>& complaints() const { return complaints_; }
  // By the leg's first packet that has one; of each leg and end the first that it names.
  [[nodiscard]] const std::vector<Carried>& carried() const { return carried_; }
  // What lies behind a box towards that end of it.
  [[nodiscard]] std::span<const Join> joins(const Leg& leg, int towards) const {
    if (leg.joins == kNoJoins) return {};
    return joins_[leg.joins].found(towards);
  }
  // Packets that there was no room for.
  [[nodiscard]] std::uint64_t unkept() const { return unkept_; }

 private:
  // A packet, and the hashes of what it asks for.
  struct Look {
    Sighting sighting;
    Link link;
    std::uint32_t link_hash = 0, leg_hash = 0;
  };
  [[nodiscard]] Look look(const FramedSegment& framed) const;
  void fetch(const Look& look) const;
  void take(const Sighting& sighting, std::uint32_t hash, const decode::Packet* packet = nullptr);
  void look_for_client(std::uint32_t id, const Sighting& s, const decode::Packet* packet);
  [[nodiscard]] std::uint32_t find_or_open(const Sighting& s, std::uint32_t hash);
  [[nodiscard]] std::uint32_t pick(std::uint32_t newest, const Sighting& s) const;
  [[nodiscard]] std::uint32_t nearest_in_numbers(std::uint32_t newest, const Sighting& s) const;
  [[nodiscard]] std::uint32_t open(const Sighting& s, std::uint32_t hash, std::uint32_t older);
  [[nodiscard]] bool is_one_packet(const Recent& before, const Sighting& s) const;
  [[nodiscard]] bool is_near(const Recent& before, const Sighting& s) const;
  // Looks for the same packet elsewhere; true when it was seen on this leg before.
  [[nodiscard]] bool compare(std::uint32_t id, const Sighting& s);
  struct Likeness {
    int hops = 0, changed_ends = 0, changed_ports = 0;
    Duration apart{};
    friend bool operator<(const Likeness& a, const Likeness& b) {
      return std::tie(a.hops, a.changed_ends, a.changed_ports, a.apart) <
             std::tie(b.hops, b.changed_ends, b.changed_ports, b.apart);
    }
  };
  // What the packets seen last say of the one in hand.
  struct Comparison {
    bool seen_here = false;  // on this leg, elsewhere
    bool is_one = true;      // it can have been one leg's only
    int others = 0;          // packets of other legs that may have become it
    std::optional<Recent> best{};
    Likeness most{};
  };
  void weigh(std::uint32_t id, const Sighting& s, const Recent& before, Comparison& all);
  [[nodiscard]] Likeness likeness(const Recent& before, const Sighting& s) const;
  [[nodiscard]] bool may_be_rewritten(const Recent& before, const Sighting& s) const;
  [[nodiscard]] const Recent* opening_like(std::uint32_t id, const Sighting& s);
  void compare_data(std::uint32_t id, const Sighting& s);
  void compare_data(std::uint32_t id, const Sighting& s, const ShiftedContent& content);
  [[nodiscard]] bool is_joined_by_numbers(std::uint32_t id) const;
  void join(const Recent& before, std::uint32_t id, const Sighting& s, Clue clue);
  [[nodiscard]] Join* join_slot(std::uint32_t of, int towards, std::uint32_t with);
  void enter_join(std::uint32_t of, int towards, const Recent& packet, std::uint32_t with,
                  Clue clue);
  void note_unmatched(std::uint32_t id);

  KeyedHash hash_;
  decode::ToaKinds toa_;
  std::uint32_t most_;  // legs
  LinkTable links_;
  FlowIndex index_;
  Arena<Leg> legs_;
  Arena<Joins> joins_;
  RecentPackets recent_;  // by all that stays the same
  RecentPackets data_;    // by what they say, with numbers counted from the connection's first
  FlowIndex opening_index_;
  Arena<Recent> openings_;  // what began connections: capture points' clocks may be far apart
  ClockOffsets clocks_;
  std::vector<Complaint> complaints_;
  std::vector<Carried> carried_;
  std::uint64_t unkept_ = 0;
};

}  // namespace tapstat::analysis::forwarding
