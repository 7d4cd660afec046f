// The options at the end of a pcapng block (draft-ietf-opsawg-pcapng section 3.5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "capture/byte_order.h"
#include "capture/frame.h"

namespace tapstat::capture {

struct PcapngOption {
  std::uint16_t code;
  Bytes value;
};

// Walks the options one by one and never past their end: an option that says it is longer than what
// is left ends the walk, as opt_endofopt does.
class PcapngOptions {
 public:
  PcapngOptions(Bytes options, ByteOrder order) : rest_(options), order_(order) {}

  [[nodiscard]] std::optional<PcapngOption> next() {
    constexpr std::size_t kHeaderLen = 4;
    constexpr std::uint16_t kEndOfOptions = 0;
    if (rest_.size() < kHeaderLen) return std::nullopt;
    const std::uint16_t code = order_.u16(rest_.data());
    const std::size_t len = order_.u16(rest_.data() + 2);
    rest_ = rest_.subspan(kHeaderLen);
    if (code == kEndOfOptions || len > rest_.size()) {
      rest_ = {};
      return std::nullopt;
    }
    const Bytes value = rest_.first(len);
    const std::size_t padded = (len + 3) / 4 * 4;
    rest_ = rest_.subspan(padded < rest_.size() ? padded : rest_.size());
    return PcapngOption{code, value};
  }

 private:
  Bytes rest_;
  ByteOrder order_;
};

}  // namespace tapstat::capture
