// A server that answers a SYN with a SYN of its own instead of a SYN-ACK, so that the client
// becomes the one who acknowledges: RFC 793's simultaneous open, abused to turn the direction of a
// connection around for whoever watches it ("The TCP Split Handshake", Beardsley and Qian, 2010).
#include <algorithm>
#include <optional>
#include <vector>

#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

using tcp::Connection;
using tcp::Event;
using tcp::Step;

[[nodiscard]] std::optional<Step> first_with(const std::vector<Step>& steps, Event cause) {
  const auto at =
      std::find_if(steps.begin(), steps.end(), [&](const Step& s) { return s.cause == cause; });
  return at == steps.end() ? std::nullopt : std::optional(*at);
}

// The SYN by which `answerer` turned the handshake of its peer around. Where both really open at
// once each has sent its SYN before the other's came, and answers that with a SYN-ACK (RFC 9293
// section 3.10.7.3); one that never does had nothing to open.
[[nodiscard]] std::optional<Step> turning_syn(const Inquiry& inquiry, const Connection& c,
                                              int answerer) {
  const auto& journal = inquiry.model().tcp.journal();
  const auto own = journal.steps(c.id(), answerer);
  const auto others = journal.steps(c.id(), 1 - answerer);
  const auto syn = first_with(own, Event::snd_syn);
  const auto first = first_with(others, Event::snd_syn);
  if (!syn || !first || syn->time <= first->time) return std::nullopt;
  if (first_with(own, Event::snd_syn_ack)) return std::nullopt;
  return first_with(others, Event::snd_syn_ack) ? syn : std::nullopt;
}

}  // namespace

void find_split_handshakes(Inquiry& inquiry) {
  for (std::uint32_t id = 0; id < inquiry.connections(); ++id) {
    const Connection& c = inquiry.connection(id);
    // Both sent a SYN: the rest of them cannot be told from an ordinary handshake.
    if (!c.end(0).iss() || !c.end(1).iss()) continue;
    for (const int end : {0, 1}) {
      if (const auto syn = turning_syn(inquiry, c, end)) {
        const Socket about{c.key().address[end], c.key().port[end]};
        inquiry.add(FindingKind::split_handshake, about, c, {syn->time, syn->frame});
      }
    }
  }
}

}  // namespace tapstat::analysis
