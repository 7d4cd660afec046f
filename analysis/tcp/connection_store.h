// Where connections are kept, each in the smallest form that says all of it.
//
// A Flow for each, a Closing once it ends, or a Connection as soon as anything out of the ordinary
// happens to it. What is folded up in one of the first two is unfolded by giving a Connection the
// segments that were kept, with the time between them: it comes to the state it would have come to
// at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "analysis/slab.h"
#include "analysis/tcp/closing.h"
#include "analysis/tcp/connection.h"
#include "analysis/tcp/flow.h"
#include "analysis/tcp/path_ids.h"
#include "analysis/tcp/plain_states.h"
#include "analysis/tcp/worth.h"

namespace tapstat::analysis::tcp {

class ConnectionStore {
 public:
  // Of the paths by whose numbers segments come; borrowed.
  explicit ConnectionStore(const PathIds& paths) : paths_(paths) {}

  // Ids are below this; those of connections that were removed may be given again.
  [[nodiscard]] std::uint32_t extent() const { return flows_.extent(); }
  [[nodiscard]] bool has(std::uint32_t id) const {
    return record(id).stage != FlowRecord::Stage::vacant;
  }
  [[nodiscard]] FlowRecord& record(std::uint32_t id) { return flows_[id].record; }
  [[nodiscard]] const FlowRecord& record(std::uint32_t id) const { return flows_[id].record; }

  // How many there are.
  [[nodiscard]] std::uint32_t count() const { return flows_.count(); }
  // Whether a Connection stands for it, or for what it was before it rested.
  [[nodiscard]] bool has_connection(std::uint32_t id) const {
    return record(id).connection != FlowRecord::kNone;
  }

  // A new record for the five-tuple, vacant yet: add() or begin() comes next.
  [[nodiscard]] std::uint32_t append(const FlowTuple& tuple);

  // Keeps `seg`, with which it opens, or is met: Origin or Midstream begins() with it.
  // `near`: NearEnds::at_first.
  void begin(std::uint32_t id, const Segment& seg, int sender, std::uint16_t path,
             std::uint8_t near);
  // A further segment. `strange`: unfold() it, and take it there.
  [[nodiscard]] Origin::Verdict take(std::uint32_t id, const Segment& seg, int sender,
                                     std::uint16_t path);
  // Likewise, of one that rests and is folded up, or closes: whether it closes as it should.
  [[nodiscard]] bool close(std::uint32_t id, const Segment& seg, int sender);
  // Likewise, of one that was met mid-stream and does not rest yet; whether it goes on as it
  // should.
  [[nodiscard]] bool join(std::uint32_t id, const Segment& seg, int sender, std::uint16_t path,
                          const Stage& stage);
  // Of one that opens.
  [[nodiscard]] Origin& opening(std::uint32_t id) { return flows_[id].origin; }

  // A Connection for a new record.
  [[nodiscard]] Connection& add(std::uint32_t id);
  [[nodiscard]] Connection& connection(std::uint32_t id) {
    return connections_[record(id).connection];
  }
  [[nodiscard]] const Connection& connection(std::uint32_t id) const {
    return connections_[record(id).connection];
  }
  // The Connection of any record, as it stands; what it kept before is given to it, with the timers
  // that were due by `now`.
  Connection& unfold(std::uint32_t id, Timestamp now, const Stage& stage);
  // After it took a segment: it may rest.
  void rest(std::uint32_t id, std::uint16_t path, int sender);
  // Forgets it.
  void remove(std::uint32_t id, const Stage& stage);

  // What the connections take: without the parts that Stage lends them.
  [[nodiscard]] std::size_t bytes() const;
  // What would be lost with it.
  [[nodiscard]] Worth worth(std::uint32_t id) const;
  // Whether both its ends are done with it.
  [[nodiscard]] bool is_over(std::uint32_t id) const;
  // When it was heard last.
  [[nodiscard]] Timestamp last(std::uint32_t id) const;

  // A copy of it as it is at `now`. Where it is not plain() what is still open in it takes parts of
  // `stage`: whoever has the copy must finish() it.
  [[nodiscard]] Connection copy(std::uint32_t id, Timestamp now, const Stage& stage) const;

  // The states of its ends at `now` where these need no Connection.
  [[nodiscard]] std::optional<PlainStates> plain(std::uint32_t id, Timestamp now,
                                                 const Timers& timers) const;

  void prefetch(std::uint32_t id) const { record(id).prefetch(); }
  // What another segment than an ordinary one touches, once the record was fetched.
  void prefetch_rest(std::uint32_t id, bool closes) const;

  // What plain() reads, once the record was fetched.
  void prefetch_plain(std::uint32_t id) const;

  // The addresses and ports of a record that is not full.
  [[nodiscard]] FlowKey key_of(std::uint32_t id) const;

 private:
  // Calls `use` on the Origin or the Midstream that is kept of it.
  template <typename Use>
  static auto with_beginning(const Flow& flow, Use&& use) {
    return flow.record.is_midstream ? use(flow.midstream) : use(flow.origin);
  }
  [[nodiscard]] static std::uint32_t key_index(const Flow& flow);
  static void note_origin(Flow& flow);
  static void note_midstream(Flow& flow, const Segment& seg, int sender, std::uint8_t near,
                             std::uint32_t key);
  static void note_further(FlowRecord& r, const Segment& seg, int sender, std::uint16_t path,
                           bool is_second);
  void rest_if_ordinary(std::uint32_t id, const Stage& stage);
  void replay(Connection& c, std::uint32_t id, const KeptSegment& kept, const Stage& stage) const;
  void fold_out(Flow& flow);
  void unfold_into(Connection& c, std::uint32_t id, const Stage& stage) const;

  const PathIds& paths_;
  // A new one is written to as far as its record goes.
  Slab<Flow, sizeof(FlowRecord) / kCacheLine> flows_;
  Slab<Closing> closings_;
  Slab<Connection> connections_;
  Slab<FlowKey> keys_;  // of IPv6, while they are nowhere else
};

}  // namespace tapstat::analysis::tcp
