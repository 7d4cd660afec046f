// A frame and what the general decoder makes of it, kept together because a Packet borrows the
// bytes.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "decode/decoder.h"
#include "tests/support/packet_builder.h"

namespace tapstat::test {

class Decoded {
 public:
  explicit Decoded(Buffer bytes, capture::LinkType link = capture::LinkType::ethernet,
                   std::optional<std::uint32_t> wire_len = {})
      : bytes_(std::move(bytes)), frame_(frame_of(bytes_, {}, 1, link, wire_len)) {
    decoder_.decode(frame_, packet_);
  }
  Decoded(const Decoded&) = delete;
  Decoded& operator=(const Decoded&) = delete;
  ~Decoded() = default;

  const decode::Packet& operator*() const { return packet_; }
  const decode::Packet* operator->() const { return &packet_; }
  const Buffer& bytes() const { return bytes_; }
  const capture::Frame& frame() const { return frame_; }
  const std::vector<decode::TunnelHop>& tunnel() const { return decoder_.tunnel(packet_.tunnel); }

 private:
  Buffer bytes_;
  capture::Frame frame_;
  decode::Decoder decoder_;
  decode::Packet packet_;
};

// The straight paths, in the order the engine tries them.
bool decode_straight(decode::Decoder& decoder, const capture::Frame& frame, decode::Segment& out);

// The Segment's fields that differ, by name; empty where the two are the same.
std::string difference(const decode::Segment& a, const decode::Segment& b);

}  // namespace tapstat::test
