// All connections of a capture as Zeek tells them apart, for its conn.log.
//
// Zeek's connections are not tapstat's: VLANs and tunnels do not tell them apart, a SYN after a
// close and silence do, and the datagrams around a tunnel are connections themselves.
#pragma once

#include <cstdint>

#include "analysis/arena.h"
#include "analysis/conversation.h"
#include "analysis/flow_index.h"
#include "analysis/pool.h"
#include "analysis/zeek/conn.h"
#include "analysis/zeek/tcp_session.h"

namespace tapstat::analysis::zeek {

struct Conns {
  Arena<Conn> conns;  // in the order of their first packets
  Arena<TcpSession> sessions;

  [[nodiscard]] int originator(const Conn& conn) const {
    return conn.session == Conn::kNone ? conn.originator : sessions[conn.session].originator();
  }
};

class ConnLog {
 public:
  // `secret` keys the hash; results do not depend on it.
  explicit ConnLog(std::uint64_t secret) : hash_(secret) {}

  // In the order they were captured. `packet` is the decoder's latest, of a frame of that time.
  void take(const decode::Packet& packet, Timestamp time);

  [[nodiscard]] const Conns& conns() const { return conns_; }

 private:
  struct Arrival;  // a packet on its way to its connection

  std::uint32_t take_carriers(const decode::Packet& packet, Timestamp time);
  void take_tcp(const decode::Packet& packet, std::uint32_t parent);
  [[nodiscard]] std::uint32_t take_beside(const Arrival& arrival, const Conversation& conversation);
  [[nodiscard]] Conn& find_or_open(const Arrival& arrival);
  [[nodiscard]] bool is_over(Conn& conn, const Arrival& arrival) const;
  Conn& open(const Arrival& arrival);
  [[nodiscard]] std::uint32_t index_of(const Arrival& arrival) const;

  KeyedHash hash_;
  FlowIndex index_;
  Conns conns_;
  Pool<Pieces> pool_;
};

}  // namespace tapstat::analysis::zeek
