#include "analysis/zeek/tcp_endpoint.h"

#include <algorithm>

#include "analysis/seq.h"

namespace tapstat::analysis::zeek {

void TcpEndpoint::begin_at(std::uint32_t number, std::uint32_t end) {
  start = number;
  acked.value = number;
  last.value = end;
}

void TcpEndpoint::move_to(TcpState next) {
  if (next == state) return;
  state_before = state;
  state = next;
}

std::uint64_t TcpEndpoint::relative(std::uint32_t number, const LongSeq& near,
                                    bool& underflows) const {
  const std::int32_t delta = distance(Seq{near.value}, Seq{number});
  std::uint32_t rounds = near.rounds;
  if (delta < 0 && rounds > 0 && number > near.value) --rounds;
  if (delta > 0 && number < near.value) ++rounds;
  if (rounds != 0) return (std::uint64_t{rounds} << 32) + number - start;
  const std::int32_t from_start = distance(Seq{start}, Seq{number});
  underflows = from_start < 0;
  return static_cast<std::uint64_t>(std::int64_t{from_start});
}

std::uint64_t TcpEndpoint::size(const TcpEndpoint& peer) const {
  // A half-open connection discovered and aborted: its numbers say nothing of data.
  if (state_before == TcpState::syn_sent && state == TcpState::reset &&
      peer.state == TcpState::inactive && !has_nothing_acknowledged()) {
    return 0;
  }
  std::uint64_t size = std::max(last.full(), acked.full()) - start;
  if (size != 0) --size;              // the SYN
  if (sent_fin && size != 0) --size;  // the FIN
  return size;
}

bool TcpEndpoint::has_data_pending(const TcpEndpoint& peer) const {
  if (stream.has_given_up()) return false;
  const std::uint64_t delivered = start + stream.delivered();
  if (last.full() < delivered) return false;
  if (delivered + 1 != last.full() && delivered != last.full()) return true;
  return state != TcpState::reset && peer.stream.holds_data();
}

}  // namespace tapstat::analysis::zeek
