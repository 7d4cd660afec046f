#include "tests/hostile/attacks.h"

#include <utility>

#include "tests/support/bpdu_bytes.h"
#include "tests/support/dns_message.h"
#include "tests/support/sync_message.h"
#include "tests/support/vrrp_message.h"

namespace tapstat::test {
namespace {

// Of an Ethernet frame with IPv4.
constexpr std::size_t kSourceMac = 6, kIp = 14, kIpId = kIp + 4, kIpSource = kIp + 12,
                      kIpTarget = kIp + 16, kTransport = kIp + 20;

void put(Buffer& frame, std::size_t at, std::uint64_t value, int octets) {
  for (int i = 0; i < octets; ++i) {
    frame[at + static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(value >> 8 * (octets - 1 - i));
  }
}

// Spreads `i` over all 32 bits, each number once.
[[nodiscard]] std::uint32_t any(std::uint32_t i) { return i * 0x9e37'79b1u; }

[[nodiscard]] Attack of(std::string name, Buffer first,
                        std::function<void(Buffer&, std::uint32_t)> change) {
  return {.name = std::move(name), .first = std::move(first), .change = std::move(change)};
}

// Someone's question for each address of 10.0.0.0/8, and someone's claims to them.
void add_arp(std::vector<Attack>& all) {
  constexpr std::size_t kSenderMac = 14 + 8, kSenderIp = 14 + 14, kTargetIp = 14 + 24;
  all.push_back(of("arp scan", arp({}), [](Buffer& f, std::uint32_t i) {
    put(f, kTargetIp, 0x0a00'0000u | (any(i) >> 8), 4);
  }));
  all.push_back(of("arp claims", arp({.operation = 2}), [](Buffer& f, std::uint32_t i) {
    put(f, kSenderIp, 0x0a00'0000u | (any(i) >> 8), 4);
    put(f, kSenderMac + 2, any(i), 4);
  }));
  all.push_back(of("arp flip-flop", arp({.operation = 2}), [](Buffer& f, std::uint32_t i) {
    put(f, kSenderMac + 2, any(i), 4);
    put(f, kSourceMac + 2, any(i), 4);
  }));
}

void add_trees(std::vector<Attack>& all) {
  // 802.3 and LLC are 17 octets; the root's id begins with octet 5 of the BPDU, the bridge's 17.
  constexpr std::size_t kRoot = 17 + 5, kBridge = 17 + 17, kPort = 17 + 25;
  all.push_back(of("bridges", ieee_bpdu_frame(kRstBpdu), [](Buffer& f, std::uint32_t i) {
    put(f, kBridge + 4, any(i), 4);
    put(f, kSourceMac + 2, any(i), 4);
  }));
  all.push_back(of("roots", ieee_bpdu_frame(kConfigBpdu), [](Buffer& f, std::uint32_t i) {
    put(f, kRoot + 4, any(i), 4);
    put(f, kBridge + 4, any(i), 4);
  }));
  all.push_back(
      of("roots at many points", ieee_bpdu_frame(kConfigBpdu), [](Buffer& f, std::uint32_t i) {
        put(f, kBridge + 4, any(i), 4);
        put(f, kPort, any(i) >> 16, 2);
      }));
  all.back().points = 1024;
  all.push_back(of("ports of bridges", ieee_bpdu_frame(kRstBpdu), [](Buffer& f, std::uint32_t i) {
    put(f, kBridge + 6, any(i), 2);
    put(f, kPort, any(i) >> 16, 2);
  }));
  all.push_back(of("trees of VLANs", pvst_bpdu_frame(kRstBpdu + kPvstVlan10, "8100 0001"),
                   [](Buffer& f, std::uint32_t i) {
                     put(f, 14, i & 0xfffu, 2);
                     put(f, f.size() - 2, i & 0xfffu, 2);
                     put(f, 18 + 8 + 17 + 4, any(i), 4);
                   }));
}

void add_links(std::vector<Attack>& all) {
  all.push_back(of("source MACs", udp({}),
                   [](Buffer& f, std::uint32_t i) { put(f, kSourceMac + 2, any(i), 4); }));
  all.push_back(of("VLANs in VLANs", udp({.vlan = {1, 1}}), [](Buffer& f, std::uint32_t i) {
    put(f, 14, any(i) >> 20, 2);
    put(f, 18, (any(i) >> 8) & 0xfffu, 2);
  }));
  const Buffer inner = udp({});
  // Outer Ethernet, IP, UDP, VXLAN's flags: then the VNI.
  all.push_back(of("VXLAN networks", ethernet(vxlan(inner, 1)),
                   [](Buffer& f, std::uint32_t i) { put(f, kTransport + 8 + 4, any(i) >> 8, 3); }));
  all.push_back(of("GRE keys", ethernet(gre_frame(inner, {.key = 1})),
                   [](Buffer& f, std::uint32_t i) { put(f, kTransport + 4, any(i), 4); }));
}

void add_tcp(std::vector<Attack>& all) {
  all.push_back(of("SYN flood", tcp({.flags = "S"}), [](Buffer& f, std::uint32_t i) {
    put(f, kIpSource, any(i), 4);
    put(f, kTransport + 4, any(i), 4);
  }));
  all.push_back(of("port scan", tcp({.flags = "S"}), [](Buffer& f, std::uint32_t i) {
    put(f, kIpTarget, any(i), 4);
    put(f, kTransport + 2, any(i) & 0xffffu, 2);
  }));
  all.push_back(of("data of strangers", tcp({.flags = "PA", .seq = 1, .ack = 1, .payload_len = 9}),
                   [](Buffer& f, std::uint32_t i) {
                     put(f, kIpSource, any(i), 4);
                     put(f, kTransport + 4, any(i), 4);
                   }));
  all.push_back(of("virtual servers", tcp({.src_port = 80, .flags = "SA", .seq = 7, .ack = 1}),
                   [](Buffer& f, std::uint32_t i) {
                     put(f, kIpSource, any(i / 2), 4);
                     put(f, kTransport + 4, any(i / 2), 4);
                     f[kIp + 8] = static_cast<std::uint8_t>(64 - i % 2);
                     put(f, kSourceMac + 2, i % 2, 4);
                   }));
  // Every other octet of what is sent.
  all.push_back(of("holes", tcp({.flags = "PA", .seq = 1, .ack = 1, .payload_len = 1}),
                   [](Buffer& f, std::uint32_t i) { put(f, kTransport + 4, 3 + 2 * i, 4); }));
  all.push_back(of("holes anywhere", tcp({.flags = "PA", .seq = 1, .ack = 1, .payload_len = 5}),
                   [](Buffer& f, std::uint32_t i) { put(f, kTransport + 4, any(i), 4); }));
  all.push_back(of("incarnations", tcp({.flags = "S"}),
                   [](Buffer& f, std::uint32_t i) { put(f, kTransport + 4, any(i), 4); }));
  const Buffer quoted = tcp_packet({.flags = "S"});
  all.push_back(of("ICMP errors", icmp({.type = 3, .code = 1, .payload = quoted}),
                   [](Buffer& f, std::uint32_t i) {
                     put(f, kIpSource, any(i), 4);
                     put(f, kTransport + 8 + 12, any(i), 4);
                   }));
}

void add_datagrams(std::vector<Attack>& all) {
  all.push_back(
      of("UDP flows", udp({}), [](Buffer& f, std::uint32_t i) { put(f, kIpSource, any(i), 4); }));
  all.push_back(of("pings", icmp({}), [](Buffer& f, std::uint32_t i) {
    put(f, kIpSource, any(i), 4);
    put(f, kTransport + 4, any(i), 4);
  }));
  all.push_back(of("fragments", ethernet(fragments(udp_packet({.payload = Buffer(64)}), 32)[0]),
                   [](Buffer& f, std::uint32_t i) {
                     put(f, kIpSource, any(i), 4);
                     put(f, kIpId, any(i) & 0xffffu, 2);
                   }));
  const DnsMessage answer =
      DnsMessage().question("aaaaaaaa.example").a("aaaaaaaa.example", {1, 2, 3, 4});
  const auto bytes = answer.bytes();
  all.push_back(
      of("DNS names",
         udp({.src_port = 53, .dst_port = 40000, .payload = {bytes.begin(), bytes.end()}}),
         [](Buffer& f, std::uint32_t i) {
           put(f, f.size() - 4, any(i), 4);
           for (std::size_t at = 0; at < 8; ++at) {
             f[kTransport + 8 + 13 + at] = static_cast<std::uint8_t>('a' + (i >> 4 * at & 15u));
           }
         }));
}

void add_directors(std::vector<Attack>& all) {
  // The VRID stands in the second octet of an advert, whose checksum covers it: of VLANs, then.
  all.push_back(of("VRRP routers", vrrp({.vlan = {1, 1}}), [](Buffer& f, std::uint32_t i) {
    put(f, 14, any(i) >> 20, 2);
    put(f, 18, (any(i) >> 8) & 0xfffu, 2);
  }));
  all.push_back(of("IPVS connections", sync_frame(sync_v1({sync_v1_entry({})})),
                   [](Buffer& f, std::uint32_t i) {
                     put(f, f.size() - 12, any(i), 4);
                     put(f, kIpId, i & 0xffffu, 2);
                   }));
}

}  // namespace

std::vector<Attack> attacks() {
  std::vector<Attack> all;
  add_arp(all);
  add_trees(all);
  add_links(all);
  add_tcp(all);
  add_datagrams(all);
  add_directors(all);
  return all;
}

Attack ordinary_traffic() {
  return of("ordinary", tcp({.flags = "PA", .seq = 1, .ack = 1, .payload_len = 10}),
            [](Buffer& f, std::uint32_t i) { put(f, kTransport + 4, 1 + 10 * i, 4); });
}

}  // namespace tapstat::test
