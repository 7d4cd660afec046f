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
#include "decode/decoder.h"
#include "decode/packet.h"
#include "decode/reassembly.h"
#include "decode/tunnel_key.h"
#include "decode/tunnel_table.h"

namespace tapstat::decode {

// The datagrams around the packet in hand, outermost first.
struct Carriers {
  std::array<Carrier, kMaxTunnels> list;
  std::size_t count = 0;
};

// The tunnels around it, outermost first. Kept from frame to frame, since only those pushed are
// ever looked at.
using Hops = std::array<TunnelKey, kMaxTunnels>;

class Walk {
 public:
  // What outlives the frame. Borrowed.
  struct Memory {
    Reassembler& fragments;
    TunnelTable& tunnels;
    Carriers& carriers;
    Hops& hops;
    Checksums checksums;
  };

  Walk(const capture::Frame& frame, const Memory& memory, Packet& out);

  [[nodiscard]] const capture::Frame& frame() const { return frame_; }
  [[nodiscard]] Packet& out() { return out_; }
  [[nodiscard]] Layer next() const { return next_; }
  [[nodiscard]] bool done() const { return next_ == Layer::none; }
  [[nodiscard]] Reassembler& fragments() { return memory_.fragments; }
  // Whether the checksum of what the cursor is at is to be looked at, and can be: every byte that
  // it covers was captured.
  [[nodiscard]] bool verifies() const {
    return memory_.checksums == Checksums::verified && at.bytes.size() == at.wire_len &&
           at.lost == 0;
  }

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
  // As finish, for a layer whose own checksum is wrong.
  void finish_corrupt(Content content);
  // The layer being read is cut or malformed, as the error and the length on the wire tell.
  void refuse(DecodeError error);

  // What follows is inside one more tunnel, whose ends are the IP addresses read last (or none, for
  // a tunnel below IP). False, and stopped, where that is one too many.
  [[nodiscard]] bool push_tunnel(TunnelKind kind);
  [[nodiscard]] bool push_tunnel(TunnelKind kind, std::uint32_t id);
  [[nodiscard]] TunnelId tunnel_so_far() {
    return memory_.tunnels.intern(std::span<const TunnelKey>(memory_.hops).first(depth_));
  }
  void note_carrier(const Carrier& carrier);

  // The destination in the IP header is not the one that checksums cover: a routing header names
  // it.
  void note_rerouting() { rerouted_ = true; }
  [[nodiscard]] bool is_rerouted() const { return rerouted_; }

  // The bytes of a datagram take the place of the frame's. False, and stopped, as push_tunnel.
  [[nodiscard]] bool enter_datagram(Bytes payload);

 private:
  const capture::Frame& frame_;
  Memory memory_;
  Packet& out_;
  Layer next_ = Layer::none;
  std::size_t depth_ = 0;
  int datagrams_ = 0;
  bool rerouted_ = false;
};

}  // namespace tapstat::decode
