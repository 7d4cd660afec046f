// What is kept of a SYN, or of a SYN-ACK: all that the states of the ends, and what is told of
// them, depend on.
#pragma once

#include <cstdint>

#include "decode/mac_address.h"
#include "decode/segment.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {

// 20 bytes. Where has_ is false the value is 0.
struct SynNote {
  std::uint32_t isn = 0;
  std::uint32_t tsval = 0;
  decode::MacAddress mac{};  // of its sender
  std::uint16_t mss = 0;
  std::uint16_t window = 0;
  std::uint8_t window_shift = 0;
  bool has_tsval : 1 = false;
  bool has_mac : 1 = false;
  bool has_mss : 1 = false;
  bool has_window_shift : 1 = false;
  bool allows_sack : 1 = false;

  [[nodiscard]] static SynNote of(const decode::Segment& syn) {
    const auto options = decode::TcpOptions::of(syn);
    SynNote note;
    note.isn = syn.seq;
    note.window = syn.window;
    note.has_mac = syn.macs != nullptr;
    if (note.has_mac) note.mac = decode::mac_from_wire(syn.macs + 6);
    note.has_mss = options.mss.has_value();
    note.mss = options.mss.value_or(0);
    note.has_window_shift = options.wscale.has_value();
    note.window_shift = options.wscale.value_or(0);
    note.allows_sack = options.sack_permitted;
    note.has_tsval = options.timestamps.has_value();
    note.tsval = options.timestamps ? options.timestamps->tsval : 0;
    return note;
  }
};
static_assert(sizeof(SynNote) == 20);

}  // namespace tapstat::analysis::tcp
