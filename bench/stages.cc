#include "bench/stages.h"

#include <benchmark/benchmark.h>
#include <pcap/pcap.h>

#include <array>
#include <memory>
#include <span>
#include <stdexcept>

#include "analysis/engine.h"
#include "capture/open_file.h"
#include "decode/decoder.h"

namespace tapstat::bench {
namespace {

// Gives each batch of the file to `take`.
template <typename Take>
std::uint64_t for_each_batch(const std::string& path, Take&& take) {
  auto source = capture::open_file(path);
  if (!source) throw std::runtime_error(source.error().message);
  std::uint64_t packets = 0;
  for (auto frames = (*source)->next_batch(); !frames.empty(); frames = (*source)->next_batch()) {
    packets += frames.size();
    take(frames);
  }
  for (const capture::InputInfo* input : (*source)->inputs()) {
    if (input->damage) throw std::runtime_error(input->damage->message);
  }
  return packets;
}

}  // namespace

std::uint64_t read(const std::string& path) {
  return for_each_batch(path, [](std::span<const capture::Frame> frames) {
    std::uint64_t bytes = 0;
    for (const capture::Frame& frame : frames) bytes += frame.captured_len;
    benchmark::DoNotOptimize(bytes);
  });
}

std::uint64_t read_and_decode(const std::string& path) {
  decode::Decoder decoder;
  decode::Segment segment;
  decode::Packet packet;
  return for_each_batch(path, [&](std::span<const capture::Frame> frames) {
    decoder.begin_batch();
    for (const capture::Frame& frame : frames) {
      if (decode::decode_tcp(frame, segment) || decoder.decode_tunnelled_tcp(frame, segment)) {
        benchmark::DoNotOptimize(segment);
      } else {
        decoder.decode(frame, packet);
        benchmark::DoNotOptimize(packet);
      }
    }
  });
}

std::uint64_t read_decode_and_track(const std::string& path) {
  constexpr std::uint64_t kSecret = 0x9e3779b97f4a7c15u;
  analysis::Engine engine(kSecret);
  return for_each_batch(path, [&](std::span<const capture::Frame> frames) { engine.take(frames); });
}

std::uint64_t libpcap_read(const std::string& path) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> file(
      pcap_open_offline(path.c_str(), error.data()), &pcap_close);
  if (!file) throw std::runtime_error(error.data());
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* data = nullptr;
  std::uint64_t packets = 0;
  int status = 0;
  while ((status = pcap_next_ex(file.get(), &header, &data)) == 1) ++packets;
  if (status != PCAP_ERROR_BREAK) throw std::runtime_error(pcap_geterr(file.get()));
  return packets;
}

}  // namespace tapstat::bench
