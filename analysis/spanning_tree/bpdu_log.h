// Each BPDU of a capture, decoded or refused: for the view bpdus.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "analysis/arena.h"
#include "capture/frame.h"
#include "decode/bpdu.h"
#include "decode/mac_address.h"
#include "decode/packet.h"

namespace tapstat::analysis::spanning_tree {

// Where and when a BPDU was seen.
struct LoggedBpdu {
  capture::Timestamp time{};
  std::uint64_t frame = 0;      // Frame::number
  decode::VlanStack vlans;      // of the frame
  decode::TunnelId tunnel = 0;  // Packet::tunnel
  std::uint16_t input = 0;      // Frame::input and ::interface
  std::uint16_t interface = 0;
  decode::MacAddress source{};
  bool has_source = false;  // links without Ethernet's addresses have none
  bool is_cisco = false;    // Packet::is_cisco
  std::uint16_t captured_len = 0;
  std::uint16_t wire_len = 0;
  std::uint32_t first_block = 0;  // of its bytes, in the log
};

// The bytes are kept and read when they are asked for: most BPDUs have 38 of them, fewer than what
// they decode to takes.
class BpduLog {
 public:
  // Of one port that sends every 2 seconds, twelve days; half as many where all are MST BPDUs.
  static constexpr std::uint32_t kMostBpdus = 1u << 19;

  void see(const capture::Frame& frame, const decode::Packet& packet);

  [[nodiscard]] const Arena<LoggedBpdu>& bpdus() const { return bpdus_; }
  [[nodiscard]] tl::expected<decode::Bpdu, decode::BpduError> decode(const LoggedBpdu& bpdu) const;
  // Seen when the log was full.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  using Block = std::array<std::uint8_t, 64>;
  static constexpr std::uint32_t kMostBlocks = 2 * kMostBpdus;
  // An MST BPDU of 64 instances has 1126 octets and an 802.3 frame at most 1500; on other links
  // what is behind these is no BPDU's.
  static constexpr std::size_t kMostOctets = 1536;

  [[nodiscard]] std::uint32_t keep(capture::Bytes body);

  Arena<LoggedBpdu> bpdus_;
  Arena<Block> blocks_;
  std::uint64_t left_out_ = 0;
};

}  // namespace tapstat::analysis::spanning_tree
