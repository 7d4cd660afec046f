// tapstat_generate: writes a pcap file of TCP traffic made from a seed.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/traffic.h"

namespace tapstat::bench {
namespace {

struct Options {
  std::string path;
  std::uint64_t packets = 1'000'000;
  std::uint32_t snaplen = 96;
  TrafficOptions traffic;
};

// Classic pcap, microseconds, Ethernet, in this machine's byte order
// (draft-ietf-opsawg-pcap sections 4 and 5).
class PcapWriter {
 public:
  PcapWriter(const std::string& path, std::uint32_t snaplen)
      : file_(path, std::ios::binary | std::ios::trunc), snaplen_(snaplen) {
    put(0xa1b2c3d4u);
    put(std::uint16_t{2});
    put(std::uint16_t{4});
    put(std::uint64_t{0});  // time zone and accuracy, which nobody uses
    put(snaplen);
    put(std::uint32_t{1});
  }

  void write(const Traffic::Packet& packet) {
    using std::chrono::microseconds;
    const auto us = std::chrono::duration_cast<microseconds>(packet.time.time_since_epoch());
    const auto captured = packet.bytes.first(std::min<std::size_t>(packet.bytes.size(), snaplen_));
    put(static_cast<std::uint32_t>(us.count() / 1'000'000));
    put(static_cast<std::uint32_t>(us.count() % 1'000'000));
    put(static_cast<std::uint32_t>(captured.size()));
    put(static_cast<std::uint32_t>(packet.bytes.size()));
    buffer_.insert(buffer_.end(), captured.begin(), captured.end());
    if (buffer_.size() >= kFlushAt) flush();
  }

  // Throws unless all of it was written.
  void close() {
    flush();
    file_.close();
    if (!file_) throw std::runtime_error("cannot write the file");
  }

 private:
  static constexpr std::size_t kFlushAt = 1u << 20;

  template <typename T>
  void put(T value) {
    const std::size_t at = buffer_.size();
    buffer_.resize(at + sizeof value);
    std::memcpy(buffer_.data() + at, &value, sizeof value);
  }
  void flush() {
    file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }

  std::ofstream file_;
  std::uint32_t snaplen_;
  std::vector<char> buffer_;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("FILE", options.path, "Where to write")->required();
  app.add_option("--packets", options.packets, "How many packets")->capture_default_str();
  app.add_option("--flows", options.traffic.flows, "Connections at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--snaplen", options.snaplen, "Bytes captured of a frame; 262144 keeps all")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--ipv6", options.traffic.ipv6_percent, "Percentage of connections over IPv6")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  app.add_option("--seed", options.traffic.seed, "The same seed gives the same file")
      ->capture_default_str();
}

void generate(const Options& options) {
  Traffic traffic(options.traffic);
  PcapWriter file(options.path, options.snaplen);
  for (std::uint64_t i = 0; i < options.packets; ++i) file.write(traffic.next());
  file.close();
}

}  // namespace
}  // namespace tapstat::bench

int main(int argc, char** argv) {
  CLI::App app{"Writes a pcap file of TCP traffic, made from a seed, to measure with."};
  tapstat::bench::Options options;
  declare(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    generate(options);
  } catch (const std::exception& error) {
    std::cerr << "tapstat_generate: " << options.path << ": " << error.what() << '\n';
    return 1;
  }
}
