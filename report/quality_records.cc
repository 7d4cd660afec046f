#include "report/quality_records.h"

#include <algorithm>
#include <array>

namespace tapstat::report {
namespace {

using analysis::RoundTrips;
using analysis::tcp::Connection;
using analysis::tcp::Endpoint;
using analysis::tcp::Note;
using analysis::tcp::Quality;

using NoteCounts = std::array<std::uint32_t, analysis::tcp::kNoteCount>;

void write_rtt(std::string_view key, const RoundTrips& rtt, RecordWriter& json) {
  if (rtt.samples() == 0) return;
  json.begin_object(key)
      .field("min", rtt.min())
      .field("avg", rtt.average())
      .field("max", rtt.max())
      .field("last", rtt.last())
      .field("samples", rtt.samples())
      .end_object();
}

void write_distribution(const Quality& quality, RecordWriter& json) {
  if (quality.rtt.samples() == 0 || !json.wants("rtt_distribution")) return;
  // Ranges are wider than what they hold.
  const auto quantile = [&](double p) {
    const auto estimate = quality.distribution.quantile(p).value_or(quality.rtt.min());
    return std::clamp(estimate, quality.rtt.min(), quality.rtt.max());
  };
  json.begin_object("rtt_distribution")
      .field("p50", quantile(0.5))
      .field("p90", quantile(0.9))
      .field("p99", quantile(0.99))
      .begin_array("counts");
  quality.distribution.for_each([&](std::chrono::nanoseconds up_to, std::uint16_t count) {
    json.begin_object();
    if (up_to != std::chrono::nanoseconds::max()) json.field("up_to", up_to);
    json.field("count", count).end_object();
  });
  json.end_array().end_object();
}

// Those that did not happen are left out: absent means none.
void write_events(const NoteCounts& counts, RecordWriter& json) {
  json.begin_object("events");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) json.field(analysis::tcp::kNoteNames[i], counts[i]);
  }
  json.end_object();
}

// Unique payload a second, from its first data to its last.
[[nodiscard]] std::optional<std::uint64_t> goodput(const Endpoint& end, const Quality& quality) {
  if (quality.data_segments == 0 || quality.last_data <= quality.first_data) return std::nullopt;
  const std::chrono::duration<double> time = quality.last_data - quality.first_data;
  return static_cast<std::uint64_t>(static_cast<double>(end.bytes()) / time.count());
}

}  // namespace

void write_end_quality(const Report& report, const Connection& c, int i, RecordWriter& json) {
  const Endpoint& end = c.end(i);
  const analysis::TcpTables& tcp = report.model.tcp;
  if (tcp.analysis(c) == nullptr || !end.was_seen()) return;
  const Quality* measured = tcp.quality(c, i);
  const Quality& quality = measured == nullptr ? Quality{} : *measured;
  json.field("retransmitted", quality.count(Note::retransmission))
      .field("retransmitted_bytes", quality.retransmitted_bytes)
      .field("spurious_bytes", quality.spurious_bytes)
      .field("missed_bytes", end.missed())
      .field("duplicate_sacks", quality.duplicate_sacks)
      .field("zero_window_time", quality.zero_window_by(c.last()));
  if (quality.most_in_flight > 0) json.field("bytes_in_flight", quality.most_in_flight);
  json.field("goodput", goodput(end, quality));
  write_events(quality.notes, json);
  write_rtt("rtt", quality.rtt, json);
  write_rtt("rtt_unambiguous", quality.unambiguous_rtt(), json);
  write_rtt("rtt_timestamps", quality.timestamp_rtt, json);
  write_distribution(quality, json);
}

void write_quality(const Report& report, const Connection& c, RecordWriter& json) {
  const analysis::TcpTables& tcp = report.model.tcp;
  const auto* analysis = tcp.analysis(c);
  if (analysis == nullptr) return;
  write_rtt("rtt", tcp.rtt(c), json);
  NoteCounts counts{};
  for (const int end : {0, 1}) {
    const Quality* quality = tcp.quality(c, end);
    for (std::size_t i = 0; quality != nullptr && i < counts.size(); ++i) {
      counts[i] += quality->notes[i];
    }
  }
  write_events(counts, json);
  json.field("completeness", analysis->completeness());
}

}  // namespace tapstat::report
