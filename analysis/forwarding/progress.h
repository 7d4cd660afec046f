// What a packet tells of its leg by itself: where it was seen, how far the connection has come, and
// what IPVS would make of it.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/forwarding/leg.h"
#include "analysis/forwarding/sighting.h"

namespace tapstat::analysis::forwarding {

// Any sighting, also of a packet that was seen before.
void note_crossing(Leg& leg, const Sighting& s);

// A packet, once.
void note_progress(Leg& leg, const Sighting& s);

// What stays the same of a segment where a box gives the connection other numbers.
struct RelativeContent {
  std::uint64_t hash = 0;
  Clue clue = Clue::payload;
};
// Of a SYN-ACK its number, which such boxes pass on; of data what it says and where in the stream.
// nullopt where it tells nothing.
[[nodiscard]] std::optional<RelativeContent> relative_content(const Leg& leg, const Sighting& s);

}  // namespace tapstat::analysis::forwarding
