// The options as CLI11 knows them: their names, their help, and what each takes.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tapstat::app {

// What the user typed, as far as it is well-formed by itself.
struct RawOptions {
  std::vector<std::string> reads, interfaces;
  std::optional<std::string> write, user;
  std::optional<std::uint32_t> snaplen, buffer_kib;
  std::optional<std::uint64_t> file_megabytes;
  std::optional<std::uint32_t> file_seconds, file_count;
  std::vector<std::string> words;
  std::string format = "text";
  std::string color = "auto";
  std::string stack = "linux";
  std::vector<std::string> timers;
  std::vector<std::uint16_t> toa_kinds;
  std::string output, at, from, to, every, connection, triage, ipvs_config;
  std::optional<std::string> where;
  std::vector<std::string> expected;
  std::uint64_t most_packets = 0;
  unsigned jobs = 1;
  std::size_t memory = 0;  // 0: not given
  bool checksums = false, fields = false, json = false, names = false, utc = false, ascii = false,
       quiet = false, stream = false, list_interfaces = false, no_promiscuous = false,
       immediate = false, line_buffered = false, follow = false;
};

// Makes `app` fill in `raw`, which it borrows.
void declare(CLI::App& app, RawOptions& raw);

}  // namespace tapstat::app
