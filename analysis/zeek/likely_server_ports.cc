#include "analysis/zeek/likely_server_ports.h"

#include <algorithm>
#include <array>

namespace tapstat::analysis::zeek {
namespace {

// Sorted. Of each script in scripts/base/protocols/*/main.zeek and scripts/base/packet-protocols.
constexpr std::array<std::uint16_t, 47> kTcp = {
    21,   22,   25,   53,   79,   80,   81,   88,   135,  139,  143,  389,  443,  445,  502,   563,
    585,  587,  614,  631,  636,  989,  990,  992,  993,  995,  1080, 1434, 1883, 2811, 3128,  3268,
    3306, 3389, 5222, 5223, 5269, 5432, 6379, 6666, 6667, 6668, 6669, 8000, 8080, 8888, 20000,
};
constexpr std::array<std::uint16_t, 22> kUdp = {
    53,   67,   88,   123,  137,  161,  162,  389,  443,  514,  1812,
    2123, 2152, 3389, 3544, 4789, 5060, 5072, 5353, 5355, 6081, 20000,
};

}  // namespace

bool is_likely_tcp_server(std::uint16_t port) {
  return std::binary_search(kTcp.begin(), kTcp.end(), port);
}

bool is_likely_udp_server(std::uint16_t port) {
  return std::binary_search(kUdp.begin(), kUdp.end(), port);
}

}  // namespace tapstat::analysis::zeek
