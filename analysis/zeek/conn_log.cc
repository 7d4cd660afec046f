#include "analysis/zeek/conn_log.h"

#include <algorithm>

#include "analysis/zeek/likely_server_ports.h"
#include "analysis/zeek/timeouts.h"
#include "decode/ip_protocol.h"

namespace tapstat::analysis::zeek {
namespace {

using decode::Content;
using decode::Packet;
namespace ip_protocol = decode::ip_protocol;

constexpr std::uint8_t kEsp = 50;
constexpr std::uint8_t kNoNextHeader = 59;

[[nodiscard]] Transport transport_of(std::uint8_t protocol) {
  switch (protocol) {
    case ip_protocol::kTcp:
      return Transport::tcp;
    case ip_protocol::kUdp:
      return Transport::udp;
    case ip_protocol::kIcmp:
    case ip_protocol::kIcmpv6:
      return Transport::icmp;
    default:
      return Transport::unknown_transport;
  }
}

[[nodiscard]] std::chrono::nanoseconds inactivity_of(Transport transport) {
  switch (transport) {
    case Transport::udp:
      return kUdpInactivity;
    case Transport::icmp:
      return kIcmpInactivity;
    default:
      return kUnknownIpInactivity;
  }
}

// IPAnalyzer::AnalyzePacket: what is encrypted, and what has nothing behind IP, is no connection.
[[nodiscard]] bool is_logged(std::uint8_t protocol) {
  return protocol != kEsp && protocol != kNoNextHeader && protocol != ip_protocol::kMobility;
}

// 255.255.255.255 (IPAddr::IsBroadcast).
[[nodiscard]] bool is_broadcast(const IpAddress& address) {
  const auto bytes = address.bytes();
  return address.is_v4() && std::all_of(bytes.begin() + 12, bytes.end(),
                                        [](std::uint8_t byte) { return byte == 0xff; });
}

// DNS::ports: Zeek's analyzer is attached by the responder's port, and looks for silence in a
// rhythm of its own.
[[nodiscard]] bool is_dns(const Conn& conn) {
  const std::uint16_t port = conn.key.port[1 - conn.originator];
  return conn.transport == Transport::udp &&
         (port == 53 || port == 137 || port == 5353 || port == 5355);
}

[[nodiscard]] bool is_silent_dns(Conn& conn, Timestamp now) {
  for (; conn.dns_check <= now; conn.dns_check += kDnsSession) {
    if (conn.last + kDnsSilence <= conn.dns_check) return true;
  }
  return false;
}

}  // namespace

struct ConnLog::Arrival {
  DirectedKey directed;
  std::uint32_t hash;
  std::uint8_t protocol;
  Timestamp time;
  std::uint32_t ip_len;
  bool corrupt;
  const decode::Segment* segment;  // of TCP

  [[nodiscard]] int sender() const { return directed.sender; }
};

// The most that a connection takes: of TCP it has a session, and that may have pieces.
struct ConnLog::Record {
  Conn conn;
  TcpSession session;
  Pieces pieces;
};

ConnLog::ConnLog(std::uint64_t secret, std::size_t memory)
    : hash_(secret), most_(most_of<Record>(memory)) {}

void ConnLog::take(const Packet& packet, Timestamp time) {
  const std::uint32_t parent = take_carriers(packet, time);
  if (packet.content == Content::tcp) return take_tcp(packet, parent);
  const bool has_ports = packet.content != Content::sctp;  // that Zeek knows of
  const auto conversation = has_ports ? conversation_of(packet) : portless_conversation_of(packet);
  if (!conversation || !is_logged(conversation->protocol)) return;
  const Arrival arrival{conversation->directed,
                        hash_(conversation->directed.key) ^ conversation->protocol,
                        conversation->protocol,
                        time,
                        packet.ip_len,
                        packet.stop.reason == decode::StopReason::bad_checksum,
                        nullptr};
  const std::uint32_t index = take_beside(arrival, *conversation);
  if (index != Conn::kNone && parent != Conn::kNone) conns_.conns[index].note_parent(parent);
}

// The connection of the innermost tunnel; kNone where there is none.
std::uint32_t ConnLog::take_carriers(const Packet& packet, Timestamp time) {
  std::uint32_t parent = Conn::kNone;
  for (const decode::Carrier& carrier : packet.carriers) {
    const Conversation conversation = conversation_of(carrier);
    const Arrival arrival{conversation.directed,
                          hash_(conversation.directed.key) ^ conversation.protocol,
                          conversation.protocol,
                          time,
                          carrier.ip_len,
                          false,
                          nullptr};
    const std::uint32_t index = take_beside(arrival, conversation);
    if (index == Conn::kNone) continue;
    Conn& conn = conns_.conns[index];
    conn.tunnel = carrier.tunnel;
    if (parent != Conn::kNone) conn.note_parent(parent);
    parent = index;
  }
  return parent;
}

void ConnLog::take_tcp(const Packet& packet, std::uint32_t parent) {
  const decode::Segment& seg = packet.segment;
  const DirectedKey directed = key_of(seg);
  const Arrival arrival{directed,
                        hash_(directed.key) ^ ip_protocol::kTcp,
                        ip_protocol::kTcp,
                        seg.time,
                        packet.ip_len,
                        packet.stop.reason == decode::StopReason::bad_checksum,
                        &seg};
  Conn* const found = find_or_open(arrival);
  if (found == nullptr) return;
  Conn& conn = *found;
  TcpSession& session = conns_.sessions[conn.session];
  conn.last_packet = seg.time;
  if (parent != Conn::kNone) conn.note_parent(parent);
  if (arrival.corrupt) return session.take_corrupt(directed.sender);
  session.take(seg, directed.sender, pool_);
  ++conn.packets[directed.sender];
  conn.ip_bytes[directed.sender] += packet.ip_len;
}

std::uint32_t ConnLog::take_beside(const Arrival& arrival, const Conversation& conversation) {
  Conn* const found = find_or_open(arrival);
  if (found == nullptr) return Conn::kNone;
  Conn& conn = *found;
  const std::uint32_t index = index_of(arrival);
  const int sender = arrival.sender();
  const bool is_udp = conn.transport == Transport::udp;
  conn.last_packet = arrival.time;
  if (arrival.corrupt) {
    if (is_udp && conn.bad_checksums[sender].count()) {
      conn.history.add('C', sender == conn.originator);
    }
    return index;
  }
  conn.last = arrival.time;
  ++conn.packets[sender];
  conn.ip_bytes[sender] += arrival.ip_len;
  if (conn.transport != Transport::unknown_transport) {
    conn.payload[sender] += conversation.payload_len;
  }
  if (is_udp && !conn.sent[sender]) conn.history.add('D', sender == conn.originator);
  conn.sent[sender] = true;
  return index;
}

std::uint32_t ConnLog::index_of(const Arrival& arrival) const {
  return index_.find(arrival.hash, [&](std::uint32_t i) {
    const Conn& conn = conns_.conns[i];
    return conn.ip_protocol == arrival.protocol && conn.key == arrival.directed.key;
  });
}

Conn* ConnLog::find_or_open(const Arrival& arrival) {
  const std::uint32_t index = index_of(arrival);
  const std::uint32_t fresh = conns_.conns.size();
  if (index != FlowIndex::kNone && !is_over(conns_.conns[index], arrival)) {
    return &conns_.conns[index];
  }
  if (fresh >= most_) {
    ++unkept_;
    return nullptr;
  }
  if (index == FlowIndex::kNone) {
    index_.insert(arrival.hash, fresh);
    return &open(arrival);
  }
  const Conn& conn = conns_.conns[index];
  if (conn.session != Conn::kNone) conns_.sessions[conn.session].finish(pool_);
  index_.replace(arrival.hash, index, fresh);
  return &open(arrival);
}

bool ConnLog::is_over(Conn& conn, const Arrival& arrival) const {
  if (arrival.segment == nullptr) {
    return is_silent_dns(conn, arrival.time) ||
           conn.last + inactivity_of(conn.transport) <= arrival.time;
  }
  const TcpSession& session = conns_.sessions[conn.session];
  return session.is_removed_at(arrival.time) || session.is_reused_by(*arrival.segment);
}

Conn& ConnLog::open(const Arrival& arrival) {
  Conn& conn = conns_.conns.append();
  const int sender = arrival.sender();
  const int receiver = 1 - sender;
  conn.key = arrival.directed.key;
  conn.first = conn.last = arrival.time;
  conn.transport = transport_of(arrival.protocol);
  conn.ip_protocol = arrival.protocol;
  conn.originator = static_cast<std::int8_t>(sender);
  if (arrival.segment != nullptr) {
    conn.session = conns_.sessions.size();
    conns_.sessions.append().open(*arrival.segment, sender);
  } else if (conn.transport == Transport::udp && is_likely_udp_server(conn.key.port[sender]) &&
             !is_likely_udp_server(conn.key.port[receiver]) &&
             !is_broadcast(conn.key.address[receiver])) {
    conn.originator = static_cast<std::int8_t>(receiver);
    conn.history.add('^');
  }
  if (is_dns(conn)) conn.dns_check = conn.first + kDnsSession;
  return conn;
}

}  // namespace tapstat::analysis::zeek
