#include "analysis/tcp/block.h"

#include <algorithm>
#include <cstring>

namespace tapstat::analysis::tcp {

Block::Block(std::size_t capacity)
    : segments(capacity),
      frames(capacity),
      bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(capacity * kMost)) {
  routed.reserve(kShards);
  for (std::uint32_t i = 0; i < kShards; ++i) routed.emplace_back(capacity);
}

void Block::clear() {
  size = 0;
  used_ = 0;
  errors.clear();
  for (auto& list : routed) list.clear();
  end.reset();
}

std::uint8_t* Block::keep(const std::uint8_t* from, std::size_t n) {
  std::uint8_t* const to = bytes_.get() + used_;
  std::memcpy(to, from, n);
  used_ += n;
  return to;
}

void Block::keep_bytes_of(decode::Segment& segment) {
  if (segment.macs != nullptr) segment.macs = keep(segment.macs, kMacs);
  segment.options_len = std::min<std::uint8_t>(segment.options_len, kMostOptions);
  if (segment.options_len > 0) segment.options = keep(segment.options, segment.options_len);
  const bool is_ipv6 = segment.ip_version == 6;  // of others the tuple has the addresses
  segment.ip_src = is_ipv6 ? keep(segment.ip_src, kIpv6) : nullptr;
  segment.ip_dst = is_ipv6 ? keep(segment.ip_dst, kIpv6) : nullptr;
  segment.payload = nullptr;
}

void Block::keep_bytes_of(capture::Frame& frame, std::size_t headers) {
  frame.data = keep(frame.data, headers);
}

void Block::read(Routed& r) {
  decode::Segment& segment = segments[r.index()];
  decode::PlainTcp::parse(frames[r.index()])->write_to(segment);
  segment.payload = nullptr;  // which need not be kept
  r.become_segment();
}

}  // namespace tapstat::analysis::tcp
