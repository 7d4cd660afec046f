// The decoding of one frame: where it stands, what it found, and what comes next.
//
// Decoder runs a loop: the reader of the layer `next` looks at the bytes at the cursor, notes what
// it found in the Packet, steps over its header and sets `next` again, or stops. Every reader
// consumes bytes or stops, and a reassembled datagram counts as a tunnel, so the loop ends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/cursor.h"
#include "decode/packet.h"
#include "decode/reassembly.h"
#include "decode/tunnel_table.h"

namespace tapstat::decode {

class Walk {
 public:
  Walk(const capture::Frame& frame, Reassembler& fragments, TunnelTable& tunnels, Packet& out);

  [[nodiscard]] const capture::Frame& frame() const { return frame_; }
  [[nodiscard]] Packet& out() { return out_; }
  [[nodiscard]] Layer next() const { return next_; }
  [[nodiscard]] bool done() const { return next_ == Layer::none; }
  [[nodiscard]] Reassembler& fragments() { return fragments_; }

  Cursor at;

  // Continue with a layer at the cursor, or with what a field of the header just read names.
  void enter(Layer layer) { next_ = layer; }
  void enter_link_type(std::uint32_t link_type);
  void enter_ether_type(std::uint16_t type);
  void enter_type_or_length(std::uint16_t type_or_length);  // as in an Ethernet header
  void enter_ip_protocol(std::uint8_t protocol);
  // IPv4 or IPv6, by the version in the first four bits.
  void enter_ip();

  // Ends here. `finish` is for a layer whose content is handed on whole.
  void finish(Content content);
  void stop(StopReason reason);
  // The layer being read is cut or malformed, as the error and the length on the wire tell.
  void refuse(DecodeError error);

  // What follows is inside one more tunnel, whose ends are the IP addresses read last (or none, for
  // a tunnel below IP). False, and stopped, where that is one too many.
  [[nodiscard]] bool push_tunnel(TunnelKind kind);
  [[nodiscard]] bool push_tunnel(TunnelKind kind, std::uint32_t id);
  [[nodiscard]] TunnelId tunnel_so_far() { return tunnels_.intern(std::span(hops_).first(depth_)); }

  // The bytes of a datagram take the place of the frame's. False, and stopped, as push_tunnel.
  [[nodiscard]] bool enter_datagram(Bytes payload);

 private:
  const capture::Frame& frame_;
  Reassembler& fragments_;
  TunnelTable& tunnels_;
  Packet& out_;
  Layer next_ = Layer::none;
  std::size_t depth_ = 0;
  int datagrams_ = 0;
  std::array<TunnelHop, kMaxTunnels> hops_;
};

}  // namespace tapstat::decode
