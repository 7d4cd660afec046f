#include "bench/frame_writer.h"

#include <algorithm>

#include "decode/segment.h"

namespace tapstat::bench {
namespace {

using decode::TcpFlags;

constexpr std::size_t kEthernetLen = 14;
constexpr std::size_t kIpv4Len = 20;
constexpr std::size_t kIpv6Len = 40;
constexpr std::size_t kTcpLen = 20;
constexpr std::size_t kSynOptionsLen = 20;
constexpr std::size_t kOptionsLen = 12;
constexpr std::size_t kSackLen = 12;
constexpr std::size_t kUdpLen = 8;
constexpr std::size_t kVxlanLen = 8;
constexpr std::size_t kGreLen = 4;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kGre = 47;
constexpr std::uint8_t kTtl = 64;
constexpr std::uint16_t kVlanTag = 0x8100;
constexpr std::uint16_t kVxlanPort = 4789;
constexpr std::uint32_t kVni = 100;

// The Internet checksum of RFC 1071, in steps: add() what it covers, each part but the last of even
// length.
class Checksum {
 public:
  void add(std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
      sum_ += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    }
    if (bytes.size() % 2 != 0) sum_ += static_cast<std::uint32_t>(bytes.back() << 8);
  }
  void add(std::size_t number) { sum_ += number; }
  [[nodiscard]] std::uint32_t value() const {
    std::uint64_t s = sum_;
    while (s >> 16 != 0) s = (s & 0xffff) + (s >> 16);
    return static_cast<std::uint32_t>(~s & 0xffff);
  }

 private:
  std::uint64_t sum_ = 0;
};

bool is_syn(const SegmentFields& s) { return (s.flags & TcpFlags::kSyn) != 0; }
bool has_sack(const SegmentFields& s) { return s.sack_left != s.sack_right; }
std::uint16_t ether_type(const SegmentFields& s) { return s.ipv6 ? 0x86dd : 0x0800; }

std::span<const std::uint8_t> address(const SegmentFields& s, const Socket& socket) {
  return std::span{socket.ip}.first(s.ipv6 ? 16 : 4);
}

std::size_t tcp_header_len(const SegmentFields& s) {
  if (is_syn(s)) return kTcpLen + kSynOptionsLen;
  return kTcpLen + kOptionsLen + (has_sack(s) ? kSackLen : 0);
}

// Of the tunnel's end on the side of this socket: one of 16 hosts.
std::array<std::uint8_t, 4> tunnel_address(const SegmentFields& s, const Socket& socket) {
  return {172, 16, 0, static_cast<std::uint8_t>(1 + address(s, socket).back() % 16)};
}

}  // namespace

FrameWriter::FrameWriter() {
  // Letters, so that no dissector takes the payload for the beginning of something.
  for (std::size_t i = 0; i < payload_.size(); ++i) {
    payload_[i] = static_cast<std::uint8_t>('a' + i % 26);
    payload_sum_[i + 1] =
        payload_sum_[i] + static_cast<std::uint32_t>(payload_[i] << (i % 2 == 0 ? 8 : 0));
  }
}

std::span<const std::uint8_t> FrameWriter::write(const SegmentFields& segment) {
  const std::size_t tcp_len = tcp_header_len(segment) + segment.payload_len;
  end_ = 0;
  put_macs(segment);
  if (segment.encapsulation.vlan != 0) {
    put16(kVlanTag);
    put16(segment.encapsulation.vlan);
  }
  put_tunnel(segment, (segment.ipv6 ? kIpv6Len : kIpv4Len) + tcp_len);
  put16(ether_type(segment));
  put_ip(segment, tcp_len);
  put_tcp(segment);
  return std::span{frame_}.first(end_);
}

void FrameWriter::put16(std::uint32_t value) {
  put8(static_cast<std::uint8_t>(value >> 8));
  put8(static_cast<std::uint8_t>(value));
}

void FrameWriter::put32(std::uint32_t value) {
  put16(value >> 16);
  put16(value);
}

void FrameWriter::put(std::span<const std::uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), frame_.begin() + static_cast<std::ptrdiff_t>(end_));
  end_ += bytes.size();
}

void FrameWriter::set16(std::size_t at, std::uint32_t value) {
  frame_[at] = static_cast<std::uint8_t>(value >> 8);
  frame_[at + 1] = static_cast<std::uint8_t>(value);
}

// Locally administered addresses made of the IP addresses' last four bytes.
void FrameWriter::put_macs(const SegmentFields& s) {
  for (const Socket* socket : {s.dst, s.src}) {
    put16(0x0200);
    put(address(s, *socket).last(4));
  }
}

// From the outer EtherType up to the field that says what is inside, which is an EtherType, too.
void FrameWriter::put_tunnel(const SegmentFields& s, std::size_t inner_len) {
  if (s.encapsulation.tunnel == Tunnel::none) return;
  const auto src = tunnel_address(s, *s.src);
  const auto dst = tunnel_address(s, *s.dst);
  put16(0x0800);
  if (s.encapsulation.tunnel == Tunnel::gre) {
    put_ipv4(s.ip_id, kGre, kGreLen + inner_len, src, dst);
    put16(0);  // no checksum, no key, version 0
    return;
  }
  const std::size_t udp_len = kUdpLen + kVxlanLen + kEthernetLen + inner_len;
  put_ipv4(s.ip_id, kUdp, udp_len, src, dst);
  // RFC 7348 section 5: the source port tells flows apart, the checksum should be zero.
  put16(0xc000u | ((s.src->port ^ s.dst->port) & 0x3fffu));
  put16(kVxlanPort);
  put16(static_cast<std::uint32_t>(udp_len));
  put16(0);
  put32(0x08000000);
  put32(kVni << 8);
  put_macs(s);
}

void FrameWriter::put_ipv4(std::uint16_t id, std::uint8_t protocol, std::size_t len,
                           std::span<const std::uint8_t> src, std::span<const std::uint8_t> dst) {
  const std::size_t start = end_;
  put16(0x4500);
  put16(static_cast<std::uint32_t>(kIpv4Len + len));
  put16(id);
  put16(0x4000);  // don't fragment
  put8(kTtl);
  put8(protocol);
  put16(0);
  put(src);
  put(dst);
  Checksum sum;
  sum.add(std::span{frame_}.subspan(start, kIpv4Len));
  set16(start + 10, sum.value());
}

void FrameWriter::put_ip(const SegmentFields& s, std::size_t tcp_len) {
  const auto src = address(s, *s.src);
  const auto dst = address(s, *s.dst);
  if (!s.ipv6) return put_ipv4(s.ip_id, kTcp, tcp_len, src, dst);
  put32(0x60000000);
  put16(static_cast<std::uint32_t>(tcp_len));
  put8(kTcp);
  put8(kTtl);
  put(src);
  put(dst);
}

void FrameWriter::put_tcp(const SegmentFields& s) {
  const std::size_t start = end_;
  put16(s.src->port);
  put16(s.dst->port);
  put32(s.seq);
  put32(s.ack);
  put8(static_cast<std::uint8_t>(tcp_header_len(s) / 4 << 4));
  put8(s.flags);
  put16(s.window);
  put32(0);  // checksum, urgent pointer
  put_options(s);
  const std::size_t header_len = end_ - start;
  put(std::span{payload_}.first(s.payload_len));

  Checksum sum;  // with the pseudo header: RFC 9293 section 3.1, RFC 8200 section 8.1
  sum.add(address(s, *s.src));
  sum.add(address(s, *s.dst));
  sum.add(kTcp);
  sum.add(end_ - start);
  sum.add(std::span{frame_}.subspan(start, header_len));
  sum.add(payload_sum_[s.payload_len]);
  set16(start + 16, sum.value());
}

// In Linux's order: MSS, SACK permitted, timestamps, NOP, window scale; and NOP, NOP, timestamps,
// and NOP, NOP, SACK.
void FrameWriter::put_options(const SegmentFields& s) {
  if (is_syn(s)) {
    put16(0x0204);
    put16(s.ipv6 ? 1440 : 1460);
    put16(0x0402);
  } else {
    put16(0x0101);
  }
  put16(0x080a);
  put32(s.tsval);
  put32(s.tsecr);
  if (is_syn(s)) put32(0x01030307);
  if (!has_sack(s)) return;
  put32(0x0101050a);
  put32(s.sack_left);
  put32(s.sack_right);
}

}  // namespace tapstat::bench
