#include "tests/app/retimed.h"

#include <cstring>
#include <stdexcept>

#include "capture/open_file.h"
#include "capture/pcapng_writer.h"

namespace tapstat::test {

using namespace capture;

std::vector<Packet> packets_of_sample(const std::string& name) {
  const auto source = open_file(TAPSTAT_SAMPLES "/" + name);
  if (!source) throw std::runtime_error(source.error().message);
  std::vector<Packet> packets;
  for (auto batch = (*source)->next_batch(); !batch.empty(); batch = (*source)->next_batch()) {
    for (const Frame& frame : batch) {
      const void* bytes = frame.data;
      packets.push_back({frame.time.time_since_epoch().count(),
                         {static_cast<const char*>(bytes), frame.captured_len}});
    }
  }
  return packets;
}

std::string pcapng_of(const std::vector<Packet>& packets) {
  std::string out;
  const WrittenInterface ethernet{.name = "", .link = LinkType::ethernet};
  append_pcapng_header(out, {&ethernet, 1});
  for (const Packet& packet : packets) {
    const void* bytes = packet.bytes.data();
    Frame frame;
    frame.data = static_cast<const std::uint8_t*>(bytes);
    frame.captured_len = frame.wire_len = static_cast<std::uint32_t>(packet.bytes.size());
    const std::size_t begin = out.size();
    append_pcapng_packet(out, frame, 0);
    // Past what a writer of ours would write.
    const auto ticks = static_cast<std::uint64_t>(packet.time);
    const std::uint32_t halves[] = {static_cast<std::uint32_t>(ticks >> 32),
                                    static_cast<std::uint32_t>(ticks)};
    constexpr std::size_t kTimeAt = 12;  // draft-ietf-opsawg-pcapng section 4.3
    std::memcpy(out.data() + begin + kTimeAt, halves, sizeof halves);
  }
  return out;
}

}  // namespace tapstat::test
