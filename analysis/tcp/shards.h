// All TCP connections of a capture: shared out among trackers by their five-tuples, so that several
// threads can follow them, and put together again.
//
// The same shards do the same work in the same blocks of frames, whatever the number of jobs: that
// only says who does it. What connections of different shards have in common changes at the end of
// a block alone.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "analysis/crew.h"
#include "analysis/flow_key.h"
#include "analysis/tcp/block.h"
#include "analysis/tcp/settings.h"
#include "analysis/tcp/tables.h"
#include "analysis/tcp/tracker.h"
#include "analysis/tcp/vantage.h"
#include "analysis/zeek/tcp_sessions.h"

namespace tapstat::analysis::tcp {

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): threads are kept off each other's lines
class Shards {
 public:
  // `secret` keys the hash; results do not depend on it. `sessions`: with what Zeek would say.
  Shards(std::uint64_t secret, const Settings& settings, bool sessions);
  ~Shards() = default;
  Shards(const Shards&) = delete;
  Shards& operator=(const Shards&) = delete;

  // Where the next segment is to be written, which take() then takes. Its pointers, and an error's,
  // must stay valid until end_batch().
  [[nodiscard]] decode::Segment& next() { return filling_->segments[filling_->size]; }
  void take();
  // Takes the frames that come first and are plain (PlainTcp), as if each had been read, taken, and
  // ended: how many. None where somebody follows segments, and so needs all of each.
  [[nodiscard]] std::size_t take_plain(std::span<const capture::Frame> frames);
  // An ICMP error about a segment, in its turn.
  void take_error(const decode::IcmpError& error);

  // A frame was taken, whatever it held: blocks are counted in frames.
  void end_frame(Timestamp time) {
    last_time_ = time;
    if (++in_block_ == block_size_) end_block();
  }
  // What was taken so far goes away. With one job it is in the tables now; with several, some of it
  // only after the next advance_to() or finish().
  void end_batch();

  // Lets packet time come to `now`: timers due by then fire. Time that goes back changes nothing.
  void advance_to(Timestamp now);

  // The input has ended (Engine::finish).
  void finish();

  [[nodiscard]] const Tables& tables() const { return tables_; }

 private:
  // On cache lines of its own: of two shards two threads may write at the same time.
  struct alignas(128) Shard {
    Shard(std::uint64_t secret, const Settings& settings, const PathIds& paths,
          const Vantage& vantage, bool with_sessions)
        : tracker(secret, settings, paths, vantage, with_sessions ? &sessions : nullptr) {}

    zeek::TcpSessions sessions;
    Tracker tracker;
  };
  // A connection has ended.
  struct Ending {
    Timestamp last;
    std::uint32_t id;
    friend bool operator<(const Ending& a, const Ending& b) {
      return a.last != b.last ? a.last < b.last : a.id < b.id;
    }
  };
  // A change of a journal, and the latest time that anything of its connection was about by then:
  // so sorted, what happened to one connection stays in order.
  struct ChangeAt {
    Timestamp time;
    JournalChange change;
  };
  struct RemarkOf {
    const Remark* remark;
    std::uint32_t shard;
  };

  [[nodiscard]] bool is_alone() const { return settings_.jobs <= 1; }
  // Whether somebody is told things at the ends of blocks.
  [[nodiscard]] bool is_watched() const { return settings_.on_end || settings_.on_steps; }
  // Of a segment that goes to its shard: what else there is to be said of it.
  struct Way {
    bool is_alone;
    Routed::Kind kind;
    std::uint16_t path;
    Timestamp now;
  };
  template <typename From>
  void route(const From& from, const Way& way, std::size_t index);
  template <bool kIsAlone>
  [[nodiscard]] std::size_t route_all(std::span<const capture::Frame> frames);
  void route_plain(const decode::PlainTcp& plain, Timestamp now, std::size_t index);
  void end_if_full();
  void end_block();
  // Of what is pending: to the crew where that is worth its while, and the frames end a block.
  void hand_over(std::optional<Timestamp> end);
  void join();
  void take_shard(std::uint32_t shard, Block& block);
  void take_routed(std::span<Routed> all, Block& block);
  // The steps of that, each of so many at most: see Tracker.
  static constexpr std::size_t kAtOnce = 16;  // enough to overlap the misses
  using Likely = std::array<Tracker::Likely, kAtOnce>;
  void fetch_slots(std::span<const Routed> some) const;
  void fetch_records(std::span<const Routed> some, Likely& likely);
  void fetch_parts(std::span<Routed> some, Block& block, const Likely& likely);
  void take_all(std::span<Routed> some, Block& block, const Likely& likely);
  [[nodiscard]] Tracker& tracker_of(const Routed& r) const { return shards_[r.shard()]->tracker; }
  void settle(Block& block);
  void enter_openings(const Block& block);
  void tell_steps(Timestamp now);
  void collect_changes();
  void add_guesses();
  void tell_ended(Timestamp now);
  void keep_within_memory();
  void tell_remarks();
  void note_votes();

  Settings settings_;
  const bool takes_plain_;
  KeyedHash hash_;
  PathIds paths_;
  Vantage vantage_;
  std::array<std::unique_ptr<Shard>, kShards> shards_;
  Tables tables_;

  // Written with each frame; what is above is read by all threads meanwhile.
  alignas(128) Timestamp now_ = Timestamp::min();  // packet time of what was taken
  Timestamp last_time_ = Timestamp::min();         // of the last frame
  std::uint64_t frames_ = 0;                       // in blocks that have ended
  std::uint64_t in_block_ = 0;
  std::uint64_t block_size_ = 1;

  Block first_, second_;  // with one job the second is never used
  Block* filling_ = &first_;
  Block* running_ = nullptr;  // the crew has begun it
  // Of settle(), kept for their memory.
  static constexpr std::size_t kBits = 64;
  std::vector<Place> opened_;  // by segment of the block, where `opens_` has a bit
  std::vector<std::uint64_t> opens_;
  std::vector<RemarkOf> remarks_;
  std::vector<Ending> endings_;
  std::vector<std::uint32_t> ended_;
  std::vector<ChangeAt> dated_;
  Guesses guesses_;
  std::vector<std::uint32_t> touched_;
  std::vector<JournalChange> told_;
  std::vector<JournalChange> changes_;
  std::vector<Vantage::Handshake> heard_;
  std::optional<Crew> crew_;  // last: its threads use the rest
};

}  // namespace tapstat::analysis::tcp
