#include "app/connection_graphs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

namespace tapstat::app {
namespace {

using analysis::tcp::LoggedSegment;
using analysis::tcp::SegmentLog;

constexpr std::size_t kSlices = 400;  // two a column of the widest screen
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<std::string_view, 2> kSides = {"client", "server"};

// What is shown of one end.
struct Curves {
  tui::Series rtt, window, rate, in_flight;
};

[[nodiscard]] tui::Series series(std::string_view title, std::string_view side, tui::Unit unit,
                                 tui::GraphStyle style, double empty) {
  return {std::string{title}.append(side), unit, style, std::vector<double>(kSlices, empty)};
}

[[nodiscard]] Curves curves_of(std::string_view side) {
  using tui::GraphStyle;
  using tui::Unit;
  return {series("Round trip to the ", side, Unit::nanoseconds, GraphStyle::line, kNothing),
          series("Window of the ", side, Unit::bytes, GraphStyle::line, kNothing),
          series("Bytes a second sent by the ", side, Unit::bytes, GraphStyle::filled, 0),
          series("Bytes in flight from the ", side, Unit::bytes, GraphStyle::line, kNothing)};
}

void raise(double& value, double to) {
  if (std::isnan(value) || value < to) value = to;
}

void add(const LoggedSegment& seg, std::size_t slice, double seconds, Curves& curves) {
  using Nanoseconds = std::chrono::duration<double, std::nano>;
  if (seg.ack_rtt) raise(curves.rtt.values[slice], Nanoseconds{*seg.ack_rtt}.count());
  if (seg.flags.ack()) curves.window.values[slice] = seg.window;
  curves.rate.values[slice] += seg.payload_len / seconds;
  if (seg.bytes_in_flight) raise(curves.in_flight.values[slice], *seg.bytes_in_flight);
}

// A window stays what it was last said to be.
void carry_on(std::vector<double>& values) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (std::isnan(values[i])) values[i] = values[i - 1];
  }
}

}  // namespace

std::vector<tui::Series> graphs_of(const SegmentLog& log, int client) {
  if (log.size() == 0) return {};
  const capture::Timestamp first = log[0].time;
  const auto lasted = std::max<std::chrono::nanoseconds>(log[log.size() - 1].time - first,
                                                         std::chrono::milliseconds{1});
  const double seconds = std::chrono::duration<double>(lasted).count() / kSlices;
  std::array<Curves, 2> curves = {curves_of(kSides[0]), curves_of(kSides[1])};
  for (std::uint32_t i = 0; i < log.size(); ++i) {
    const LoggedSegment& seg = log[i];
    const double share = std::chrono::duration<double>(seg.time - first) / lasted;
    const auto slice = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * (kSlices - 1));
    add(seg, slice, seconds, curves[seg.sender == client ? 0 : 1]);
  }
  std::vector<tui::Series> all;
  for (auto part : {&Curves::rtt, &Curves::rate, &Curves::window, &Curves::in_flight}) {
    for (Curves& side : curves) all.push_back(std::move(side.*part));
  }
  for (const std::size_t window : {4u, 5u}) carry_on(all[window].values);
  // What was never measured, or sent, is no curve.
  std::erase_if(all, [](const tui::Series& one) {
    return std::none_of(one.values.begin(), one.values.end(), [](double v) { return v > 0; });
  });
  return all;
}

}  // namespace tapstat::app
