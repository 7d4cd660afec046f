// Real packet bytes from designated initialisers, with right lengths and checksums, for tests.
//
// Functions compose from the inside out: tcp_packet(...) is an IP packet, ethernet(tcp_packet(...))
// a frame, ethernet(vxlan(tcp(...))) the same frame in a tunnel. tcp(), udp() and icmp() are the
// short forms that make a whole Ethernet frame. IPv4 or IPv6 follows from how the addresses are
// written.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "capture/frame.h"

namespace tapstat::test {

using Buffer = std::vector<std::uint8_t>;

// A frame over `bytes`, which must outlive it. `time` is since the epoch. wire_len is the size of
// `bytes` unless given (a longer one makes a frame cut by the snap length).
[[nodiscard]] capture::Frame frame_of(const Buffer& bytes, std::chrono::nanoseconds time = {},
                                      std::uint64_t number = 1,
                                      capture::LinkType link = capture::LinkType::ethernet,
                                      std::optional<std::uint32_t> wire_len = {});

// Bytes of "10.0.0.1", "fe80::1", "02:00:00:00:00:01" or "de ad beef".
[[nodiscard]] Buffer ip_bytes(std::string_view address);
[[nodiscard]] Buffer mac_bytes(std::string_view mac);
[[nodiscard]] Buffer hex(std::string_view digits);
[[nodiscard]] Buffer concat(const Buffer& head, const Buffer& tail);

struct SackBlock {
  std::uint32_t left = 0, right = 0;
};

struct TcpTimestamps {
  std::uint32_t tsval = 0, tsecr = 0;
};

// Everything of a TCP packet, in the order of a trace line. Flags: F S R P A U E C, or "" for none.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the order is for the reader
struct TcpSpec {
  std::string_view src = "10.0.0.1";
  std::uint16_t src_port = 40000;
  std::string_view dst = "10.0.0.2";
  std::uint16_t dst_port = 80;
  std::string_view flags = "A";
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint16_t window = 64240;
  std::size_t payload_len = 0;  // bytes 'x'; not used where `payload` is given
  Buffer payload{};
  std::optional<std::uint16_t> mss{};
  std::optional<std::uint8_t> wscale{};
  bool sack_permitted = false;
  std::optional<TcpTimestamps> timestamps{};
  std::vector<SackBlock> sack{};
  Buffer options{};  // raw, after the ones above; the whole is padded with NOP to a multiple of 4
  std::uint16_t urgent = 0;
  std::uint16_t ip_id = 0;
  std::uint8_t ttl = 64;
  std::uint8_t tos = 0;
  std::vector<std::uint16_t> vlan{};  // outermost first, all with TPID 0x8100
  std::string_view src_mac = "02:00:00:00:00:01";
  std::string_view dst_mac = "02:00:00:00:00:02";
  bool bad_checksum = false;
};

struct UdpSpec {
  std::string_view src = "10.0.0.1";
  std::uint16_t src_port = 40000;
  std::string_view dst = "10.0.0.2";
  std::uint16_t dst_port = 53;
  Buffer payload{};
  std::uint16_t ip_id = 0;
  std::uint8_t ttl = 64;
  std::vector<std::uint16_t> vlan{};
  std::string_view src_mac = "02:00:00:00:00:01";
  std::string_view dst_mac = "02:00:00:00:00:02";
};

// ICMP or ICMPv6, by the addresses. `rest` is bytes 4 to 8 of the header, `payload` what follows.
struct IcmpSpec {
  std::string_view src = "10.0.0.1";
  std::string_view dst = "10.0.0.2";
  std::uint8_t type = 8;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;
  Buffer payload{};
  std::uint8_t ttl = 64;
  std::vector<std::uint16_t> vlan{};
  std::string_view src_mac = "02:00:00:00:00:01";
  std::string_view dst_mac = "02:00:00:00:00:02";
};

// `reverse` makes it RARP (operations 3 and 4).
struct ArpSpec {
  std::uint16_t operation = 1;
  std::string_view sender_mac = "02:00:00:00:00:01";
  std::string_view sender_ip = "10.0.0.1";
  std::string_view target_mac = "00:00:00:00:00:00";
  std::string_view target_ip = "10.0.0.2";
  std::string_view dst_mac = "ff:ff:ff:ff:ff:ff";
  std::string_view src_mac = "";  // sender_mac where empty
  std::vector<std::uint16_t> vlan{};
  bool reverse = false;
};

struct IpSpec {
  std::string_view src = "192.0.2.1";
  std::string_view dst = "192.0.2.2";
  std::uint8_t ttl = 64;
  std::uint8_t tos = 0;
  std::uint16_t id = 0;
  bool dont_fragment = false;
  Buffer options{};  // IPv4 only, a multiple of 4
};

struct EthernetSpec {
  std::string_view src_mac = "02:00:00:00:00:01";
  std::string_view dst_mac = "02:00:00:00:00:02";
  std::vector<std::uint16_t> vlan{};
  std::uint16_t ether_type = 0;  // 0 takes it from the payload's IP version
};

// Whole Ethernet frames.
[[nodiscard]] Buffer tcp(const TcpSpec& spec);
[[nodiscard]] Buffer udp(const UdpSpec& spec);
[[nodiscard]] Buffer icmp(const IcmpSpec& spec);
[[nodiscard]] Buffer arp(const ArpSpec& spec);
[[nodiscard]] Buffer ethernet(const Buffer& payload, const EthernetSpec& spec = {});
// 802.3 with a length field and LLC: 42 42 03 before `bpdu`, to the bridge group address.
[[nodiscard]] Buffer bpdu_frame(const Buffer& bpdu, std::string_view src_mac = "02:00:00:00:00:01");
// PVST+: SNAP 00000c 010b before `bpdu`, to 01:00:0c:cc:cc:cd, in the given VLAN (0 for untagged).
[[nodiscard]] Buffer pvst_frame(const Buffer& bpdu, std::uint16_t vlan = 0,
                                std::string_view src_mac = "02:00:00:00:00:01");
// Any 802.3 frame: `llc_and_body` begins with the LLC header.
[[nodiscard]] Buffer ieee8023_frame(const Buffer& llc_and_body, const EthernetSpec& spec = {});
// One more tag in front of those a frame has.
[[nodiscard]] Buffer add_vlan(const Buffer& frame, std::uint16_t vid, std::uint16_t tpid = 0x8100);

// IP packets.
[[nodiscard]] Buffer tcp_packet(const TcpSpec& spec);
[[nodiscard]] Buffer udp_packet(const UdpSpec& spec);
[[nodiscard]] Buffer icmp_packet(const IcmpSpec& spec);
[[nodiscard]] Buffer ip_packet(const Buffer& payload, std::uint8_t protocol,
                               const IpSpec& spec = {});
// An extension header (hop-by-hop 0, routing 43, destination 60, AH 51, ...) put first into an IPv6
// packet. `body` is what follows its two first bytes; it is padded to the unit the header counts
// in.
[[nodiscard]] Buffer add_ipv6_extension(const Buffer& packet, std::uint8_t kind,
                                        const Buffer& body);
// The fragments of an IPv4 or IPv6 packet, in order; `size` payload bytes each, a multiple of 8.
[[nodiscard]] std::vector<Buffer> fragments(const Buffer& packet, std::size_t size,
                                            std::uint32_t id = 0x1234);

// Tunnels: IP packets around `inner`, an IP packet or (where the name says frame) an Ethernet
// frame.
[[nodiscard]] Buffer ip_in_ip(const Buffer& inner, const IpSpec& outer = {});
struct GreSpec {
  bool checksum = false;
  std::optional<std::uint32_t> key{};
  std::optional<std::uint32_t> sequence{};
};
[[nodiscard]] Buffer gre(const Buffer& inner, const GreSpec& spec = {}, const IpSpec& outer = {});
[[nodiscard]] Buffer gre_frame(const Buffer& inner, const GreSpec& spec = {},
                               const IpSpec& outer = {});
[[nodiscard]] Buffer gre_protocol(const Buffer& inner, std::uint16_t protocol, const GreSpec& spec,
                                  const IpSpec& outer = {});
// type 1, 2 or 3; the session id is in types 2 and 3 only.
[[nodiscard]] Buffer erspan(const Buffer& inner_frame, int type, std::uint16_t session,
                            const IpSpec& outer = {});
[[nodiscard]] Buffer vxlan(const Buffer& inner_frame, std::uint32_t vni, const IpSpec& outer = {});
[[nodiscard]] Buffer geneve(const Buffer& inner_frame, std::uint32_t vni, const IpSpec& outer = {},
                            const Buffer& options = {});
// GUE variant 0 has a header, variant 1 is the IP packet itself (draft-ietf-intarea-gue-09).
[[nodiscard]] Buffer gue(const Buffer& inner, int variant, const IpSpec& outer = {});
// `inner` as the payload of UDP between two ports, for the tunnels not named above.
[[nodiscard]] Buffer in_udp(const Buffer& inner, std::uint16_t src_port, std::uint16_t dst_port,
                            const IpSpec& outer = {});

}  // namespace tapstat::test
