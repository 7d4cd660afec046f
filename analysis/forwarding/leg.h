// One leg of a connection's way: what packets between two sockets show, wherever they were seen.
// Behind a box that rewrites addresses the connection goes on as another leg; a box that hands it
// on as it is (a router, a director in direct routing) shows on other links of the same leg.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "analysis/flow_key.h"
#include "analysis/forwarding/link.h"
#include "analysis/lvs/ipvs_state.h"

namespace tapstat::analysis::forwarding {

using capture::Timestamp;

inline constexpr std::uint32_t kNoLeg = 0xffffffffu, kNoJoins = 0xffffffffu;

// Packets of one direction on one link.
struct Crossing {
  LinkId link = 0;
  std::uint32_t packets = 0;
  std::uint8_t ttl = 0;  // of the last one
};

// What one end sends.
struct Course {
  static constexpr std::size_t kMost = 8;  // links kept

  Timestamp last{};
  std::uint32_t packets = 0;       // each once, however often it was seen
  std::uint32_t data_packets = 0;  // of these, with payload
  std::uint8_t links = 0;
  std::array<Crossing, kMost> crossings{};

  [[nodiscard]] std::span<const Crossing> seen() const { return std::span(crossings).first(links); }
};

// What joins two legs.
enum class Clue : std::uint8_t {
  numbers,     // the same packet, by its sequence numbers (TCP) or what it says (UDP, ICMP)
  isn,         // likewise, and that began the connection
  server_isn,  // the server's first number, where a box gave the client's another
  payload,     // what the first data says
  toa,         // the client's address in a TCP option
  proxy,       // or before the data (PROXY protocol)
  uoa,         // or in an IP option, of UDP
};

// The leg behind the box towards one end, as far as packets prove it.
struct Join {
  std::uint32_t leg = kNoLeg;
  std::uint8_t clues = 0;             // bits by Clue
  std::uint32_t fits = 0;             // packets that were seen on both
  std::uint32_t unseen = 0;           // of this leg since the last that fits
  Timestamp first{}, last{};          // of those that fit
  std::uint64_t frame = 0;            // the first of them, on this leg
  bool fits_way[2] = {false, false};  // by the sender on this leg: packets that way did
  bool is_broken = false;             // it fitted, and no longer does

  [[nodiscard]] bool holds() const { return leg != kNoLeg && !is_broken; }
  [[nodiscard]] bool has(Clue clue) const {
    return (clues & 1u << static_cast<unsigned>(clue)) != 0;
  }
  void add(Clue clue) {
    clues = static_cast<std::uint8_t>(clues | 1u << static_cast<unsigned>(clue));
  }
};

// IPVS' own state of the connection, would a director keep it.
struct Entry {
  lvs::IpvsState state = lvs::IpvsState::none;
  Timestamp last{};  // of the packets that it sees
  // Since when it counts as inactive; Timestamp::max(): it does not.
  Timestamp inactive_from = Timestamp::max();
};

// Those of one leg: towards an end there may be several, where a box sends packets of one
// connection to different hosts.
struct Joins {
  static constexpr std::size_t kMost = 3;  // towards one end

  std::array<Join, kMost> towards[2];  // by end

  // In the order in which they were found.
  [[nodiscard]] std::span<const Join> found(int end) const {
    const auto& all = towards[end];
    const auto last =
        std::find_if(all.begin(), all.end(), [](const Join& join) { return join.leg == kNoLeg; });
    return {all.begin(), last};
  }
};

// Times are by the clock of the first input, as far as that is known (ClockOffsets).
struct Leg {
  FlowKey key{};
  std::uint8_t protocol = 0;
  std::int8_t opener = -1;  // the end that asked: its SYN, or an echo request; -1: not seen
  std::int8_t first_sender = 0;
  std::int8_t reset_by = -1;
  bool acknowledged = false;  // the opener went on after its SYN: somebody has answered it
  bool has_carried[2] = {false, false};  // by sender: LegTable::carried
  std::uint16_t syns = 0;                // of the opener, each once
  bool has_isn[2] = {false, false};
  std::uint32_t isn[2] = {0, 0};
  Timestamp first{}, last{};
  Timestamp reset_at{};
  std::uint64_t first_frame = 0, reset_frame = 0;
  LinkId reset_link = 0;           // where the reset was seen first
  std::uint64_t inputs = 0;        // as tcp::Connection's
  Course courses[2];               // by sender
  std::uint32_t joins = kNoJoins;  // into LegTable's
  // By the end that is the client (opener, where known), and by lvs::IpvsView.
  Entry entries[2][2];
  std::uint32_t older = kNoLeg;  // the one before it with the same key

  [[nodiscard]] int server() const { return 1 - opener; }
  [[nodiscard]] bool saw_link(int sender, LinkId link) const {
    const auto seen = courses[sender].seen();
    return std::any_of(seen.begin(), seen.end(),
                       [link](const Crossing& c) { return c.link == link; });
  }
};

}  // namespace tapstat::analysis::forwarding
