// tapstat_draw: what the dashboard takes to draw one screen, in which a million connections are
// listed. (What makes the picture is on the packet path: app/survey.h.)

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdint>

#include "tui/dashboard.h"

namespace tapstat::bench {
namespace {

constexpr std::uint64_t kConnections = 1'000'000;

[[nodiscard]] tui::Picture picture_of(const tui::Request& request) {
  using tui::Align;
  tui::Picture picture;
  picture.request = request;
  picture.header.source = "eth0";
  picture.header.connections = kConnections;
  picture.table.columns = {{"Id", Align::right, 7, 4},        {"Client", Align::left, 19, 0},
                           {"State", Align::left, 12, 0},     {"Server", Align::left, 19, 1},
                           {"State", Align::left, 12, 0},     {"Packets", Align::right, 8, 5},
                           {"Process", Align::left, 14, 3},   {"Idle", Align::right, 7, 2},
                           {"Closed by", Align::left, 9, 10}, {"Sent", Align::right, 8, 7}};
  picture.table.total = kConnections;
  picture.table.first = request.first;
  for (int i = 0; i < request.rows; ++i) {
    const std::uint64_t id = request.first + static_cast<std::uint64_t>(i);
    picture.table.rows.push_back({id,
                                  {{fmt::format("{}", id)},
                                   {"198.51.100.22:40220"},
                                   {"ESTABLISHED"},
                                   {"192.0.2.80:443"},
                                   {"CLOSE_WAIT", tui::Look::notable},
                                   {"1234"},
                                   {"nginx(1234)"},
                                   {"12.3ms"},
                                   {""},
                                   {"1.2 MB"}},
                                  false});
  }
  return picture;
}

void draw(benchmark::State& state) {
  const tui::Size size{static_cast<int>(state.range(0)), static_cast<int>(state.range(1))};
  const tui::Dashboard dashboard(false);
  const tui::Picture picture = picture_of(dashboard.request(size));
  for ([[maybe_unused]] auto _ : state) {
    const tui::Screen screen = dashboard.draw(picture, size);
    benchmark::DoNotOptimize(screen.at(0, 0));
  }
}
BENCHMARK(draw)->Args({24, 80})->Args({60, 200})->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tapstat::bench

BENCHMARK_MAIN();
