// Writes a classic pcap file: microseconds, Ethernet, this machine's byte order
// (draft-ietf-opsawg-pcap sections 4 and 5).
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "bench/packet_clock.h"

namespace tapstat::bench {

class PcapWriter {
 public:
  // "-" is standard output. What goes wrong is told by close().
  PcapWriter(const std::string& path, std::uint32_t snaplen);

  void write(const Packet& packet);

  // Throws std::runtime_error unless all of it was written.
  void close();

 private:
  template <typename T>
  void put(T value);
  void flush();

  std::string path_;
  std::ofstream file_;
  std::uint32_t snaplen_;
  std::vector<char> buffer_;
};

}  // namespace tapstat::bench
