// Two bytes of link type, two of wire length beyond what is captured, then a frame: decoded by the
// straight paths and the general one, which must agree. The decoder lives on from input to input,
// so that fragments meet.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "decode/decoder.h"
#include "decode/icmp_error.h"
#include "decode/neighbor_discovery.h"
#include "decode/tcp_options.h"

namespace {

namespace capture = tapstat::capture;
namespace decode = tapstat::decode;
using decode::Segment;

constexpr std::size_t kHeadLen = 4;

bool same(const Segment& a, const Segment& b) {
  return a.ip_src == b.ip_src && a.ip_dst == b.ip_dst && a.macs == b.macs &&
         a.options == b.options && a.payload == b.payload && a.vlans == b.vlans &&
         a.tunnel == b.tunnel && a.seq == b.seq && a.ack == b.ack &&
         a.payload_len == b.payload_len && a.payload_captured == b.payload_captured &&
         a.wire_len == b.wire_len && a.src_port == b.src_port && a.dst_port == b.dst_port &&
         a.window == b.window && a.ip_id == b.ip_id && a.options_len == b.options_len &&
         a.ip_version == b.ip_version && a.ttl == b.ttl && a.flags == b.flags &&
         a.is_short == b.is_short;
}

// So that a sanitizer sees it where one of the ranges is not there.
void touch(decode::Bytes bytes) {
  if (bytes.empty()) return;
  const volatile std::uint8_t first = bytes.front(), last = bytes.back();
  (void)first;
  (void)last;
}

void touch(const decode::Packet& packet) {
  touch(packet.body);
  if (packet.body.size() > packet.body_len) std::abort();
  if (packet.content != decode::Content::tcp) return;
  const Segment& s = packet.segment;
  touch({s.ip_src, s.ip_version == 4 ? std::size_t{8} : std::size_t{32}});
  touch({s.options, s.options_len});
  touch({s.payload, s.payload_captured});
  if (s.macs != nullptr) touch({s.macs, 12});
  if (s.payload_captured > s.payload_len) std::abort();
  (void)decode::TcpOptions::of(s);
}

void touch(const decode::IcmpError& error) {
  const Segment& s = error.quoted;
  touch({s.ip_src, s.ip_version == 4 ? std::size_t{8} : std::size_t{32}});
  if (s.seg_len() != 0 || s.options_len != 0) std::abort();
}

void touch(const decode::NeighborDiscoveryView& message) {
  using enum decode::NdOption;
  for (const auto kind : {source_link_layer, target_link_layer}) {
    if (const auto* mac = message.link_layer_address(kind)) touch({mac, 6});
  }
  if (message.type() == decode::NdType::router_advertisement) {
    message.for_each_prefix([](const decode::NdPrefix& p) { touch({p.prefix, 16}); });
  } else if (message.type() != decode::NdType::router_solicitation) {
    touch({message.target(), 16});
  }
  if (message.type() == decode::NdType::redirect) touch({message.destination(), 16});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kHeadLen) return 0;
  static decode::Decoder decoder;
  const auto captured_len = static_cast<std::uint32_t>(size - kHeadLen);
  const auto excess = static_cast<std::uint32_t>(data[2] | (data[3] << 8));
  const capture::Frame frame{
      .time = {},
      .data = data + kHeadLen,
      .number = 1,
      .captured_len = captured_len,
      .wire_len = captured_len + excess,
      .link = capture::LinkType{static_cast<std::uint16_t>(data[0] | (data[1] << 8))},
      .input = 0};
  decode::Packet packet;
  decoder.begin_batch();
  decoder.decode(frame, packet);
  touch(packet);
  if (const auto error = decode::icmp_error_of(packet, frame)) touch(*error);
  if (const auto message = decode::NeighborDiscoveryView::parse(packet)) touch(*message);
  Segment segment;
  if (decode::decode_tcp(frame, segment) || decoder.decode_tunnelled_tcp(frame, segment)) {
    if (packet.content != decode::Content::tcp || !same(segment, packet.segment)) std::abort();
  }
  return 0;
}
