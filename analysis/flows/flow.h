// A conversation beside TCP: who asked, who answered, how much, and how fast.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "analysis/conversation.h"
#include "analysis/flow_key.h"
#include "analysis/round_trips.h"
#include "capture/frame.h"
#include "decode/segment.h"

namespace tapstat::analysis::flows {

using capture::Timestamp;
using Duration = std::chrono::nanoseconds;

// How long a flow may be silent before the next packet begins another one.
[[nodiscard]] Duration timeout_of(std::uint8_t ip_protocol);

struct Traffic {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;       // payload, behind the protocol's own header
  std::uint64_t wire_bytes = 0;  // of the frames
};

// Where packets of one direction were seen, as tcp::Path has it.
struct Path {
  decode::VlanStack vlans;
  decode::TunnelId tunnel = 0;
  bool known = false;
  friend bool operator==(const Path&, const Path&) = default;
};

class Flow {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  struct Arrival {
    const Conversation& conversation;
    Path path;
    Timestamp time;
    std::uint32_t wire_len = 0;
    std::uint16_t input = 0;

    [[nodiscard]] int sender() const { return conversation.directed.sender; }
  };

  // Makes this the flow that its first packet begins, which is still to be taken.
  void open(const Arrival& first, std::uint32_t id);
  void take(const Arrival& arrival);

  // How well the packet fits by where it was seen: as others of its direction (3), as those of the
  // other direction where none of its own were seen (2), nothing of its own direction seen (1), or
  // not at all (0).
  [[nodiscard]] int fit(const Arrival& arrival) const;
  // Whether its timeout is over at `t`.
  [[nodiscard]] bool has_ended_at(Timestamp t) const { return last_ + timeout_of(protocol_) <= t; }

  [[nodiscard]] bool has_key(const Conversation& conversation) const {
    return conversation.protocol == protocol_ && conversation.echo == echo_ &&
           conversation.directed.key == key_;
  }

  [[nodiscard]] std::uint32_t id() const { return id_; }
  [[nodiscard]] const FlowKey& key() const { return key_; }
  [[nodiscard]] std::uint8_t ip_protocol() const { return protocol_; }
  // Of ICMP: the type and, where it has no answer, the code of the first packet.
  [[nodiscard]] std::uint16_t icmp_type() const { return key_.port[client_]; }
  [[nodiscard]] std::optional<std::uint8_t> icmp_code() const;
  [[nodiscard]] std::optional<std::uint16_t> echo() const { return echo_; }
  // Ends of the key. The client is who sent the first packet.
  [[nodiscard]] int client() const { return client_; }
  [[nodiscard]] int server() const { return 1 - client_; }
  [[nodiscard]] const Traffic& traffic(int i) const { return traffic_[i]; }
  // Of the client's packets, or of the server's where none was seen.
  [[nodiscard]] const Path& path() const {
    return paths_[client_].known ? paths_[client_] : paths_[server()];
  }
  [[nodiscard]] Timestamp first() const { return first_; }
  [[nodiscard]] Timestamp last() const { return last_; }
  [[nodiscard]] std::uint64_t inputs() const { return inputs_; }  // as tcp::Connection's

  // Turns in the conversation: the client's first packet, or its first one after the server's, is a
  // request, and the server's first one after that its response.
  [[nodiscard]] std::uint64_t requests() const { return requests_; }
  [[nodiscard]] std::uint64_t responses() const { return times_.samples(); }
  [[nodiscard]] std::uint64_t unanswered() const { return requests_ - times_.samples(); }
  // From the request to its response.
  [[nodiscard]] const RoundTrips& response_times() const { return times_; }

  // Of the tracker that owns it: the next flow with the same key on another path.
  std::uint32_t sibling = kNone;

 private:
  FlowKey key_{};
  Timestamp first_{}, last_{};
  Timestamp asked_{};  // when the last request was sent
  std::uint64_t inputs_ = 0;
  std::uint64_t requests_ = 0;
  RoundTrips times_;
  Traffic traffic_[2];
  Path paths_[2];
  std::uint32_t id_ = 0;
  std::optional<std::uint16_t> echo_;
  std::uint8_t protocol_ = 0;
  std::int8_t client_ = 0;
  std::int8_t last_sender_ = -1;  // nobody yet
  bool is_one_way_ = false;
};

}  // namespace tapstat::analysis::flows
