#include "analysis/spanning_tree/bpdu_log.h"

#include <algorithm>

namespace tapstat::analysis::spanning_tree {

void BpduLog::see(const capture::Frame& frame, const decode::Packet& packet) {
  if (packet.content != decode::Content::bpdu) return;
  const capture::Bytes body = packet.body.first(std::min(packet.body.size(), kMostOctets));
  const std::size_t blocks = (body.size() + sizeof(Block) - 1) / sizeof(Block);
  if (bpdus_.size() == kMostBpdus || blocks_.size() + blocks > kMostBlocks) {
    ++left_out_;
    return;
  }
  LoggedBpdu& bpdu = bpdus_.append();
  bpdu.time = frame.time;
  bpdu.frame = frame.number;
  bpdu.vlans = packet.vlans;
  bpdu.tunnel = packet.tunnel;
  bpdu.input = frame.input;
  bpdu.interface = frame.interface;
  if (packet.macs != nullptr) {
    bpdu.source = decode::mac_from_wire(packet.macs + 6);
    bpdu.has_source = true;
  }
  bpdu.is_cisco = packet.is_cisco;
  bpdu.captured_len = static_cast<std::uint16_t>(body.size());
  bpdu.wire_len = static_cast<std::uint16_t>(std::min<std::size_t>(packet.body_len, kMostOctets));
  bpdu.first_block = keep(body);
}

std::uint32_t BpduLog::keep(capture::Bytes body) {
  const std::uint32_t first = blocks_.size();
  while (!body.empty()) {
    const std::size_t len = std::min(body.size(), sizeof(Block));
    std::ranges::copy(body.first(len), blocks_.append().begin());
    body = body.subspan(len);
  }
  return first;
}

tl::expected<decode::Bpdu, decode::BpduError> BpduLog::decode(const LoggedBpdu& bpdu) const {
  std::array<std::uint8_t, kMostOctets> octets;
  const std::span body{octets.data(), bpdu.captured_len};
  std::uint32_t block = bpdu.first_block;
  for (std::size_t at = 0; at < body.size(); at += sizeof(Block)) {
    const auto part = body.subspan(at, std::min(sizeof(Block), body.size() - at));
    std::copy_n(blocks_[block++].begin(), part.size(), part.begin());
  }
  decode::Packet packet;
  packet.content = decode::Content::bpdu;
  packet.body = body;
  packet.body_len = bpdu.wire_len;
  packet.is_cisco = bpdu.is_cisco;
  return decode::parse_bpdu(packet);
}

}  // namespace tapstat::analysis::spanning_tree
