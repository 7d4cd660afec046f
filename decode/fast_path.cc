#include <algorithm>

#include "decode/decoder.h"
#include "decode/ip_protocol.h"
#include "decode/straight.h"

namespace tapstat::decode {
namespace {

// What nearly all frames are: Ethernet without a tag, an IPv4 header without options, no fragment,
// and a TCP header that lies inside all lengths. So each field stands where it always does. False
// for any other, of which something may have been written.
bool decode_commonest(const capture::Frame& frame, Segment& out) {
  constexpr std::size_t kIp = EthernetView::kLen, kTcp = kIp + Ipv4View::kMinLen;
  constexpr std::uint32_t kTypeAndVersion = std::uint32_t{ether_type::kIpv4} << 8 | 0x45;
  const Bytes b = frame.bytes();
  if (frame.link != capture::LinkType::ethernet || b.size() < kTcp + TcpView::kMinLen) return false;
  if (be32(b, kIp - 2) >> 8 != kTypeAndVersion) return false;
  const std::uint32_t total_len = be16(b, kIp + 2);
  const std::uint32_t header_len = (b[kTcp + 12] >> 4) * 4u;
  const std::uint32_t headers_len = Ipv4View::kMinLen + header_len;
  const bool fits = header_len >= TcpView::kMinLen && headers_len <= total_len &&
                    kIp + total_len <= std::max(frame.wire_len, frame.captured_len) &&
                    (be16(b, kIp + 6) & 0x3fff) == 0 && b[kIp + 9] == ip_protocol::kTcp;
  if (!fits) return false;
  const std::uint32_t captured = std::min<std::uint32_t>(frame.captured_len, kIp + total_len);
  const std::uint32_t payload = std::min<std::uint32_t>(captured, kTcp + header_len);
  out.time = frame.time;
  out.frame = frame.number;
  out.ip_src = &b[kIp + 12];
  out.ip_dst = &b[kIp + 16];
  out.macs = b.data();
  out.options = &b[kTcp] + TcpView::kMinLen;
  out.payload = b.data() + payload;
  out.vlans = {};
  out.tunnel = 0;
  out.seq = be32(b, kTcp + 4);
  out.ack = be32(b, kTcp + 8);
  out.payload_len = total_len - headers_len;
  out.payload_captured = captured - payload;
  out.wire_len = frame.wire_len;
  out.src_port = be16(b, kTcp);
  out.dst_port = be16(b, kTcp + 2);
  out.window = be16(b, kTcp + 14);
  out.ip_id = be16(b, kIp + 4);
  out.input = frame.input;
  out.options_len = static_cast<std::uint8_t>(payload - kTcp - TcpView::kMinLen);
  out.ip_version = 4;
  out.ttl = b[kIp + 8];
  out.flags = TcpFlags(b[kTcp + 13]);
  out.is_short = false;
  return true;
}

}  // namespace

bool decode_tcp(const capture::Frame& frame, Segment& out) {
  if (decode_commonest(frame, out)) [[likely]] {
    return true;
  }
  Cursor at = start_of(frame);
  out.macs = nullptr;
  out.vlans = {};
  out.tunnel = 0;
  const auto type = straight::enter_link(frame.link, at, out);
  if (!type || straight::enter_ip(*type, at, out) != ip_protocol::kTcp) return false;
  return straight::read_tcp(at, frame, out);
}

}  // namespace tapstat::decode
