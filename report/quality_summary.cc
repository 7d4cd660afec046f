#include "report/quality_summary.h"

#include <algorithm>

#include "report/address_text.h"
#include "report/cells.h"
#include "report/forwarded.h"
#include "report/table.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Connection;
using analysis::tcp::Note;
using analysis::tcp::Quality;

constexpr std::size_t kWorstShown = 3;

constexpr std::array<std::string_view, kMeasureCount> kMeasureNames = {
    "handshake",      "round_trip",  "retransmitted", "out_of_order",
    "duplicate_acks", "window_full", "zero_window",   "missed_bytes",
};

// As a number that grows with how bad it is; zero for nothing to say.
using Measured = std::array<std::int64_t, kMeasureCount>;

[[nodiscard]] bool is_duration(Measure m) {
  return m == Measure::handshake || m == Measure::round_trip || m == Measure::zero_window;
}

[[nodiscard]] MeasuredValue value_of(Measure m, std::int64_t measured) {
  if (is_duration(m)) return std::chrono::nanoseconds{measured};
  return static_cast<std::uint64_t>(measured);
}

[[nodiscard]] Measured measure(const Report& report, const Connection& c) {
  Measured measured{};
  const auto of = [&](Measure m) -> std::int64_t& { return measured[static_cast<std::size_t>(m)]; };
  const analysis::TcpTables& tcp = report.model.tcp;
  if (const auto rtt = tcp.analysis(c)->initial_rtt()) of(Measure::handshake) = rtt->count();
  if (const auto rtt = tcp.rtt(c); rtt.samples() > 0) {
    of(Measure::round_trip) = rtt.average().count();
  }
  for (const int end : {0, 1}) {
    of(Measure::missed) += static_cast<std::int64_t>(c.end(end).missed().value_or(0));
    const Quality* quality = tcp.quality(c, end);
    if (quality == nullptr) continue;
    of(Measure::retransmitted) += quality->count(Note::retransmission);
    of(Measure::out_of_order) += quality->count(Note::out_of_order);
    of(Measure::duplicate_acks) += quality->count(Note::duplicate_ack);
    of(Measure::window_full) += quality->count(Note::window_full);
    of(Measure::zero_window) += quality->zero_window_by(c.last()).count();
  }
  return measured;
}

// The few with the most, in their order.
class Ranking {
 public:
  void offer(std::int64_t value, std::uint32_t connection) {
    if (value <= 0) return;
    const auto at =
        std::find_if(ranks_.begin(), ranks_.end(), [&](const Rank& r) { return r.value < value; });
    ranks_.insert(at, {value, connection});
    if (ranks_.size() > kWorstShown) ranks_.pop_back();
  }
  template <typename F>
  void for_each(F&& f) const {
    for (const Rank& r : ranks_) f(r.value, r.connection);
  }

 private:
  struct Rank {
    std::int64_t value;
    std::uint32_t connection;
  };
  std::vector<Rank> ranks_;
};

void count_events(const Report& report, const Connection& c, std::vector<EventCount>& counts) {
  const Quality* client = report.model.tcp.quality(c, c.client());
  const Quality* server = report.model.tcp.quality(c, c.server());
  for (EventCount& count : counts) {
    const std::uint64_t by_client = client == nullptr ? 0 : client->count(count.kind);
    const std::uint64_t by_server = server == nullptr ? 0 : server->count(count.kind);
    count.client += by_client;
    count.server += by_server;
    if (by_client + by_server > 0) ++count.connections;
  }
}

[[nodiscard]] std::string value_text(const Worst& worst) {
  if (const auto* d = std::get_if<std::chrono::nanoseconds>(&worst.value)) {
    return duration_text(*d);
  }
  const std::uint64_t n = std::get<std::uint64_t>(worst.value);
  return worst.measure == Measure::missed ? bytes_text(n) : std::to_string(n);
}

// Names do not identify.
[[nodiscard]] std::string number_text(const Connection& c, int i) {
  return endpoint_text(c.key().address[i], c.key().port[i]);
}

}  // namespace

std::string_view name(Measure measure) { return kMeasureNames[static_cast<std::size_t>(measure)]; }

QualitySummary summarize_quality(const Report& report) {
  QualitySummary summary;
  for (std::size_t i = 0; i < analysis::tcp::kNoteCount; ++i) {
    summary.events.push_back({.kind = static_cast<Note>(i)});
  }
  std::array<Ranking, kMeasureCount> rankings;
  report.for_each_connection([&](const Connection& c) {
    if (report.model.tcp.analysis(c) == nullptr) return;
    if (report.forwarded != nullptr && report.forwarded->legs().find(c.id()) != nullptr) return;
    count_events(report, c, summary.events);
    const Measured measured = measure(report, c);
    for (std::size_t i = 0; i < kMeasureCount; ++i) rankings[i].offer(measured[i], c.id());
  });
  std::erase_if(summary.events, [](const EventCount& e) { return e.total() == 0; });
  std::stable_sort(summary.events.begin(), summary.events.end(),
                   [](const EventCount& a, const EventCount& b) { return a.total() > b.total(); });
  for (std::size_t i = 0; i < kMeasureCount; ++i) {
    const auto m = static_cast<Measure>(i);
    rankings[i].for_each([&](std::int64_t value, std::uint32_t id) {
      summary.worst.push_back({m, id, value_of(m, value)});
    });
  }
  return summary;
}

void write_event_count(const EventCount& count, RecordWriter& json) {
  json.begin_object()
      .field("type", "event_count")
      .field("kind", analysis::tcp::name(count.kind))
      .field("client", count.client)
      .field("server", count.server)
      .field("total", count.total())
      .field("connections", count.connections)
      .end_object();
}

void write_worst(const Report& report, const Worst& worst, RecordWriter& json) {
  const Connection c = report.model.tcp.connections()[worst.connection];
  json.begin_object()
      .field("type", "worst")
      .field("measure", name(worst.measure))
      .field("connection", worst.connection)
      .field("client", number_text(c, c.client()))
      .field("server", number_text(c, c.server()));
  std::visit([&](auto value) { json.field("value", value); }, worst.value);
  json.end_object();
}

void print_quality_summary(const Report& report, Output& out) {
  const QualitySummary summary = summarize_quality(report);
  if (!summary.events.empty()) {
    out.write("\nTCP events\n");
    Table table({{"Count", Align::right},
                 {"Client", Align::right},
                 {"Server", Align::right},
                 {"Connections", Align::right},
                 {"Event"}});
    for (const EventCount& e : summary.events) {
      table.add({std::to_string(e.total()), std::to_string(e.client), std::to_string(e.server),
                 std::to_string(e.connections), std::string{analysis::tcp::name(e.kind)}});
    }
    table.print(out, report.color, "  ");
  }
  if (summary.worst.empty()) return;
  out.write("\nWorst connections\n");
  Table table({{"Measure"}, {"Value", Align::right}, {"Id", Align::right}, {"Client"}, {"Server"}});
  const Worst* above = nullptr;
  for (const Worst& w : summary.worst) {
    const Connection c = report.model.tcp.connections()[w.connection];
    const bool goes_on = above != nullptr && above->measure == w.measure;
    table.add({goes_on ? std::string{} : std::string{name(w.measure)}, value_text(w),
               std::to_string(w.connection), end_text(report, c, c.client()),
               end_text(report, c, c.server())});
    above = &w;
  }
  table.print(out, report.color, "  ");
}

}  // namespace tapstat::report
