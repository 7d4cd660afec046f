// What a packet tells of its leg by itself: where it was seen, how far the connection has come, and
// what IPVS would make of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "analysis/forwarding/leg.h"
#include "analysis/forwarding/sighting.h"

namespace tapstat::analysis::forwarding {

// Any sighting, also of a packet that was seen before.
void note_crossing(Leg& leg, const Sighting& s);

// A packet, once.
void note_progress(Leg& leg, const Sighting& s);

// What stays the same of a segment where a box gives the connection other numbers.
struct ShiftedContent {
  std::uint64_t hash = 0;
  Clue clue = Clue::payload;
};
struct ShiftedContents {
  std::array<ShiftedContent, 2> all{};
  std::size_t count = 0;

  void add(std::uint64_t hash, Clue clue) { all[count++] = {hash | 1, clue}; }
  [[nodiscard]] std::span<const ShiftedContent> found() const {
    return std::span(all).first(count);
  }
};
// Of a SYN-ACK its number: such boxes pass the server's on. Of data what it says, with its place in
// the stream where both ends' first numbers are known; else with its number, and with the one that
// it acknowledges, of which one is the server's. None where it tells nothing.
[[nodiscard]] ShiftedContents shifted_contents(const Leg& leg, const Sighting& s);

}  // namespace tapstat::analysis::forwarding
