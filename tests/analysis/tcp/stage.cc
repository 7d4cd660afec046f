// Playing scripts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "analysis/engine.h"
#include "tests/analysis/tcp/recording.h"
#include "tests/analysis/tcp/script.h"

namespace tapstat::test {
namespace {

using analysis::tcp::Connection;
using analysis::tcp::Step;
using Duration = std::chrono::nanoseconds;

constexpr Duration kRoundTrip = std::chrono::milliseconds{40};
constexpr Duration kAtOnce = std::chrono::microseconds{50};  // through a kernel and back

// From the tap to a host and back to the tap.
[[nodiscard]] Duration way_to(bool client, Observer observer) {
  switch (observer) {
    case Observer::nowhere:
      break;
    case Observer::client:
      return client ? kAtOnce : kRoundTrip;
    case Observer::between:
      return kRoundTrip / 2;
    case Observer::server:
      return client ? kRoundTrip : kAtOnce;
  }
  return Duration{0};
}

[[nodiscard]] std::string shown(const analysis::tcp::Endpoint& end) {
  return fmt::format("{}{}", name(end.state()), end.sure() ? "" : "?");
}

// CLOSED and LISTEN are the same for a connection: it has no socket.
[[nodiscard]] std::string_view class_of(std::string_view state) {
  return state == "LISTEN" ? "CLOSED" : state;
}

// Whether the journal's `step`, nullptr before the first, is what the script wants.
[[nodiscard]] bool fits(std::string_view wanted, const Step* step) {
  if (wanted == "*") return true;
  if (wanted.ends_with('?')) {
    if (step == nullptr || !step->sure) return true;
    wanted.remove_suffix(1);
  }
  const std::string_view is = class_of(step == nullptr ? "CLOSED" : name(step->to));
  for (std::size_t i = 0; i <= wanted.size();) {
    const std::size_t bar = std::min(wanted.find('|', i), wanted.size());
    if (class_of(wanted.substr(i, bar - i)) == is) return true;
    i = bar + 1;
  }
  return false;
}

[[nodiscard]] std::string told(const Step* step) {
  return step == nullptr ? "nothing" : fmt::format("{}{}", name(step->to), step->sure ? "" : "?");
}

class Stage {
 public:
  Stage(const Staging& staging, bool journal)
      : staging_(staging),
        isn_{staging.client_isn, staging.server_isn},
        engine_(1, {.journal = journal}),
        time_{std::chrono::seconds{1'700'000'000 + staging.start}} {}

  // What is wrong after this line; empty for nothing.
  [[nodiscard]] std::string play(const ScriptLine& line) {
    wait(line);
    if (line.icmp) {
      see(icmp_error(line));
    } else if (line.has_segment) {
      send(line);
    } else {
      engine_.advance_to(capture::Timestamp{time_});
    }
    if (line.hindsight) note(line);
    return compare_live(line);
  }

  // What the journal has wrong once all is told.
  [[nodiscard]] std::string look_back() {
    engine_.finish();
    std::string wrong;
    for (const Moment& m : moments_) wrong += compare(m);
    const std::uint32_t connections = engine_.model().tcp.connections().size();
    for (std::uint32_t id = 0; !wrong.empty() && id < connections; ++id) {
      wrong += steps_of(engine_, id);
    }
    return wrong;
  }

  [[nodiscard]] const Recording& seen() const { return seen_; }

 private:
  // An instant to ask the journal about.
  struct Moment {
    const ScriptLine* line;
    Duration time;
    std::uint32_t connection;
    std::array<bool, 2> asked;  // client, server
  };

  void wait(const ScriptLine& line) {
    const auto delay =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(line.delay));
    time_ += delay;
    const std::size_t other = line.from_client ? 1 : 0;
    if (!line.has_segment || !line.answers || !arrived_[other]) return;
    time_ = std::max(time_, *arrived_[other] + way_to(line.from_client, staging_.observer) + delay);
  }

  [[nodiscard]] bool passes_tap(const ScriptLine& line) const {
    const Observer receiver = line.from_client ? Observer::server : Observer::client;
    return !line.lost || staging_.observer != receiver;
  }

  void send(const ScriptLine& line) {
    const std::size_t sender = line.from_client ? 0 : 1;
    isn_[sender] += line.isn_shift;
    const TcpSpec spec = spec_of(line);
    hidden_[sender] = !passes_tap(line);
    if (!line.lost) arrived_[sender] = time_;
    if (!hidden_[sender]) see(tcp(last_[sender] = spec));
  }

  [[nodiscard]] std::string_view address(bool client) const {
    const bool low = client != staging_.client_has_higher_address;
    if (staging_.ipv6) return low ? "fd00::1" : "fd00::2";
    return low ? "10.0.0.1" : "10.0.0.2";
  }

  [[nodiscard]] bool refuses(const ScriptLine& line) const {
    const std::size_t sender = line.from_client ? 0 : 1;
    return line.flags == "RA" && !arrived_[sender] && last_[1 - sender].flags == "S";
  }

  [[nodiscard]] TcpSpec spec_of(const ScriptLine& line) const {
    const bool c = line.from_client;
    const std::uint32_t own = isn_[c ? 0 : 1];
    const std::uint32_t others = isn_[c ? 1 : 0];
    TcpSpec spec = line.segment;
    spec.src = address(c);
    spec.dst = address(!c);
    spec.src_port = staging_.client_port;
    if (!c) std::swap(spec.src_port, spec.dst_port);
    spec.flags = line.flags;
    spec.seq = refuses(line) ? 0 : spec.seq + own;
    spec.ack = line.flags.find('A') == std::string::npos ? 0 : others + spec.ack;
    for (SackBlock& block : spec.sack) block = {block.left + others, block.right + others};
    return spec;
  }

  // A router's, about the receiver's last segment. The script names ICMPv4's types and codes; those
  // of ICMPv6 stand for the same (RFC 4443 section 3).
  [[nodiscard]] Buffer icmp_error(const ScriptLine& line) const {
    const std::size_t receiver = line.from_client ? 1 : 0;
    Buffer quote = tcp_packet(last_[receiver]);
    quote.resize((staging_.ipv6 ? 40u : 20u) + 8u);
    IcmpError e = *line.icmp;
    if (staging_.ipv6) {
      const std::uint8_t code = e.code;
      e = code == 4 ? IcmpError{2, 0} : IcmpError{1, 0};
      if (code == 1) e.code = 3;
      if (code == 3) e.code = 4;
      if (code == 13) e.code = 1;
    }
    return icmp({.src = staging_.ipv6 ? "fd00::9" : "10.0.0.9",
                 .dst = last_[receiver].src,
                 .type = e.type,
                 .code = e.code,
                 .rest = 0,
                 .payload = quote});
  }

  void see(const Buffer& bytes) {
    const capture::Frame frame = frame_of(bytes, time_, seen_.size() + 1);
    engine_.take({&frame, 1});
    seen_.push_back({.time = frame.time, .bytes = bytes, .wire_len = frame.wire_len});
  }

  void note(const ScriptLine& line) {
    moments_.push_back({.line = &line,
                        .time = time_,
                        .connection = engine_.model().tcp.connections().size() - 1,
                        .asked = {!hidden_[0], !hidden_[1]}});
  }

  [[nodiscard]] std::string compare(const Moment& m) const {
    const analysis::Model model = engine_.model();
    const Connection& c = model.tcp.connections()[m.connection];
    const capture::Timestamp t{m.time};
    const Step* client = model.tcp.journal().at(m.connection, c.client(), t);
    const Step* server = model.tcp.journal().at(m.connection, c.server(), t);
    const States& wanted = *m.line->hindsight;
    const bool client_ok = !m.asked[0] || fits(wanted.client, client);
    const bool server_ok = !m.asked[1] || fits(wanted.server, server);
    if (client_ok && server_ok) return "";
    return fmt::format("line {}: {}\n  wanted {} {}, told afterwards {} {}\n", m.line->number,
                       m.line->text, wanted.client, wanted.server, told(client), told(server));
  }

  [[nodiscard]] std::string compare_live(const ScriptLine& line) const {
    const auto& connections = engine_.model().tcp.connections();
    if (connections.size() == 0) return "";
    const Connection& c = connections[connections.size() - 1];
    const std::string client = shown(c.end(c.client()));
    const std::string server = shown(c.end(c.server()));
    const bool client_ok = line.live.client == "*" || line.live.client == client;
    const bool server_ok = line.live.server == "*" || line.live.server == server;
    if (client_ok && server_ok) return "";
    return fmt::format("line {}: {}\n  wanted {} {}, shown {} {}\n", line.number, line.text,
                       line.live.client, line.live.server, client, server);
  }

  Staging staging_;
  std::array<std::uint32_t, 2> isn_;  // of the client, of the server; likewise the next four
  std::array<std::optional<Duration>, 2> arrived_;  // when the tap saw its last that was not lost
  std::array<bool, 2> hidden_{};                    // it sent what the tap did not see
  std::array<TcpSpec, 2> last_;
  analysis::Engine engine_;
  Duration time_;
  Recording seen_;
  std::vector<Moment> moments_;
};

}  // namespace

std::string play(const Script& script, const Staging& staging) {
  const bool looks_back = std::any_of(script.lines.begin(), script.lines.end(),
                                      [](const ScriptLine& l) { return l.hindsight.has_value(); });
  Stage stage(staging, looks_back);
  std::string wrong;
  for (const ScriptLine& line : script.lines) wrong += stage.play(line);
  if (looks_back) wrong += stage.look_back();
  return wrong;
}

Recording record(const Script& script, const Staging& staging) {
  Stage stage(staging, false);
  for (const ScriptLine& line : script.lines) (void)stage.play(line);
  return stage.seen();
}

}  // namespace tapstat::test
