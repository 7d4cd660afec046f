// A tap that tests put TCP frames on: built as bytes, decoded and tracked as any capture's are.
#pragma once

#include <chrono>
#include <utility>

#include "analysis/engine.h"
#include "tests/support/packet_builder.h"

namespace tapstat::test {

class Tap {
 public:
  using Connection = analysis::tcp::Connection;

  explicit Tap(const analysis::tcp::Settings& settings = {}) : engine_(1, settings) {}

  // The frame comes `later` after the one before it.
  void see(const Buffer& frame, std::chrono::nanoseconds later = std::chrono::milliseconds{1}) {
    time_ += later;
    const capture::Frame f = frame_of(frame, time_, ++frames_);
    engine_.take({&f, 1});
  }
  void wait(std::chrono::nanoseconds d) {
    time_ += d;
    engine_.advance_to(capture::Timestamp{time_});
  }

  void finish() { engine_.finish(); }

  [[nodiscard]] std::uint32_t connections() const {
    return engine_.model().tcp.connections().size();
  }
  [[nodiscard]] Connection connection(std::uint32_t id) const {
    return engine_.model().tcp.connections()[id];
  }
  [[nodiscard]] const analysis::Engine& engine() const { return engine_; }

 private:
  analysis::Engine engine_;
  std::chrono::nanoseconds time_{std::chrono::seconds{1'700'000'000}};
  std::uint64_t frames_ = 0;
};

// Both directions of one five-tuple, with numbers relative to nothing.
[[nodiscard]] inline TcpSpec from_client(TcpSpec spec) { return spec; }
[[nodiscard]] inline TcpSpec from_server(TcpSpec spec) {
  std::swap(spec.src, spec.dst);
  std::swap(spec.src_port, spec.dst_port);
  return spec;
}

}  // namespace tapstat::test
