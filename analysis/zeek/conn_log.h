// All connections of a capture as Zeek tells them apart, for its conn.log.
//
// Zeek's connections are not tapstat's: VLANs and tunnels do not tell them apart, a SYN after a
// close and silence do, and the datagrams around a tunnel are connections themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

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
  // `secret` keys the hash; results do not depend on it. `memory` is what the connections may take,
  // in bytes: packets of those that come later are counted, no more.
  explicit ConnLog(std::uint64_t secret,
                   std::size_t memory = std::numeric_limits<std::size_t>::max());

  // In the order they were captured. `packet` is the decoder's latest, of a frame of that time.
  void take(const decode::Packet& packet, Timestamp time);

  [[nodiscard]] const Conns& conns() const { return conns_; }
  // Packets of connections that there was no room for.
  [[nodiscard]] std::uint64_t unkept() const { return unkept_; }

 private:
  struct Arrival;  // a packet on its way to its connection
  struct Record;

  std::uint32_t take_carriers(const decode::Packet& packet, Timestamp time);
  void take_tcp(const decode::Packet& packet, std::uint32_t parent);
  [[nodiscard]] std::uint32_t take_beside(const Arrival& arrival, const Conversation& conversation);
  // nullptr: there is no room for it.
  [[nodiscard]] Conn* find_or_open(const Arrival& arrival);
  [[nodiscard]] bool is_over(Conn& conn, const Arrival& arrival) const;
  Conn& open(const Arrival& arrival);
  [[nodiscard]] std::uint32_t index_of(const Arrival& arrival) const;

  KeyedHash hash_;
  const std::uint32_t most_;
  FlowIndex index_;
  Conns conns_;
  Pool<Pieces> pool_;
  std::uint64_t unkept_ = 0;
};

}  // namespace tapstat::analysis::zeek
