// A tap that watches all there is to find, and what it found.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/engine.h"
#include "analysis/findings/findings.h"
#include "analysis/snapshot.h"
#include "analysis/tcp/event_log.h"
#include "tests/support/packet_builder.h"

namespace tapstat::test {

class Watched {
 public:
  // The frame comes `later` after the one before it.
  void see(const Buffer& frame, std::chrono::nanoseconds later = std::chrono::milliseconds{1},
           std::optional<std::uint32_t> wire_len = {}) {
    time_ += later;
    const capture::Frame f =
        frame_of(frame, time_, ++frames_, capture::LinkType::ethernet, wire_len);
    engine_.take({&f, 1});
  }

  // The three segments of a handshake, and data of `spec.payload_len` bytes from the client. The
  // client's next number is 2 + payload_len, the server's 2.
  void open(TcpSpec spec) {
    const std::size_t payload_len = spec.payload_len;
    spec.payload_len = 0;
    spec.flags = "S";
    spec.seq = 1;
    see(tcp(spec));
    see(tcp(answer(spec, "SA", 1, 2)));
    spec.flags = "A";
    spec.seq = 2;
    spec.ack = 2;
    spec.payload_len = payload_len;
    see(tcp(spec));
  }

  // A segment of the other end.
  [[nodiscard]] static TcpSpec answer(TcpSpec spec, std::string_view flags, std::uint32_t seq,
                                      std::uint32_t ack) {
    std::swap(spec.src, spec.dst);
    std::swap(spec.src_port, spec.dst_port);
    spec.flags = flags;
    spec.seq = seq;
    spec.ack = ack;
    spec.payload_len = 0;
    return spec;
  }

  // The instant of the last frame.
  [[nodiscard]] capture::Timestamp now() const { return capture::Timestamp{time_}; }
  // What is seen from here on comes after the instant that is asked about.
  void look_back_later() {
    engine_.advance_to(now());
    then_.emplace(engine_.model());
  }

  [[nodiscard]] std::vector<analysis::Finding> findings(const analysis::Period& period = {}) {
    engine_.finish();
    return find_all(then_ ? then_->model(engine_.model()) : engine_.model(), period);
  }
  [[nodiscard]] std::vector<analysis::FindingKind> kinds(const analysis::Period& period = {}) {
    std::vector<analysis::FindingKind> kinds;
    for (const analysis::Finding& f : findings(period)) kinds.push_back(f.kind);
    return kinds;
  }

 private:
  analysis::tcp::EventLog events_{analysis::tcp::Note::retransmission};
  analysis::Engine engine_{1,
                           {.journal = true, .analysis = true, .events = &events_},
                           {.packets = true, .trees = true, .vrrp = true, .legs = true}};
  std::chrono::nanoseconds time_{std::chrono::seconds{1'700'000'000}};
  std::optional<analysis::Snapshot> then_;
  std::uint64_t frames_ = 0;
};

}  // namespace tapstat::test
