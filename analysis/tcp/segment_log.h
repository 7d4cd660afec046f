// The segments of one connection, kept for a picture of it (report/ladder.h).
//
// The tracker tells it of every segment; it keeps those of the connection that was asked for, with
// what each showed when it came. Whether they arrived only later ones tell:
// segment_fate.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "analysis/arena.h"
#include "analysis/seq.h"
#include "analysis/socket.h"
#include "analysis/tcp/connection.h"
#include "analysis/tcp/sequence_analysis.h"
#include "decode/segment.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {

// A segment with numbers that never wrap: relative to its sender's SYN, as Wireshark counts them
// (the SYN is 0; where none was seen, the first number is 1), and below zero for what came before.
struct PlainSegment {
  Timestamp time{};
  std::int64_t seq = 0;
  std::int64_t ack = 0;  // means something with ACK only
  std::uint32_t payload_len = 0;
  std::uint32_t window = 0;  // bytes, where the handshake told the scale; else as on the wire
  decode::TcpFlags flags;

  // The sequence space it takes, SYN and FIN included.
  [[nodiscard]] constexpr std::uint32_t seg_len() const {
    return payload_len + (flags.syn() ? 1u : 0u) + (flags.fin() ? 1u : 0u);
  }
  [[nodiscard]] constexpr std::int64_t end() const { return seq + seg_len(); }
};

struct LoggedSegment : PlainSegment, Appraisal {
  std::uint64_t frame = 0;
  std::uint32_t tsval = 0, tsecr = 0;  // RFC 7323; with has_timestamps only
  std::uint8_t sender = 0;             // index of an end
  bool has_timestamps = false;
};

// What a segment acknowledged selectively (RFC 2018), or said that it got twice (RFC 2883).
struct LoggedSack {
  std::uint32_t segment = 0;  // index
  std::int64_t left = 0, right = 0;
};

// The first connection there is, the one of an id, or the first between two sockets in either
// order.
using ConnectionChoice = std::variant<std::monostate, std::uint32_t, std::array<Socket, 2>>;

[[nodiscard]] bool is_chosen(const ConnectionChoice& choice, const Connection& c);

class SegmentLog {
 public:
  explicit SegmentLog(const ConnectionChoice& choice) : choice_(choice) {}

  // Whether it was made for one that there is not.
  [[nodiscard]] bool wants_none() const {
    const auto* chosen = std::get_if<std::uint32_t>(&choice_);
    return chosen != nullptr && *chosen == Connection::kNone;
  }
  // False: the connection of that id is surely not the one.
  [[nodiscard]] bool may_want(std::uint32_t id) const {
    const auto* chosen = connection_ ? &*connection_ : std::get_if<std::uint32_t>(&choice_);
    return chosen == nullptr || *chosen == id;
  }

  // `c` took `seg`, sent by its end `sender`. Does nothing for other connections.
  void note(const Connection& c, const Segment& seg, int sender, const Appraisal& appraisal) {
    if (connection_ ? *connection_ != c.id() : !is_chosen(choice_, c)) return;
    connection_ = c.id();
    take(seg, sender, appraisal);
  }

  // A segment of the connection itself.
  void take(const Segment& seg, int sender, const Appraisal& appraisal);

  // Its id; nullopt where none came that was meant.
  [[nodiscard]] std::optional<std::uint32_t> connection() const { return connection_; }

  [[nodiscard]] std::uint32_t size() const { return segments_.size(); }
  [[nodiscard]] const LoggedSegment& operator[](std::uint32_t i) const { return segments_[i]; }
  [[nodiscard]] const std::vector<LoggedSack>& sacks() const { return sacks_; }

 private:
  // Counts the sequence numbers of one end on past 2^32.
  struct Counting {
    bool begun = false;
    bool from_syn = false;
    Seq near;                // a number close to those that are next
    std::int64_t value = 0;  // what it counts as

    [[nodiscard]] std::int64_t of(Seq s) const { return value + distance(near, s); }
    void begin(Seq s, std::int64_t v);
    void move_to(Seq s);
  };

  void count_from(const Segment& seg, int sender);
  void recount(int end, std::int64_t shift);
  void note_sacks(const decode::SackBlocks& blocks, int sender);
  [[nodiscard]] std::uint32_t window_of(const Segment& seg, int sender) const;

  ConnectionChoice choice_;
  std::optional<std::uint32_t> connection_;
  std::array<Counting, 2> counting_;
  std::array<std::optional<std::uint8_t>, 2> shift_;
  Arena<LoggedSegment> segments_;
  std::vector<LoggedSack> sacks_;
};

}  // namespace tapstat::analysis::tcp
