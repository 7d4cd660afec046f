// What Zeek's conn.log would say of each of tapstat's TCP connections.
#pragma once

#include <cstddef>
#include <cstdint>

#include "analysis/arena.h"
#include "analysis/pool.h"
#include "analysis/zeek/tcp_session.h"

namespace tapstat::analysis::zeek {

// By the id of tcp::Connection. Where Zeek takes the packets of one for several connections, the
// last of them.
class TcpSessions {
 public:
  // A segment of connection `id`, which end `sender` sent. Those not there before come without a
  // gap.
  void take(std::uint32_t id, const Segment& seg, int sender) {
    TcpSession& session = id == sessions_.size() ? sessions_.append() : sessions_[id];
    if (!session.is_open()) {
      ++open_;
      session.open(seg, sender);
    } else if (session.is_removed_at(seg.time) || session.is_reused_by(seg)) {
      session.finish(pool_);
      session.open(seg, sender);
    }
    session.take(seg, sender, pool_);
  }

  // The connection is forgotten; another one may have its id.
  void forget(std::uint32_t id) {
    if (id >= sessions_.size() || !sessions_[id].is_open()) return;
    --open_;
    sessions_[id].finish(pool_);
    sessions_[id] = {};
  }

  // What those take that are not forgotten.
  [[nodiscard]] std::size_t bytes() const { return open_ * sizeof(TcpSession) + pool_.bytes(); }

  // Fetches what a segment of connection `id` touches.
  void prefetch(std::uint32_t id) const {
    if (id < sessions_.size()) sessions_[id].prefetch();
  }

  [[nodiscard]] const Arena<TcpSession>& sessions() const { return sessions_; }

 private:
  Arena<TcpSession> sessions_;
  Pool<Pieces> pool_;
  std::size_t open_ = 0;
};

}  // namespace tapstat::analysis::zeek
