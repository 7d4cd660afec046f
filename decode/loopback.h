// BSD loopback header: an address family before the packet, LINKTYPE_NULL (0) and LINKTYPE_LOOP
// (108).
#pragma once

#include "decode/bytes.h"

namespace tapstat::decode {

// The family is in the capturing host's byte order (NULL) or the network's (LOOP); all families fit
// in a byte, so the order tells itself. https://www.tcpdump.org/linktypes.html
class LoopbackView {
 public:
  static constexpr std::size_t kLen = 4;

  [[nodiscard]] static constexpr Result<LoopbackView> parse(Bytes b) {
    if (b.size() < kLen) return DecodeError::too_short(kLen);
    return LoopbackView(b);
  }
  [[nodiscard]] constexpr std::uint32_t family() const {
    const std::uint32_t big = be32(bytes_, 0);
    return big > 0xffff ? le32(bytes_, 0) : big;
  }
  [[nodiscard]] constexpr bool is_ipv4() const { return family() == 2; }
  // AF_INET6 on NetBSD and OpenBSD, FreeBSD, macOS, Linux.
  [[nodiscard]] constexpr bool is_ipv6() const {
    const std::uint32_t f = family();
    return f == 24 || f == 28 || f == 30 || f == 10;
  }

 private:
  explicit constexpr LoopbackView(Bytes b) : bytes_(b) {}
  Bytes bytes_;
};

}  // namespace tapstat::decode
