// BPDUs made by hand, as digits for test::hex, and the frames that carry them.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/packet_builder.h"

namespace tapstat::test {

// Octets 5 to 34: root 24576/10, cost 4, bridge 32768/10, port 0x8002, message age 1.5 s, the
// default times.
inline const std::string kBpduVector =
    "600a 020a01000200 00000004 800a 020a01000100 8002 0180 1400 0200 0f00";
inline const std::string kConfigBpdu = "0000 00 00 81" + kBpduVector;
inline const std::string kRstBpdu = "0000 02 02 3c" + kBpduVector + "00";
inline const std::string kTcnBpdu = "0000 00 80";
// What says that a PVST+ BPDU is about VLAN 10; a config BPDU has an octet of padding before it.
inline const std::string kPvstVlan10 = "0000 0002 000a";

// From the format selector to the digest: region "floor-1", revision 7.
inline const std::string kMstConfiguration =
    "00 666c6f6f722d31 " + std::string(50, '0') + " 0007 ac36177f50283cd4b83821d8ab26de62";
// Internal cost 200, bridge 4096/0, 19 hops.
inline const std::string kCistPart = "000000c8 1000 020a01000300 13";
// Instance 5, topology change, designated: root 8192/5, cost 100, priorities 0x9000 and 0x40, 18
// hops.
inline const std::string kMstiMessage = "3d 2005 020a01000400 00000064 90 40 12";

[[nodiscard]] inline std::string mst_bpdu(std::string_view version_3_length,
                                          std::string_view instances = "",
                                          std::string_view version = "03") {
  return "0000 " + std::string{version} + " 02 7c" + kBpduVector + "00" +
         std::string{version_3_length} + kMstConfiguration + kCistPart + std::string{instances};
}

// 802.3 frames: to all bridges, and to all of Cisco's with the tags before the length.
[[nodiscard]] inline Buffer ieee_bpdu_frame(std::string_view octets) {
  const Buffer llc = concat(hex("424203"), hex(octets));
  const auto len = static_cast<std::uint8_t>(llc.size());
  return concat(concat(hex("0180c2000000 020a01000101"), Buffer{0, len}), llc);
}
[[nodiscard]] inline Buffer pvst_bpdu_frame(std::string_view octets, std::string_view tags = "") {
  const Buffer snap = concat(hex("aaaa03 00000c 010b"), hex(octets));
  const auto len = static_cast<std::uint8_t>(snap.size());
  const Buffer macs = hex("01000ccccccd 020a01000101" + std::string{tags});
  return concat(concat(macs, Buffer{0, len}), snap);
}

}  // namespace tapstat::test
