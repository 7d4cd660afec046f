// The stages of a run over one capture file, each from opening it to its end, and libpcap's reading
// of the same file to compare with. Each returns the number of packets it saw, and throws
// std::runtime_error where the file cannot be read to its end.
#pragma once

#include <cstdint>
#include <string>

namespace tapstat::bench {

// Our reader alone; frame lengths are summed so that every record is looked at.
[[nodiscard]] std::uint64_t read(const std::string& path);

// As the engine decodes: the straight path for TCP, the general decoder for what that refuses.
[[nodiscard]] std::uint64_t read_and_decode(const std::string& path);

// All but the report.
[[nodiscard]] std::uint64_t read_decode_and_track(const std::string& path);

// pcap_open_offline() and pcap_next_ex(), and nothing else.
[[nodiscard]] std::uint64_t libpcap_read(const std::string& path);

}  // namespace tapstat::bench
