#include "analysis/flows/flow.h"

#include <algorithm>

#include "decode/ip_protocol.h"

namespace tapstat::analysis::flows {
namespace {

// Zeek's udp_inactivity_timeout, icmp_inactivity_timeout and unknown_ip_inactivity_timeout
// (scripts/base/init-bare.zeek).
constexpr std::chrono::seconds kInactivity{60};
// Linux' nf_conntrack_sctp_timeout_established: an idle association still sends its heartbeats,
// 30 s apart (RFC 9260 section 16).
constexpr std::chrono::seconds kSctpInactivity{210};

}  // namespace

Duration timeout_of(std::uint8_t ip_protocol) {
  return ip_protocol == decode::ip_protocol::kSctp ? kSctpInactivity : kInactivity;
}

void Flow::open(const Arrival& first, std::uint32_t id) {
  const Conversation& conversation = first.conversation;
  key_ = conversation.directed.key;
  id_ = id;
  protocol_ = conversation.protocol;
  echo_ = conversation.echo;
  is_one_way_ = conversation.is_one_way;
  client_ = static_cast<std::int8_t>(first.sender());
  first_ = last_ = first.time;
}

void Flow::take(const Arrival& arrival) {
  constexpr unsigned kLastInput = 63;
  const int sender = arrival.sender();
  Traffic& traffic = traffic_[sender];
  ++traffic.packets;
  traffic.bytes += arrival.conversation.payload_len;
  traffic.wire_bytes += arrival.wire_len;
  if (!paths_[sender].known) paths_[sender] = arrival.path;
  inputs_ |= std::uint64_t{1} << std::min<unsigned>(arrival.input, kLastInput);
  if (sender != last_sender_) {
    if (sender == client_) {
      if (!is_one_way_) ++requests_;
      asked_ = arrival.time;
    } else {
      times_.add(std::max(arrival.time - asked_, Duration::zero()));
    }
  }
  last_sender_ = static_cast<std::int8_t>(sender);
  last_ = std::max(last_, arrival.time);
}

int Flow::fit(const Arrival& arrival) const {
  const Path& own = paths_[arrival.sender()];
  if (own.known) return own == arrival.path ? 3 : 0;
  return paths_[1 - arrival.sender()].vlans == arrival.path.vlans ? 2 : 1;
}

std::optional<std::uint8_t> Flow::icmp_code() const {
  if (!is_one_way_) return std::nullopt;
  return static_cast<std::uint8_t>(key_.port[server()]);
}

}  // namespace tapstat::analysis::flows
