#include "bench/pcap_writer.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace tapstat::bench {
namespace {

constexpr std::size_t kFlushAt = 1u << 20;
constexpr std::uint32_t kMagic = 0xa1b2c3d4;
constexpr std::uint32_t kEthernet = 1;

}  // namespace

PcapWriter::PcapWriter(const std::string& path, std::uint32_t snaplen)
    : path_(path),
      file_(path == "-" ? "/dev/stdout" : path, std::ios::binary | std::ios::trunc),
      snaplen_(snaplen) {
  put(kMagic);
  put(std::uint16_t{2});
  put(std::uint16_t{4});
  put(std::uint64_t{0});  // time zone and accuracy, which nobody uses
  put(snaplen);
  put(kEthernet);
}

void PcapWriter::write(const Packet& packet) {
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

void PcapWriter::close() {
  flush();
  file_.close();
  if (!file_) throw std::runtime_error(path_ + ": cannot be written");
}

template <typename T>
void PcapWriter::put(T value) {
  const std::size_t at = buffer_.size();
  buffer_.resize(at + sizeof value);
  std::memcpy(buffer_.data() + at, &value, sizeof value);
}

void PcapWriter::flush() {
  file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

}  // namespace tapstat::bench
