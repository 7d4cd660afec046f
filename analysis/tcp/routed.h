// A segment on its way to the tracker of its shard, and what that said of it.
#pragma once

#include <cstdint>

#include "analysis/tcp/flow_tuple.h"
#include "analysis/tcp/sequence_analysis.h"
#include "analysis/tcp/tables.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

// 32 bytes. What is looked up is worked out once, where the packet is at hand.
struct Routed {
  // Made where it is to stay: one that is copied right after its narrow fields were written waits
  // for each of them to come out of the store buffer.
  Routed(const decode::Segment& segment, const KeyedHash& hash, Timestamp time, std::uint32_t at)
      : tuple(tuple_of(segment, hash)), index(at), now(time) {}

  FlowTuple tuple;
  // Of its segment in the block that is being taken; with kError, of an ICMP error.
  std::uint32_t index = 0;
  Timestamp now{};  // packet time has come so far with it

  static constexpr std::uint32_t kError = 1u << 31;

  [[nodiscard]] bool is_error() const { return (index & kError) != 0; }
  // The upper bits: the lower ones say where in an index it belongs.
  [[nodiscard]] std::uint32_t shard() const { return tuple.hash >> (32 - kShardBits); }
};

static_assert(sizeof(Routed) == 32);

// What the analysis said of a segment; kept until the block is through, for those who want it told
// in the order of frames and by id.
struct Remark {
  const decode::Segment* segment = nullptr;
  std::uint32_t connection = 0;  // index in its shard
  std::int32_t sender = 0;       // index of an end
  Appraisal appraisal;
};

}  // namespace tapstat::analysis::tcp
