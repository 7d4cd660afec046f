// tapstat_generate: writes a pcap file of TCP traffic made from a seed.

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include "bench/pcap_writer.h"
#include "bench/profile.h"

namespace tapstat::bench {
namespace {

constexpr const char* kAbout =
    "Writes a pcap file of TCP traffic, made from a seed, to measure with.";

// As typed; what the job has no room for.
struct Options {
  std::string path;
  std::string profile = "A";
  std::uint64_t packets = 0;
  std::uint32_t rate = 1'000'000;
  std::uint64_t seed = 1;
  double loss_percent = 0;
  Job job;
};

std::string profile_help() {
  std::string help = "Kind of traffic, whose parts other options change:";
  for (const Profile& p : profiles()) {
    help += "\n  " + std::string(p.name) + ": " + std::string(p.what);
  }
  return help;
}

CLI::Validator known_profile() {
  return CLI::Validator(
      [](const std::string& name) {
        return find_profile(name) != nullptr ? "" : "no profile " + name;
      },
      "NAME");
}

// Ahead of the others, since the values that they have unless given are the profile's.
Options with_profile(int argc, char** argv) {
  Options options;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_option("--profile", options.profile)->check(known_profile());
  app.parse(argc, argv);
  options.job = find_profile(options.profile)->job;
  options.loss_percent = options.job.traffic.path.loss_per_million / 10'000.0;
  return options;
}

void declare_mixture(CLI::App& app, Mixture& mixture) {
  const std::map<std::string, Length> lengths = {{"heavy", Length::heavy_tailed},
                                                 {"short", Length::short_exchange}};
  app.add_option("--length", mixture.length, "Of connections")
      ->transform(CLI::CheckedTransformer(lengths))
      ->option_text("heavy|short");
  app.add_flag("--stay-open", mixture.stay_open, "Connections never close");
  const auto percentage = [&app](const char* name, std::uint32_t& value, const char* what) {
    app.add_option(name, value, what)->check(CLI::Range(0, 100))->capture_default_str();
  };
  percentage("--ipv6", mixture.ipv6, "Percentage of connections over IPv6");
  percentage("--vlan", mixture.vlan, "Percentage of connections with a VLAN tag");
  percentage("--vxlan", mixture.vxlan, "Percentage of connections inside VXLAN");
  percentage("--gre", mixture.gre, "Percentage of connections inside GRE");
}

void declare_traffic(CLI::App& app, TrafficOptions& traffic) {
  app.add_option("--flows", traffic.flows, "Connections at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--connections", traffic.connections,
                 "Connections in all, to the end of the last; 0: ever new ones")
      ->capture_default_str();
  app.add_option("--established", traffic.established,
                 "Percentage of the first flows that the capture enters mid-stream")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  app.add_option("--ack-every", traffic.path.ack_every, "Data segments to an ACK")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  declare_mixture(app, traffic.mixture);
}

void declare_flood(CLI::App& app, FloodOptions& flood) {
  app.add_option("--sources", flood.sources, "Spoofed sources of the flood, of one SYN each")
      ->check(CLI::Range(1u, 1u << 27))
      ->capture_default_str();
  app.add_option("--real", flood.real, "Real connections in the flood, from 10.9.0.0/16")
      ->check(CLI::Range(0, 1 << 16))
      ->capture_default_str();
  app.add_flag("--answered", flood.answered, "The server answers each SYN of the flood");
}

void declare(CLI::App& app, Options& options) {
  app.add_option("FILE", options.path, "Where to write; - is standard output")->required();
  app.add_option("--profile", options.profile, profile_help())->capture_default_str();
  app.add_option("--packets", options.packets,
                 "How many packets; churn, open and flood end near it");
  app.add_option("--snaplen", options.job.snaplen, "Bytes captured of a frame; 262144 keeps all")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--rate", options.rate, "Packets a second of packet time")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.seed, "The same seed gives the same file")
      ->capture_default_str();
  app.add_option("--loss", options.loss_percent, "Percentage of data segments lost and sent again")
      ->check(CLI::Range(0.0, 50.0))
      ->capture_default_str();
  declare_traffic(app, options.job.traffic);
  declare_flood(app, options.job.flood);
}

// What is counted in connections or sources is not to be cut short at the profile's packets.
Job settle(const CLI::App& app, const Options& options) {
  Job job = options.job;
  job.traffic.rate = job.flood.rate = options.rate;
  job.traffic.seed = job.flood.seed = options.seed;
  job.traffic.path.loss_per_million =
      static_cast<std::uint32_t>(std::lround(options.loss_percent * 10'000));
  job.flood.path = job.traffic.path;
  const bool counted = app.count("--connections") + app.count("--sources") != 0;
  if (counted) {
    job.packets = options.packets;
  } else if (options.packets != 0) {
    scale(job, options.packets);
  }
  return job;
}

template <typename Source>
void write_all(Source source, const Job& job, PcapWriter& file) {
  for (std::uint64_t i = 0; job.packets == 0 || i < job.packets; ++i) {
    const auto packet = source.next();
    if (!packet) return;
    file.write(*packet);
  }
}

void generate(const Job& job, const std::string& path) {
  PcapWriter file(path, job.snaplen);
  if (job.scene == Scene::flood) {
    write_all(Flood(job.flood), job, file);
  } else {
    write_all(Traffic(job.traffic), job, file);
  }
  file.close();
}

int run(int argc, char** argv) {
  CLI::App app{kAbout};
  Options options;
  try {
    options = with_profile(argc, argv);
    declare(app, options);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  generate(settle(app, options), options.path);
  return 0;
}

}  // namespace
}  // namespace tapstat::bench

int main(int argc, char** argv) {
  try {
    return tapstat::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tapstat_generate: %s\n", error.what());
    return 1;
  }
}
