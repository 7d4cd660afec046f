// The bytes of a BPDU while it is read: what there is, and whether the snap length took some.
#pragma once

#include "decode/bpdu.h"

namespace tapstat::decode {

using BpduResult = tl::expected<Bpdu, BpduError>;

class BpduBody {
 public:
  // Octet 0 is the protocol identifier's first; there were `wire_len` of them, at least those
  // captured.
  BpduBody(Bytes captured, std::size_t wire_len) : bytes_(captured), wire_len_(wire_len) {}

  [[nodiscard]] std::size_t wire_len() const { return wire_len_; }
  // Whether the first `count` octets were captured: then they may be read.
  [[nodiscard]] bool has(std::size_t count) const { return count <= bytes_.size(); }
  // Why it has not `count` octets; `too_short` says so of one that was captured whole.
  [[nodiscard]] tl::unexpected<BpduError> lacks(std::size_t count,
                                                std::string_view too_short) const {
    if (count > wire_len_) return tl::unexpected(BpduError{.reason = too_short});
    return tl::unexpected(BpduError{.reason = "cut off by the snap length", .is_cut_off = true});
  }

  [[nodiscard]] std::uint8_t octet(std::size_t at) const { return bytes_[at]; }
  [[nodiscard]] std::uint16_t u16(std::size_t at) const { return be16(bytes_, at); }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const { return be32(bytes_, at); }
  [[nodiscard]] BridgeId bridge(std::size_t at) const {
    return BridgeId{(std::uint64_t{u32(at)} << 32) | u32(at + 4)};
  }
  [[nodiscard]] Bytes octets(std::size_t at, std::size_t count) const {
    return bytes_.subspan(at, count);
  }
  [[nodiscard]] Bytes captured_from(std::size_t at) const { return bytes_.subspan(at); }

 private:
  Bytes bytes_;
  std::size_t wire_len_;
};

}  // namespace tapstat::decode
