// Frames to packets: the one decoder of the project.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::decode {

// The straight path: Ethernet (up to two VLAN tags), Linux cooked or raw IP, then an unfragmented
// IPv4 or IPv6 packet without extension headers, then TCP. Fills `out` and returns true, or returns
// false and leaves `out` unspecified: then Decoder::decode says what the frame is. It never
// disagrees with it.
[[nodiscard]] bool decode_tcp(const capture::Frame& frame, Segment& out);

// Whether frames of this link type can be decoded at all.
[[nodiscard]] bool decodes(capture::LinkType link);

enum class Checksums : std::uint8_t {
  ignored,   // a host's own packets may have none yet when they are captured (offload)
  verified,  // where all of what they cover was captured
};

// Decodes anything. Holds what outlives a frame: fragments waiting for the rest of their datagram
// and the tunnels seen so far. Both are bounded.
class Decoder {
 public:
  // `secret` keys the hashes of both; nothing that it tells depends on it.
  explicit Decoder(Checksums checksums = Checksums::ignored, std::uint64_t secret = 0);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Gives back the buffers of datagrams reassembled since the last call; packets decoded before it
  // are no longer valid. Call it once a batch.
  void begin_batch();

  void decode(const capture::Frame& frame, Packet& out);

  // The straight path again, for what decode_tcp refuses, through one tunnel: MPLS or PPPoE instead
  // of its IP header or, behind it, IP in IP, GRE, VXLAN, Geneve or GTP-U, and then another (behind
  // another Ethernet header with up to two VLAN tags where the tunnel carries frames). The same as
  // decode_tcp otherwise: true and `out` as `decode` gives it, or false. Verifies no checksum.
  [[nodiscard]] bool decode_tunnelled_tcp(const capture::Frame& frame, Segment& out);

  // The tunnels behind an id, outermost first. Empty for 0. Valid until the decoder goes.
  [[nodiscard]] const std::vector<TunnelHop>& tunnel(TunnelId id) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tapstat::decode
