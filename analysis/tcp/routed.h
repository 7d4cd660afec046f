// A segment on its way to the tracker of its shard, and what that said of it.
#pragma once

#include <cstdint>

#include "analysis/tcp/flow_tuple.h"
#include "analysis/tcp/sequence_analysis.h"
#include "analysis/tcp/stride.h"
#include "analysis/tcp/tables.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

// A cache line. What is looked up is worked out once, where the packet is at hand.
struct Routed {
  // What `index` is of, in the block that is being taken.
  enum class Kind : std::uint8_t {
    segment,
    plain,  // a segment that is still to be read from its frame, where somebody needs it
    error,  // an ICMP error
  };

  // `from`: a Segment or a PlainTcp. Made where it is to stay: one that is copied right after its
  // narrow fields were written waits for each of them to come out of the store buffer.
  template <typename From>
  Routed(const From& from, std::uint16_t path, const KeyedHash& hash, Timestamp time, Kind is,
         std::size_t at)
      : tuple(tuple_of(Ends::of(from), hash)),
        place(static_cast<std::uint32_t>(is) << kKindShift | static_cast<std::uint32_t>(at)),
        now(time),
        stride(Stride::of(from, path)) {}

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(place >> kKindShift); }
  [[nodiscard]] std::uint32_t index() const { return place & ((1u << kKindShift) - 1); }
  // It was read.
  void become_segment() { place = index(); }

  static constexpr int kKindShift = 30;
  FlowTuple tuple;
  std::uint32_t place;  // kind and index
  Timestamp now;        // packet time has come so far with it
  Stride stride;

  // The upper bits: the lower ones say where in an index it belongs.
  [[nodiscard]] static std::uint32_t shard_of(std::uint32_t hash) {
    return hash >> (32 - kShardBits);
  }
  [[nodiscard]] std::uint32_t shard() const { return shard_of(tuple.hash); }
};

static_assert(sizeof(Routed) == 64);

// What the analysis said of a segment; kept until the block is through, for those who want it told
// in the order of frames and by id.
struct Remark {
  const decode::Segment* segment = nullptr;
  std::uint32_t connection = 0;  // index in its shard
  std::int32_t sender = 0;       // index of an end
  Appraisal appraisal;
};

}  // namespace tapstat::analysis::tcp
