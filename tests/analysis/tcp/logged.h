// Segments written into a SegmentLog by hand, a line each.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/tcp/segment_log.h"
#include "tests/support/packet_builder.h"

namespace tapstat::test {

inline constexpr int kClient = 0, kServer = 1;

// Numbers as on the wire. Times are milliseconds after kLogStart; frames are numbered from 1.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the order is for the reader
struct Sent {
  double ms = 0;
  int by = kClient;
  std::string_view flags = "A";
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t len = 0;
  std::uint16_t window = 64240;
  std::vector<SackBlock> sack{};
  std::optional<TcpTimestamps> timestamps{};
  std::optional<std::uint8_t> wscale{};
};

inline constexpr std::chrono::nanoseconds kLogStart = std::chrono::seconds{1'700'000'000};

[[nodiscard]] inline capture::Timestamp log_time(double ms) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  return capture::Timestamp{kLogStart +
                            std::chrono::duration_cast<std::chrono::nanoseconds>(Milliseconds{ms})};
}

[[nodiscard]] inline decode::TcpFlags flags_of(std::string_view letters) {
  constexpr std::string_view kLetters = "FSRPAUEC";
  unsigned bits = 0;
  for (const char letter : letters) bits |= 1u << kLetters.find(letter);
  return decode::TcpFlags(static_cast<std::uint8_t>(bits));
}

namespace detail {

inline void add_be32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

[[nodiscard]] inline std::vector<std::uint8_t> options_of(const Sent& sent) {
  std::vector<std::uint8_t> out;
  if (sent.wscale) out.insert(out.end(), {3, 3, *sent.wscale});
  if (sent.timestamps) {
    out.insert(out.end(), {8, 10});
    add_be32(out, sent.timestamps->tsval);
    add_be32(out, sent.timestamps->tsecr);
  }
  if (!sent.sack.empty()) {
    out.insert(out.end(), {5, static_cast<std::uint8_t>(2 + 8 * sent.sack.size())});
    for (const SackBlock& block : sent.sack) {
      add_be32(out, block.left);
      add_be32(out, block.right);
    }
  }
  return out;
}

}  // namespace detail

// A log, and the analysis beside it.
class Logging {
 public:
  analysis::tcp::Appraisal add(const Sent& sent);

  [[nodiscard]] const analysis::tcp::SegmentLog& log() const { return log_; }
  [[nodiscard]] const analysis::tcp::SequenceAnalysis& analysis() const { return analysis_; }
  [[nodiscard]] const analysis::tcp::AnalysisStore& store() const { return store_; }

 private:
  analysis::tcp::SegmentLog log_{analysis::tcp::ConnectionChoice{}};
  analysis::tcp::SequenceAnalysis analysis_;
  analysis::tcp::AnalysisStore store_;
  std::uint64_t frames_ = 0;
};

inline analysis::tcp::Appraisal Logging::add(const Sent& sent) {
  const auto options = detail::options_of(sent);
  decode::Segment seg{};
  seg.time = log_time(sent.ms);
  seg.frame = ++frames_;
  seg.options = options.data();
  seg.options_len = static_cast<std::uint8_t>(options.size());
  seg.seq = sent.seq;
  seg.ack = sent.ack;
  seg.payload_len = sent.len;
  seg.window = sent.window;
  seg.flags = flags_of(sent.flags);
  const auto appraisal = analysis_.take(seg, sent.by, store_);
  log_.take(seg, sent.by, appraisal);
  return appraisal;
}

[[nodiscard]] inline analysis::tcp::SegmentLog log_of(const std::vector<Sent>& trace) {
  Logging logging;
  for (const Sent& sent : trace) logging.add(sent);
  return logging.log();
}

// A handshake with a round trip of 10 ms; the first byte of either end is number 1 relative, 1001
// and 5001 on the wire.
[[nodiscard]] inline std::vector<Sent> opened(const std::vector<Sent>& then) {
  std::vector<Sent> trace = {
      {.ms = 0, .flags = "S", .seq = 1000, .wscale = 7},
      {.ms = 10, .by = kServer, .flags = "SA", .seq = 5000, .ack = 1001, .wscale = 2},
      {.ms = 10.1, .seq = 1001, .ack = 5001, .window = 500}};
  trace.insert(trace.end(), then.begin(), then.end());
  return trace;
}

}  // namespace tapstat::test
