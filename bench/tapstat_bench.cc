// tapstat_bench [--rounds=N] [NAME=]FILE... [--benchmark_...]: CPU time per packet of each stage on
// each file, as a share of the time libpcap takes merely to read the same file, and as a share of
// what the same stage takes on the first file.

#include <benchmark/benchmark.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
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

struct File {
  std::string name;
  std::string path;
};

struct Options {
  std::vector<File> files;
  int rounds = 15;
};

// Keeps the medians, for a table of its own; --benchmark_out has the rest.
class MedianReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& /*context*/) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred) {
        std::cerr << "tapstat_bench: " << run.run_name.function_name << ": " << run.error_message
                  << '\n';
        failed_ = true;
      }
      if (run.aggregate_name != kMedian) continue;
      medians_[run.run_name.function_name] = run.counters.at(kPerPacket).value;
    }
  }

  [[nodiscard]] bool failed() const { return failed_; }

  // Seconds a packet; 0 where the stage was left out by --benchmark_filter.
  [[nodiscard]] double median(const std::string& benchmark) const {
    const auto found = medians_.find(benchmark);
    return found == medians_.end() ? 0 : found->second;
  }

 private:
  std::map<std::string, double> medians_;
  bool failed_ = false;
};

std::string benchmark_name(const File& file, const Stage& stage) {
  return file.name + "/" + stage.name;
}

void print_share(double part, double whole) {
  if (whole > 0) {
    std::printf(" %.2f |", part / whole);
  } else {
    std::printf(" |");
  }
}

void print(const MedianReporter& medians, const std::vector<File>& files) {
  std::printf("| capture | stage | ns a packet | of pcap_next_ex | of %s |\n",
              files.front().name.c_str());
  std::printf("| --- | --- | ---: | ---: | ---: |\n");
  for (const File& file : files) {
    const double libpcap = medians.median(benchmark_name(file, kStages.front()));
    for (const Stage& stage : kStages) {
      const double median = medians.median(benchmark_name(file, stage));
      if (median == 0) continue;
      std::printf("| %s | %s | %.1f |", file.name.c_str(), stage.name, median * 1e9);
      print_share(median, libpcap);
      print_share(median, medians.median(benchmark_name(files.front(), stage)));
      std::printf("\n");
    }
  }
}

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

// Each is one pass over the file; interleaved, so that a busy machine slows all stages alike.
void declare(const Options& options) {
  for (const File& file : options.files) {
    for (const Stage& stage : kStages) {
      const auto run = [&stage, path = file.path](benchmark::State& state) {
        measure(state, stage, path);
      };
      benchmark::RegisterBenchmark(benchmark_name(file, stage).c_str(), run)
          ->Iterations(1)
          ->Repetitions(options.rounds)
          ->Unit(benchmark::kMillisecond);
    }
  }
}

// The library's own default is one stage after the other.
std::vector<char*> with_interleaving(int argc, char** argv) {
  static char interleave[] = "--benchmark_enable_random_interleaving=true";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, interleave);
  return arguments;
}

// What the library left; no files where that makes no sense.
Options parse(const std::vector<std::string_view>& arguments) {
  constexpr std::string_view kRounds = "--rounds=";
  Options options;
  for (const std::string_view argument : arguments) {
    if (argument.substr(0, kRounds.size()) == kRounds) {
      const std::string_view number = argument.substr(kRounds.size());
      const char* const end = number.data() + number.size();
      const auto [rest, error] = std::from_chars(number.data(), end, options.rounds);
      if (error != std::errc{} || rest != end || options.rounds < 1) return {};
      continue;
    }
    const std::size_t equals = argument.find('=');
    const bool named = equals != std::string_view::npos;
    options.files.push_back({std::string(argument.substr(0, equals)),
                             std::string(named ? argument.substr(equals + 1) : argument)});
  }
  return options;
}

}  // namespace
}  // namespace tapstat::bench

int main(int argc, char** argv) {
  auto arguments = tapstat::bench::with_interleaving(argc, argv);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  const auto options = tapstat::bench::parse({arguments.begin() + 1, arguments.begin() + count});
  if (options.files.empty()) {
    std::cerr << "usage: tapstat_bench [--rounds=N] [NAME=]FILE... [--benchmark_...]\n";
    return 2;
  }
  tapstat::bench::declare(options);
  tapstat::bench::MedianReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (reporter.failed()) return 1;
  tapstat::bench::print(reporter, options.files);
}
