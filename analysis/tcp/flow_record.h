// What the tracker touches of a connection for each of its segments: two cache lines.
//
// Nearly every segment is ordinary: both ends ESTABLISHED, nothing open, it goes on where its
// sender stood. Such a connection is at rest, and its numbers stand here; a Connection is made, or
// brought up to date, only for what is not ordinary (Tracker).
#pragma once

#include <cstddef>
#include <cstdint>

#include "analysis/prefetch.h"
#include "analysis/seq.h"
#include "analysis/tcp/flow_tuple.h"
#include "analysis/tcp/path_ids.h"
#include "analysis/tcp/receive_window.h"
#include "analysis/tcp/sightings.h"
#include "analysis/tcp/stride.h"
#include "analysis/tcp/syn_note.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;
using decode::Segment;

struct alignas(64) FlowRecord {
  static constexpr std::uint32_t kNone = 0xffffffffu;

  enum class Stage : std::uint8_t {
    asking,   // a SYN was seen, and nothing since: `alone` has it
    opening,  // an Origin has what was seen so far
    joining,  // a Midstream has
    at_rest,  // the numbers below are right; the rest is in a Connection, an Origin or a Midstream
    closing,  // likewise, up to when a Closing began, which has what came since
    full,     // a Connection has it all
    vacant,   // of none
  };

  FlowRecord() : rest{} {}

  // Of a connection at rest: what each of its ends sent.
  struct Flight {
    Seq nxt;    // goes on here
    Seq acked;  // its last acknowledgment
  };

  // Whether it is of this five-tuple; and whether a segment came along the way its sender's came so
  // far.
  template <typename Tuple>  // or record
  [[nodiscard]] bool is_of(const Tuple& t) const {
    return ((address[0] ^ t.address[0]) | (address[1] ^ t.address[1]) |
            static_cast<std::uint32_t>((port[0] ^ t.port[0]) | (port[1] ^ t.port[1])) |
            static_cast<std::uint32_t>(is_v6 != t.is_v6)) == 0;
  }
  [[nodiscard]] bool came_along(const Stride& s, int sender) const {
    return path[sender] == s.path && input == s.input;
  }

  // The bytes of a frame of that length can be counted here.
  [[nodiscard]] bool has_room_for(std::uint32_t wire_len, int sender) const {
    return wire_bytes[sender] + wire_len >= wire_len;
  }

  // Takes an ordinary segment of a connection at rest. False, and nothing is changed, where it is
  // not ordinary. See Endpoint::takes_in_stride(), of which this is the shape that fits in here.
  [[nodiscard]] bool take_in_stride(const Stride& s, int sender) {
    Flight& from = flight[sender];
    const Flight& to = flight[1 - sender];
    const Seq ack{s.ack};
    if (!s.may_be_ordinary() || Seq{s.seq} != from.nxt || !at_or_before(from.acked, ack) ||
        before(to.nxt, ack) || !has_room_for(s.wire_len, sender)) {
      return false;
    }
    if (from.acked != ack || window[sender] != s.window) {
      if (!rest.offered[sender].offer(ack, s.window)) return false;
      from.acked = ack;
      window[sender] = s.window;
    }
    from.nxt = from.nxt + s.payload_len;
    sent_data |= static_cast<std::uint8_t>((s.payload_len > 0 ? 1u : 0u) << sender);
    ++packets[sender];
    wire_bytes[sender] += s.wire_len;
    rest.heard[sender] = s.time;
    if (last < s.time) last = s.time;
    return true;
  }

  void prefetch() const {
    fetch_line(this);
    fetch_line(&rest);
  }

  std::uint32_t address[2] = {0, 0};  // see FlowTuple
  std::uint16_t port[2] = {0, 0};
  Stage stage = Stage::vacant;
  bool is_v6 = false;
  std::uint8_t sent_data = 0;  // bit i: end i has, as far as is known here
  std::uint8_t client = 0;     // index of an end, while no Connection says
  std::uint16_t path[2] = {PathIds::kUnseen, PathIds::kUnseen};  // of PathIds, by sender
  std::uint16_t window[2] = {0, 0};                              // the last one sent, unscaled
  Timestamp last{};
  Flight flight[2];
  // By sender: packets since it is at rest, and what no Connection knows of their bytes.
  std::uint32_t packets[2] = {0, 0};
  std::uint32_t wire_bytes[2] = {0, 0};

  // Of a connection of which there is but a SYN: what most are in a flood.
  struct Alone {
    Sightings::Seen seen;
    SynNote syn;
    std::uint8_t near = 0;  // NearEnds::at_first
  };
  // Of a connection at rest.
  struct Rest {
    Timestamp heard[2] = {};  // by sender
    ReceiveWindow::Wide offered[2];
  };
  union {
    Rest rest;
    Sightings::Seen first_two[2];  // while it opens or is joined: its first packets
    Alone alone;
  };
  // Where the rest is, as the tracker keeps it; kNone for nowhere.
  std::uint32_t detail = kNone;      // a Closing; while it asks, a FlowKey
  std::uint32_t connection = kNone;  // a Connection
  std::uint32_t sibling = kNone;     // a record with the same five-tuple on another path
  std::uint16_t input = 0;           // the one at which all its segments were seen, while not full
  bool is_midstream = false;         // what it began with is a Midstream, not an Origin
};
static_assert(sizeof(FlowRecord) == 128);

}  // namespace tapstat::analysis::tcp
