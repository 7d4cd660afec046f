// Handshakes that HandshakeWatcher saw turned around, and the connections that came of them.
#include "analysis/findings/packet_watch.h"
#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

[[nodiscard]] bool opened(const tcp::Connection& c, const TurnedHandshake& turned) {
  return c.key() == turned.key && c.first() <= turned.time && turned.time <= c.last();
}

}  // namespace

void find_split_handshakes(Inquiry& inquiry) {
  const PacketWatch* watch = inquiry.model().watch;
  if (watch == nullptr || watch->handshakes().turned().empty()) return;
  inquiry.for_each_connection([&](const tcp::Connection& c) {
    for (const TurnedHandshake& t : watch->handshakes().turned()) {
      if (!opened(c, t)) continue;
      const Socket server{t.key.address[t.answerer], t.key.port[t.answerer]};
      inquiry.add(FindingKind::split_handshake, server, c, {t.time, t.frame});
    }
  });
}

}  // namespace tapstat::analysis
