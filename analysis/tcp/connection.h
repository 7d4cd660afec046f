// A TCP connection: its two ends, which of them is the client, and what was counted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "analysis/flow_key.h"
#include "analysis/prefetch.h"
#include "analysis/tcp/endpoint.h"
#include "analysis/tcp/near_ends.h"
#include "analysis/tcp/sightings.h"
#include "analysis/tcp/vantage.h"
#include "analysis/tcp/worth.h"
#include "decode/mac_address.h"

namespace tapstat::analysis::tcp {

struct FlowRecord;

// Where packets of one direction were seen: the same addresses in another VLAN or tunnel may well
// be another connection.
struct Path {
  decode::VlanStack vlans;
  decode::TunnelId tunnel = 0;
  bool known = false;  // a packet took it
  friend bool operator==(const Path&, const Path&) = default;
};

[[nodiscard]] inline Path path_of(const Segment& seg) { return {seg.vlans, seg.tunnel, true}; }

// What one end sent, in frames and their bytes on the wire.
struct Traffic {
  std::uint64_t packets = 0;
  std::uint64_t wire_bytes = 0;
};

// Where one end's packets came from, as the first one said that did.
struct LinkSource {
  decode::MacAddress mac{};
  bool known = false;
};

enum class Roles : std::uint8_t {
  guessed,    // by port: no SYN was seen
  handshake,  // told by a SYN or SYN-ACK
};

enum class ClosedBy : std::uint8_t {
  open,
  client,
  server,
  both,
  reset_by_client,
  reset_by_server,
  refused,
  timeout,
};

inline constexpr std::array<std::string_view, 8> kClosedByNames = {
    "open", "client", "server", "both", "reset-by-client", "reset-by-server", "refused", "timeout",
};

// How the handshake went, as far as it was seen.
struct Handshake {
  static constexpr Timestamp kUnseen = Timestamp::min();

  Timestamp syn = kUnseen;      // the last one sent
  Timestamp syn_ack = kUnseen;  // likewise
  Timestamp ack = kUnseen;      // the client's first after it

  [[nodiscard]] bool saw_syn() const { return syn != kUnseen; }
  [[nodiscard]] bool saw_syn_ack() const { return syn_ack != kUnseen; }
  [[nodiscard]] bool saw_ack() const { return ack != kUnseen; }
  [[nodiscard]] bool complete() const { return saw_syn() && saw_syn_ack() && saw_ack(); }
  // SYN to SYN-ACK, and SYN-ACK to ACK. Their sum is what Wireshark calls the initial RTT.
  [[nodiscard]] std::optional<Duration> server_rtt() const;
  [[nodiscard]] std::optional<Duration> client_rtt() const;
};

// What all connections share.
struct Stage {
  Pools& pools;
  Pool<Sightings>& sightings;
  const Timers& timers;
  Journal* journal;  // nullptr: nobody asks for the past
  VantageShare& vantage;
  const NearEnds* near = nullptr;  // what `vantage` said when this was seen: it is seen again
};

// Without a handshake the end with the lower port is taken for the server, as services have theirs
// below the ephemeral ones; for equal ports, the one that was spoken to first. The index of the
// other end.
[[nodiscard]] inline int guess_client(const std::uint16_t (&port)[2], int sender) {
  if (port[0] == port[1]) return sender;
  return port[0] > port[1] ? 0 : 1;
}

class alignas(64) Connection {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  // Makes this the connection that `seg`, its first segment, opens.
  void open(const FlowKey& key, std::uint32_t id, const Segment& seg, int sender);

  // Makes this the next incarnation on `old`'s five-tuple, begun by `seg`, a SYN; ends `old`.
  void open_after(Connection& old, std::uint32_t id, const Segment& seg, int sender,
                  const Stage& stage);

  // A segment of this connection: counts it and moves both ends. Its deadline may change. False
  // when it is another sighting of a packet that it took before: then it is counted, and that is
  // all.
  bool take(const Segment& seg, int sender, const Stage& stage);

  // An ICMP error reaches that end, about the segment `quoted` (decode::IcmpError).
  void take_error(int end, const Segment& quoted, std::uint8_t type, std::uint8_t code,
                  const Stage& stage);

  // See Endpoint: when either end changes by itself (Timestamp::max() for never), and that it is
  // time.
  [[nodiscard]] Timestamp deadline(const Stage& stage) const;
  void expire(Timestamp now, const Stage& stage);

  // The input ends (Engine::finish): no segment follows.
  void finish(Timestamp now, const Stage& stage);

  // It is forgotten: gives back the parts of `stage` it has.
  void release(const Stage& stage);
  // What would be lost with it.
  [[nodiscard]] Worth worth() const;

  // A SYN that begins a new incarnation instead of repeating this one's: its sequence number is
  // another than its sender's first. Wireshark opens a new stream on the same condition.
  [[nodiscard]] bool is_reopened_by(const Segment& seg, int sender) const;

  // Three ways in which `seg`, which has this connection's five-tuple, may belong to it, from the
  // strongest: its sender's segments came along the same path; its numbers go on where both ends
  // stand; it is its sender's first and came as an answer to the other end's would.
  [[nodiscard]] bool saw_path(const Segment& seg, int sender) const {
    return paths_[sender] == path_of(seg);
  }
  [[nodiscard]] bool continues(const Segment& seg, int sender) const;
  [[nodiscard]] bool may_be_answered_by(const Segment& seg, int sender) const;

  // Among those of its tracker; of one that Connections handed out, among all.
  [[nodiscard]] std::uint32_t id() const { return id_; }
  void set_id(std::uint32_t id) { id_ = id; }
  [[nodiscard]] const FlowKey& key() const { return key_; }
  [[nodiscard]] int client() const { return client_; }  // index of an end
  [[nodiscard]] int server() const { return 1 - client_; }
  [[nodiscard]] Roles roles() const { return roles_; }
  [[nodiscard]] const Endpoint& end(int i) const { return ends_[i]; }
  [[nodiscard]] const Traffic& traffic(int i) const { return traffic_[i]; }
  // Those of its frames that showed a packet once more, and count no further.
  [[nodiscard]] std::uint32_t duplicates(int i) const { return duplicates_[i]; }
  [[nodiscard]] const LinkSource& link_source(int i) const { return link_source_[i]; }
  [[nodiscard]] Timestamp first() const { return first_; }
  [[nodiscard]] Timestamp last() const { return last_; }
  [[nodiscard]] const Handshake& handshake() const { return handshake_; }
  [[nodiscard]] ClosedBy closed_by() const { return closed_by(ends_[0].state(), ends_[1].state()); }
  // The same with its ends in these states.
  [[nodiscard]] ClosedBy closed_by(State end_0, State end_1) const;
  // The path of the client's packets, or of the server's where none was seen.
  [[nodiscard]] const Path& path() const;
  // Bit i: seen at input i; inputs past the 63rd share the last bit.
  [[nodiscard]] std::uint64_t inputs() const { return inputs_; }

  // A reset that nobody's socket ended with, as one of the ends showed that it went on: forged, by
  // a box on the way mostly.
  [[nodiscard]] std::optional<Sighting> false_reset() const {
    return reset_was_false_ ? std::optional{reset_} : std::nullopt;
  }

  // What its successor on the same five-tuple showed of this one's last moments: whether the
  // server's socket was still there when that began. Answers whether it showed anything yet.
  bool learn_from(const Connection& successor, const Stage& stage);

  // Puts the numbers that ordinary segments move into `record`, from where absorb() takes them
  // back with what was counted there; false where something is open, or does not fit in there.
  [[nodiscard]] bool rest_in(FlowRecord& record) const;
  void absorb(const FlowRecord& record);
  // What segments that were kept do not tell: how long they were, and, as long as it is open
  // whether it is seen twice, what its first ones looked like.
  void absorb_opening(const std::uint32_t (&wire_bytes)[2],
                      std::span<const Sightings::Seen> packets);

  // Fetches all of it.
  void prefetch() const { fetch_lines(*this); }

 private:
  [[nodiscard]] bool count_in_stride(const Segment& seg, int sender) {
    if (!ends_[sender].takes_in_stride(seg, ends_[1 - sender])) return false;
    count(seg, sender);
    ends_[sender].sent_in_stride(seg, ends_[1 - sender]);
    return true;
  }
  // Whether `seg` may be a packet that was seen before, and so must be looked at more closely.
  [[nodiscard]] bool watches(const Segment& seg) const {
    return sightings_ != nullptr || (inputs_ & input_bit(seg)) == 0;
  }
  [[nodiscard]] bool is_another_sighting(const Segment& seg, int sender, const Stage& stage);
  [[nodiscard]] static std::uint64_t input_bit(const Segment& seg) {
    return std::uint64_t{1} << (seg.input < 63 ? seg.input : 63);
  }
  void count(const Segment& seg, int sender) {
    Traffic& t = traffic_[sender];
    ++t.packets;
    t.wire_bytes += seg.wire_len;
    if (last_ < seg.time) last_ = seg.time;
    inputs_ |= input_bit(seg);
  }
  [[nodiscard]] Scene scene(int end, const Stage& stage) const {
    return {stage.pools, stage.timers, stage.journal, id_, end};
  }
  void release_sightings(const Stage& stage) {
    if (sightings_ != nullptr) stage.sightings.give_back(std::exchange(sightings_, nullptr));
  }
  void note_where(const Stage& stage, std::uint8_t NearEnds::*then);
  [[nodiscard]] std::optional<Timestamp> sent_in_vain_since(int end) const;
  void look_for_unseen(const Segment& seg, int sender, const Stage& stage);
  void look_for_gap(const Segment& seg, int sender, const Stage& stage);
  void explain_unseen(const Segment& seg, int sender, const Stage& stage);
  void note_unseen(int end, bool arrived, Timestamp now, const Stage& stage);
  void guess_fin(int end, const Segment& seg, const Stage& stage);
  [[nodiscard]] bool is_no_fin(const Segment& seg, int sender, int end, bool denies) const;
  void take_back_fin(int end, const Stage& stage);
  void note_path(const Segment& seg, int sender);
  void note_roles(const Segment& seg, int sender, const Stage& stage);
  void note_handshake(const Segment& seg, int sender, const Stage& stage);
  void note_base(const Segment& seg, int sender);
  void note_end(const Segment& seg, int sender, State sender_before, State receiver_before);
  [[nodiscard]] bool is_over(State end_0, State end_1) const;

  // Touched by every segment, with the first cache line of each end: see prefetch().
  FlowKey key_{};
  Timestamp last_{};
  std::uint64_t inputs_ = 0;
  Sightings* sightings_ = nullptr;  // while packets may be, or are, seen twice
  Path paths_[2];
  Traffic traffic_[2];
  Endpoint ends_[2];

  // Touched when it opens, closes, or something odd happens.
  Timestamp first_{};
  std::uint32_t duplicates_[2] = {0, 0};
  Sighting reset_;  // where reset_by_ is known, or it was false
  LinkSource link_source_[2];
  std::uint32_t id_ = 0;
  std::int8_t client_ = 0;
  Roles roles_ = Roles::guessed;
  // How it ended: end indices, or -1.
  std::int8_t first_fin_ = -1;
  std::int8_t reset_by_ = -1;
  bool fins_crossed_ = false;
  bool both_fins_ = false;
  bool refused_ = false;
  bool reset_ended_sender_ = false;
  bool reset_was_false_ = false;
  bool has_base_[2] = {false, false};
  Seq base_[2];  // Wireshark's base_seq: the number relative ones are counted from
  Handshake handshake_;

 public:
  // Links of the tracker that owns it: the connection with the same five-tuple on another path, the
  // one before it on the same path while that has something to learn, and the deadline it is filed
  // under.
  std::uint32_t sibling = kNone;
  std::uint32_t predecessor = kNone;
  Timestamp filed = Timestamp::max();
};

}  // namespace tapstat::analysis::tcp
