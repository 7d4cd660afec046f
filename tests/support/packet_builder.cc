#include "tests/support/packet_builder.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace tapstat::test {
namespace {

constexpr std::uint8_t kIcmp = 1, kIpip = 4, kTcp = 6, kUdp = 17, kIpv6 = 41, kGre = 47,
                       kFragment = 44, kAuthentication = 51, kIcmpv6 = 58;

// A builder asked for the impossible is a mistake in the test, which gtest then reports.
void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

void put8(Buffer& out, std::uint32_t value) { out.push_back(static_cast<std::uint8_t>(value)); }

void put16(Buffer& out, std::uint32_t value) {
  put8(out, value >> 8);
  put8(out, value);
}

void put32(Buffer& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value);
}

void put(Buffer& out, const Buffer& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

// Bytes [from, from + len), with room for what a header adds.
Buffer slice(const Buffer& bytes, std::size_t from, std::size_t len) {
  Buffer out;
  out.reserve(len + 64);
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from);
  out.assign(begin, begin + static_cast<std::ptrdiff_t>(len));
  return out;
}

void set16(Buffer& out, std::size_t at, std::uint32_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8);
  out[at + 1] = static_cast<std::uint8_t>(value);
}

// RFC 1071, over any even or odd number of bytes.
std::uint16_t internet_checksum(const Buffer& bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

bool is_ipv6(std::string_view address) { return address.find(':') != std::string_view::npos; }

std::uint8_t version_of(const Buffer& packet) {
  return packet.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(packet[0] >> 4);
}

// The checksum of `segment` under the pseudo header of RFC 9293 3.1 or RFC 8200 8.1.
std::uint16_t transport_checksum(const Buffer& segment, std::uint8_t protocol, std::string_view src,
                                 std::string_view dst) {
  Buffer all = concat(ip_bytes(src), ip_bytes(dst));
  put32(all, static_cast<std::uint32_t>(segment.size()));
  put32(all, protocol);
  put(all, segment);
  return internet_checksum(all);
}

std::uint8_t flag_bits(std::string_view flags) {
  constexpr std::string_view kNames = "FSRPAUEC";
  unsigned bits = 0;
  for (char c : flags) {
    const auto at = kNames.find(c);
    require(at != std::string_view::npos, "TCP flags are of FSRPAUEC");
    bits |= 1u << at;
  }
  return static_cast<std::uint8_t>(bits);
}

Buffer tcp_options(const TcpSpec& spec) {
  Buffer out;
  if (spec.mss) put(out, {2, 4}), put16(out, *spec.mss);
  if (spec.sack_permitted) put(out, {1, 1, 4, 2});
  if (spec.timestamps) {
    put(out, {1, 1, 8, 10});
    put32(out, spec.timestamps->tsval);
    put32(out, spec.timestamps->tsecr);
  }
  if (spec.wscale) put(out, {1, 3, 3, *spec.wscale});
  if (!spec.sack.empty()) {
    put(out, {1, 1, 5, static_cast<std::uint8_t>(2 + 8 * spec.sack.size())});
    for (const SackBlock& block : spec.sack) put32(out, block.left), put32(out, block.right);
  }
  put(out, spec.options);
  while (out.size() % 4 != 0) out.push_back(1);
  require(out.size() <= 40, "TCP has room for 40 bytes of options");
  return out;
}

Buffer tcp_segment(const TcpSpec& spec) {
  const Buffer options = tcp_options(spec);
  Buffer out;
  put16(out, spec.src_port);
  put16(out, spec.dst_port);
  put32(out, spec.seq);
  put32(out, spec.ack);
  put8(out, static_cast<std::uint32_t>((20 + options.size()) / 4) << 4);
  put8(out, flag_bits(spec.flags));
  put16(out, spec.window);
  put16(out, 0);
  put16(out, spec.urgent);
  put(out, options);
  put(out, spec.payload.empty() ? Buffer(spec.payload_len, 'x') : spec.payload);
  const std::uint32_t sum = transport_checksum(out, kTcp, spec.src, spec.dst);
  set16(out, 16, spec.bad_checksum ? sum ^ 0x5555u : sum);
  return out;
}

Buffer ipv4_packet(const Buffer& payload, std::uint8_t protocol, const IpSpec& spec) {
  require(spec.options.size() % 4 == 0 && spec.options.size() <= 40,
          "IPv4 options are 0 to 40 bytes, in fours");
  Buffer out;
  put8(out, 0x40 + static_cast<std::uint32_t>((20 + spec.options.size()) / 4));
  put8(out, spec.tos);
  put16(out, static_cast<std::uint32_t>(20 + spec.options.size() + payload.size()));
  put16(out, spec.id);
  put16(out, spec.dont_fragment ? 0x4000 : 0);
  put8(out, spec.ttl);
  put8(out, protocol);
  put16(out, 0);
  put(out, ip_bytes(spec.src));
  put(out, ip_bytes(spec.dst));
  put(out, spec.options);
  set16(out, 10, internet_checksum(out));
  put(out, payload);
  return out;
}

Buffer ipv6_packet(const Buffer& payload, std::uint8_t protocol, const IpSpec& spec) {
  Buffer out;
  put32(out, 0x60000000u | static_cast<std::uint32_t>(spec.tos) << 20);
  put16(out, static_cast<std::uint32_t>(payload.size()));
  put8(out, protocol);
  put8(out, spec.ttl);
  put(out, ip_bytes(spec.src));
  put(out, ip_bytes(spec.dst));
  put(out, payload);
  return out;
}

std::vector<Buffer> ipv4_fragments(const Buffer& packet, std::size_t size, std::uint32_t id) {
  const std::size_t header_len = (packet[0] & std::size_t{0x0f}) * 4;
  std::vector<Buffer> out;
  for (std::size_t at = header_len; at < packet.size(); at += size) {
    const std::size_t len = std::min(size, packet.size() - at);
    Buffer piece = slice(packet, 0, header_len);
    set16(piece, 2, static_cast<std::uint32_t>(header_len + len));
    set16(piece, 4, id);
    const bool more = at + len < packet.size();
    set16(piece, 6, static_cast<std::uint32_t>((at - header_len) / 8) | (more ? 0x2000u : 0u));
    set16(piece, 10, 0);
    set16(piece, 10, internet_checksum(piece));
    put(piece, slice(packet, at, len));
    out.push_back(std::move(piece));
  }
  return out;
}

std::vector<Buffer> ipv6_fragments(const Buffer& packet, std::size_t size, std::uint32_t id) {
  std::vector<Buffer> out;
  for (std::size_t at = 40; at < packet.size(); at += size) {
    const std::size_t len = std::min(size, packet.size() - at);
    const bool more = at + len < packet.size();
    Buffer piece = slice(packet, 0, 40);
    set16(piece, 4, static_cast<std::uint32_t>(8 + len));
    piece[6] = kFragment;
    put(piece, {packet[6], 0});
    put16(piece, static_cast<std::uint32_t>(at - 40) | (more ? 1u : 0u));
    put32(piece, id);
    put(piece, slice(packet, at, len));
    out.push_back(std::move(piece));
  }
  return out;
}

}  // namespace

capture::Frame frame_of(const Buffer& bytes, std::chrono::nanoseconds time, std::uint64_t number,
                        capture::LinkType link, std::optional<std::uint32_t> wire_len) {
  const auto captured_len = static_cast<std::uint32_t>(bytes.size());
  return {.time = capture::Timestamp{time},
          .data = bytes.data(),
          .number = number,
          .captured_len = captured_len,
          .wire_len = wire_len.value_or(captured_len),
          .link = link,
          .input = 0};
}

Buffer ip_bytes(std::string_view address) {
  const bool v6 = is_ipv6(address);
  Buffer out(v6 ? 16 : 4);
  const int ok = inet_pton(v6 ? AF_INET6 : AF_INET, std::string(address).c_str(), out.data());
  require(ok == 1, "not an IP address");
  return out;
}

Buffer mac_bytes(std::string_view mac) {
  Buffer out = hex(mac);
  require(out.size() == 6, "not a MAC address");
  return out;
}

Buffer hex(std::string_view digits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  Buffer out;
  bool half = false;
  for (char c : digits) {
    const auto value = kDigits.find(c);
    if (value == std::string_view::npos) continue;
    if (half) {
      out.back() = static_cast<std::uint8_t>(out.back() * std::size_t{16} + value);
    } else {
      put8(out, static_cast<std::uint32_t>(value));
    }
    half = !half;
  }
  return out;
}

Buffer concat(const Buffer& head, const Buffer& tail) {
  Buffer out = head;
  put(out, tail);
  return out;
}

Buffer tcp(const TcpSpec& spec) {
  return ethernet(tcp_packet(spec),
                  {.src_mac = spec.src_mac, .dst_mac = spec.dst_mac, .vlan = spec.vlan});
}

Buffer udp(const UdpSpec& spec) {
  return ethernet(udp_packet(spec),
                  {.src_mac = spec.src_mac, .dst_mac = spec.dst_mac, .vlan = spec.vlan});
}

Buffer icmp(const IcmpSpec& spec) {
  return ethernet(icmp_packet(spec),
                  {.src_mac = spec.src_mac, .dst_mac = spec.dst_mac, .vlan = spec.vlan});
}

Buffer arp(const ArpSpec& spec) {
  Buffer body = hex("0001 0800 06 04");
  put16(body, spec.operation);
  put(body, mac_bytes(spec.sender_mac));
  put(body, ip_bytes(spec.sender_ip));
  put(body, mac_bytes(spec.target_mac));
  put(body, ip_bytes(spec.target_ip));
  return ethernet(body, {.src_mac = spec.src_mac.empty() ? spec.sender_mac : spec.src_mac,
                         .dst_mac = spec.dst_mac,
                         .vlan = spec.vlan,
                         .ether_type = static_cast<std::uint16_t>(spec.reverse ? 0x8035 : 0x0806)});
}

Buffer ethernet(const Buffer& payload, const EthernetSpec& spec) {
  Buffer out = concat(mac_bytes(spec.dst_mac), mac_bytes(spec.src_mac));
  for (const std::uint16_t vid : spec.vlan) put16(out, 0x8100), put16(out, vid);
  const std::uint32_t by_version = version_of(payload) == 6 ? 0x86dd : 0x0800;
  put16(out, spec.ether_type != 0 ? spec.ether_type : by_version);
  put(out, payload);
  return out;
}

Buffer ieee8023_frame(const Buffer& llc_and_body, const EthernetSpec& spec) {
  EthernetSpec with_length = spec;
  with_length.ether_type = static_cast<std::uint16_t>(llc_and_body.size());
  return ethernet(llc_and_body, with_length);
}

Buffer bpdu_frame(const Buffer& bpdu, std::string_view src_mac) {
  return ieee8023_frame(concat(hex("42 42 03"), bpdu),
                        {.src_mac = src_mac, .dst_mac = "01:80:c2:00:00:00"});
}

Buffer pvst_frame(const Buffer& bpdu, std::uint16_t vlan, std::string_view src_mac) {
  EthernetSpec spec{.src_mac = src_mac, .dst_mac = "01:00:0c:cc:cc:cd"};
  if (vlan != 0) spec.vlan = {vlan};
  return ieee8023_frame(concat(hex("aa aa 03 00000c 010b"), bpdu), spec);
}

Buffer add_vlan(const Buffer& frame, std::uint16_t vid, std::uint16_t tpid) {
  Buffer out = slice(frame, 0, 12);
  put16(out, tpid);
  put16(out, vid);
  put(out, slice(frame, 12, frame.size() - 12));
  return out;
}

Buffer tcp_packet(const TcpSpec& spec) {
  return ip_packet(
      tcp_segment(spec), kTcp,
      {.src = spec.src, .dst = spec.dst, .ttl = spec.ttl, .tos = spec.tos, .id = spec.ip_id});
}

Buffer udp_packet(const UdpSpec& spec) {
  Buffer datagram;
  put16(datagram, spec.src_port);
  put16(datagram, spec.dst_port);
  put16(datagram, static_cast<std::uint32_t>(8 + spec.payload.size()));
  put16(datagram, 0);
  put(datagram, spec.payload);
  const std::uint16_t sum = transport_checksum(datagram, kUdp, spec.src, spec.dst);
  set16(datagram, 6, sum == 0 ? 0xffffu : sum);
  return ip_packet(datagram, kUdp,
                   {.src = spec.src, .dst = spec.dst, .ttl = spec.ttl, .id = spec.ip_id});
}

Buffer icmp_packet(const IcmpSpec& spec) {
  const bool v6 = is_ipv6(spec.src);
  Buffer message = {spec.type, spec.code, 0, 0};
  put32(message, spec.rest);
  put(message, spec.payload);
  set16(message, 2,
        v6 ? transport_checksum(message, kIcmpv6, spec.src, spec.dst) : internet_checksum(message));
  return ip_packet(message, v6 ? kIcmpv6 : kIcmp,
                   {.src = spec.src, .dst = spec.dst, .ttl = spec.ttl});
}

Buffer ip_packet(const Buffer& payload, std::uint8_t protocol, const IpSpec& spec) {
  require(is_ipv6(spec.src) == is_ipv6(spec.dst), "source and destination are of one IP version");
  return is_ipv6(spec.src) ? ipv6_packet(payload, protocol, spec)
                           : ipv4_packet(payload, protocol, spec);
}

Buffer add_ipv6_extension(const Buffer& packet, std::uint8_t kind, const Buffer& body) {
  Buffer extension = concat({packet[6], 0}, body);
  while (extension.size() % 8 != 0) extension.push_back(0);
  // AH counts in 4 bytes less 2 (RFC 4302 2.2), the others in 8 bytes less 1 (RFC 8200 4.2).
  extension[1] = static_cast<std::uint8_t>(kind == kAuthentication ? extension.size() / 4 - 2
                                                                   : extension.size() / 8 - 1);
  Buffer out = slice(packet, 0, 40);
  set16(out, 4, static_cast<std::uint32_t>(packet.size() - 40 + extension.size()));
  out[6] = kind;
  put(out, extension);
  put(out, slice(packet, 40, packet.size() - 40));
  return out;
}

std::vector<Buffer> fragments(const Buffer& packet, std::size_t size, std::uint32_t id) {
  require(size > 0 && size % 8 == 0, "fragments are a multiple of 8 bytes");
  return version_of(packet) == 6 ? ipv6_fragments(packet, size, id)
                                 : ipv4_fragments(packet, size, id);
}

Buffer ip_in_ip(const Buffer& inner, const IpSpec& outer) {
  return ip_packet(inner, version_of(inner) == 6 ? kIpv6 : kIpip, outer);
}

Buffer gre_protocol(const Buffer& inner, std::uint16_t protocol, const GreSpec& spec,
                    const IpSpec& outer) {
  Buffer out;
  put16(out, (spec.checksum ? 0x8000u : 0u) | (spec.key ? 0x2000u : 0u) |
                 (spec.sequence ? 0x1000u : 0u));
  put16(out, protocol);
  if (spec.checksum) put32(out, 0);
  if (spec.key) put32(out, *spec.key);
  if (spec.sequence) put32(out, *spec.sequence);
  put(out, inner);
  if (spec.checksum) set16(out, 4, internet_checksum(out));
  return ip_packet(out, kGre, outer);
}

Buffer gre(const Buffer& inner, const GreSpec& spec, const IpSpec& outer) {
  return gre_protocol(inner, version_of(inner) == 6 ? 0x86dd : 0x0800, spec, outer);
}

Buffer gre_frame(const Buffer& inner, const GreSpec& spec, const IpSpec& outer) {
  return gre_protocol(inner, 0x6558, spec, outer);
}

Buffer erspan(const Buffer& inner_frame, int type, std::uint16_t session, const IpSpec& outer) {
  if (type == 1) return gre_protocol(inner_frame, 0x88be, {}, outer);
  Buffer header;
  put16(header, type == 2 ? 0x1000u : 0x2000u);
  put16(header, session & 0x03ffu);
  header.resize(type == 2 ? 8 : 12);
  return gre_protocol(concat(header, inner_frame), type == 2 ? 0x88be : 0x22eb, {.sequence = 1},
                      outer);
}

Buffer in_udp(const Buffer& inner, std::uint16_t src_port, std::uint16_t dst_port,
              const IpSpec& outer) {
  return udp_packet({.src = outer.src,
                     .src_port = src_port,
                     .dst = outer.dst,
                     .dst_port = dst_port,
                     .payload = inner,
                     .ip_id = outer.id,
                     .ttl = outer.ttl});
}

Buffer vxlan(const Buffer& inner_frame, std::uint32_t vni, const IpSpec& outer) {
  Buffer header = hex("08000000");
  put32(header, vni << 8);
  return in_udp(concat(header, inner_frame), 50000, 4789, outer);
}

Buffer geneve(const Buffer& inner_frame, std::uint32_t vni, const IpSpec& outer,
              const Buffer& options) {
  Buffer header;
  put8(header, static_cast<std::uint32_t>(options.size() / 4));
  put8(header, 0);
  put16(header, 0x6558);
  put32(header, vni << 8);
  put(header, options);
  return in_udp(concat(header, inner_frame), 50000, 6081, outer);
}

Buffer gue(const Buffer& inner, int variant, const IpSpec& outer) {
  if (variant == 1) return in_udp(inner, 50000, 6080, outer);
  const std::uint8_t protocol = version_of(inner) == 6 ? kIpv6 : kIpip;
  return in_udp(concat({0, protocol, 0, 0}, inner), 50000, 6080, outer);
}

}  // namespace tapstat::test
