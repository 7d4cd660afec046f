// A segment that was kept, to be given to a Connection later.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>

#include "analysis/tcp/path_ids.h"
#include "decode/mac_address.h"
#include "decode/segment.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {

using capture::Timestamp;

// Without payload, frame number and all else that no end's state depends on.
struct KeptSegment {
  Timestamp time{};
  std::uint32_t seq = 0, ack = 0;
  std::uint32_t payload_len = 0;
  std::uint16_t window = 0;
  std::uint8_t flags = 0;
  std::uint8_t sender = 0;
  std::uint8_t options_len = 0;
  bool has_macs = false;
  std::array<std::uint8_t, 12> macs{};
  std::array<std::uint8_t, 24> options{};

  // Where it came from.
  void put_source(const decode::MacAddress& mac) {
    std::copy(mac.begin(), mac.end(), macs.begin() + mac.size());
    has_macs = true;
  }
  // Appends to the options.
  void put(std::initializer_list<std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) options[options_len++] = byte;
  }
  void put_clock(std::uint32_t tsval) {
    const auto byte = [tsval](int shift) { return static_cast<std::uint8_t>(tsval >> shift); };
    put({decode::tcp_option::kTimestamps, 10, byte(24), byte(16), byte(8), byte(0), 0, 0, 0, 0});
  }

  // Borrows from this.
  [[nodiscard]] decode::Segment segment(const PathIds::Path& path, std::uint16_t input) const {
    decode::Segment seg{};
    seg.time = time;
    seg.macs = has_macs ? macs.data() : nullptr;
    seg.options = options.data();
    seg.options_len = options_len;
    seg.vlans = path.vlans;
    seg.tunnel = path.tunnel;
    seg.seq = seq;
    seg.ack = ack;
    seg.payload_len = payload_len;
    seg.window = window;
    seg.input = input;
    seg.flags = decode::TcpFlags(flags);
    return seg;
  }
};

}  // namespace tapstat::analysis::tcp
