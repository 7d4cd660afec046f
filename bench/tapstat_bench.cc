// tapstat_bench FILE [--benchmark_...]: CPU time per packet of each stage, and what it is as a
// share of the time libpcap takes merely to read the same file.

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "bench/stages.h"

namespace tapstat::bench {
namespace {

struct Stage {
  const char* name;
  std::uint64_t (*run)(const std::string& path);
};
constexpr std::array kStages = {
    Stage{"pcap_next_ex", libpcap_read},
    Stage{"read", read},
    Stage{"read+decode", read_and_decode},
    Stage{"read+decode+track", read_decode_and_track},
};
constexpr const char* kPerPacket = "per_packet";
constexpr const char* kMedian = "median";
// Each is one pass over the file; interleaved, so that a busy machine slows all stages alike.
constexpr int kRepetitions = 15;

// Prints what Google Benchmark prints, and keeps the medians.
class MedianReporter final : public benchmark::ConsoleReporter {
 public:
  MedianReporter() : ConsoleReporter(OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      failed_ = failed_ || run.error_occurred;
      if (run.aggregate_name != kMedian) continue;
      medians_[run.run_name.function_name] = run.counters.at(kPerPacket).value;
    }
  }

  [[nodiscard]] bool failed() const { return failed_; }

  void print_ratios() const {
    const auto libpcap = medians_.find(kStages.front().name);
    if (libpcap == medians_.end()) return;
    std::printf("\n%-20s %12s %18s\n", "median of CPU time", "ns/packet", "of pcap_next_ex");
    for (const Stage& stage : kStages) {
      const auto median = medians_.find(stage.name);
      if (median == medians_.end()) continue;
      std::printf("%-20s %12.1f %18.2f\n", stage.name, median->second * 1e9,
                  median->second / libpcap->second);
    }
  }

 private:
  std::map<std::string, double> medians_;  // seconds a packet
  bool failed_ = false;
};

void measure(benchmark::State& state, const Stage& stage, const std::string& path) {
  try {
    std::uint64_t packets = 0;
    for ([[maybe_unused]] auto _ : state) packets = stage.run(path);
    using benchmark::Counter;
    state.counters[kPerPacket] =
        Counter(static_cast<double>(packets), Counter::kIsRate | Counter::kInvert);
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

void declare(const std::string& path) {
  for (const Stage& stage : kStages) {
    benchmark::RegisterBenchmark(
        stage.name, [&stage, path](benchmark::State& state) { measure(state, stage, path); })
        ->Iterations(1)
        ->Repetitions(kRepetitions)
        ->DisplayAggregatesOnly()
        ->Unit(benchmark::kMillisecond);
  }
}

// The library's own default is one stage after the other.
std::vector<char*> with_interleaving(int argc, char** argv) {
  static char interleave[] = "--benchmark_enable_random_interleaving=true";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, interleave);
  return arguments;
}

}  // namespace
}  // namespace tapstat::bench

int main(int argc, char** argv) {
  auto arguments = tapstat::bench::with_interleaving(argc, argv);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (count != 2) {
    std::cerr << "usage: tapstat_bench FILE [--benchmark_...]\n";
    return 2;
  }
  tapstat::bench::declare(arguments[1]);
  tapstat::bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (reporter.failed()) return 1;
  reporter.print_ratios();
}
