// A segment on its way to the tracker of its shard, and what that said of it.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

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

  // `from`: a Segment or a PlainTcp, and its tuple. Made where it is to stay, and the tuple field
  // by field: what is copied right after its narrow fields were written waits for each of them to
  // come out of the store buffer.
  template <typename From>
  Routed(const FlowTuple& of, const From& from, std::uint16_t path, Timestamp time, Kind is,
         std::size_t at)
      : tuple{{of.address[0], of.address[1]},
              {of.port[0], of.port[1]},
              of.is_v6,
              of.sender,
              of.hash},
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

// As many of them as there is room for, one after the other. Not a vector, whose add() has to be
// able to move them all: what that would be given is kept in memory for it, with every one that is
// added.
class RoutedList {
 public:
  explicit RoutedList(std::size_t capacity) : capacity_(capacity), first_(allocate(capacity)) {}

  // There must be room().
  template <typename... Of>
  [[gnu::always_inline]] const Routed& add(Of&&... of) {
    return *std::construct_at(first_.get() + size_++, std::forward<Of>(of)...);
  }
  [[nodiscard]] std::size_t room() const { return capacity_ - size_; }
  [[nodiscard]] std::span<Routed> all() { return {first_.get(), size_}; }
  void clear() { size_ = 0; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(Routed* at) const { ::operator delete(at, kAlignment); }
  };
  static_assert(std::is_trivially_destructible_v<Routed>);
  [[nodiscard]] static Routed* allocate(std::size_t n) {
    return static_cast<Routed*>(::operator new(n * sizeof(Routed), kAlignment));
  }

  std::size_t size_ = 0;
  std::size_t capacity_;
  std::unique_ptr<Routed, Free> first_;
};

// What the analysis said of a segment; kept until the block is through, for those who want it told
// in the order of frames and by id.
struct Remark {
  const decode::Segment* segment = nullptr;
  std::uint32_t connection = 0;  // index in its shard
  std::int32_t sender = 0;       // index of an end
  Appraisal appraisal;
};

}  // namespace tapstat::analysis::tcp
