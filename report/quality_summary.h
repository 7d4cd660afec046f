// What the report says of how well connections did: events summed, and the worst by each measure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/tcp/segment_notes.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

// How often an event happened, by who sent the segment, and on how many connections.
struct EventCount {
  analysis::tcp::Note kind{};
  std::uint64_t client = 0;
  std::uint64_t server = 0;
  std::uint64_t connections = 0;
  [[nodiscard]] std::uint64_t total() const { return client + server; }
};

// What connections are compared by; the more the worse.
enum class Measure : std::uint8_t {
  handshake,       // how long it took: Wireshark's initial_rtt
  round_trip,      // on average
  retransmitted,   // segments, of both ends
  out_of_order,    // likewise
  duplicate_acks,  // likewise
  window_full,     // likewise
  zero_window,     // how long windows were closed
  missed,          // bytes that the tap did not see
};
inline constexpr std::size_t kMeasureCount = 8;

[[nodiscard]] std::string_view name(Measure measure);

using MeasuredValue = std::variant<std::uint64_t, std::chrono::nanoseconds>;

struct Worst {
  Measure measure{};
  std::uint32_t connection = 0;  // id
  MeasuredValue value;
};

struct QualitySummary {
  std::vector<EventCount> events;  // those that happened, the most first
  std::vector<Worst> worst;        // by measure, the worst of each first, and no more than a few
};

// Of the connections that the report shows, as far as the engine measured them.
[[nodiscard]] QualitySummary summarize_quality(const Report& report);

void write_event_count(const EventCount& count, RecordWriter& json);
void write_worst(const Report& report, const Worst& worst, RecordWriter& json);

// Two parts of the report, each under a heading; nothing where there is nothing to say.
void print_quality_summary(const Report& report, Output& out);

}  // namespace tapstat::report
