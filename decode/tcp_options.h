// TCP options: an iterator over them, and the ones of a handshake picked out.
#pragma once

#include <optional>
#include <utility>

#include "decode/bytes.h"
#include "decode/segment.h"

namespace tapstat::decode {

// IANA "TCP Option Kind Numbers", and the kinds that load balancers use for the client's address
// (TOA).
namespace tcp_option {
inline constexpr std::uint8_t kEnd = 0;
inline constexpr std::uint8_t kNop = 1;
inline constexpr std::uint8_t kMss = 2;            // RFC 9293 3.7.1
inline constexpr std::uint8_t kWindowScale = 3;    // RFC 7323 2.2
inline constexpr std::uint8_t kSackPermitted = 4;  // RFC 2018 2
inline constexpr std::uint8_t kSack = 5;           // RFC 2018 3
inline constexpr std::uint8_t kTimestamps = 8;     // RFC 7323 3.2
inline constexpr std::uint8_t kMptcp = 30;         // RFC 8684 3
inline constexpr std::uint8_t kFastOpen = 34;      // RFC 7413 4.1.1
inline constexpr std::uint8_t kToa200 = 200;
inline constexpr std::uint8_t kToa252 = 252;
inline constexpr std::uint8_t kExperiment253 =
    253;  // RFC 4727; TOA, TFO and others, by a magic number
inline constexpr std::uint8_t kExperiment254 = 254;
inline constexpr std::uint16_t kFastOpenMagic = 0xf989;  // RFC 7413 4.1.1, inside kind 254
}  // namespace tcp_option

struct TcpOption {
  std::uint8_t kind = 0;
  Bytes data;  // after kind and length
};

// Hands out the options in order, NOP left out. Ends at End-of-List, at the end of the bytes, and
// before an option that is cut or says an impossible length: `damaged` then tells.
class TcpOptionReader {
 public:
  explicit constexpr TcpOptionReader(Bytes options) : rest_(options) {}

  [[nodiscard]] constexpr std::optional<TcpOption> next() {
    while (!rest_.empty() && rest_[0] == tcp_option::kNop) rest_ = rest_.subspan(1);
    if (rest_.empty() || rest_[0] == tcp_option::kEnd) return std::nullopt;
    if (rest_.size() < 2 || rest_[1] < 2 || rest_[1] > rest_.size()) {
      damaged_ = true;
      rest_ = {};
      return std::nullopt;
    }
    const TcpOption option{rest_[0], rest_.subspan(2, rest_[1] - 2u)};
    rest_ = rest_.subspan(rest_[1]);
    return option;
  }
  [[nodiscard]] constexpr bool damaged() const { return damaged_; }

 private:
  Bytes rest_;
  bool damaged_ = false;
};

// A SACK option's blocks, in the order sent: [left edge, right edge).
class SackBlocks {
 public:
  using Block = std::pair<std::uint32_t, std::uint32_t>;

  constexpr SackBlocks() = default;
  explicit constexpr SackBlocks(Bytes option_data) : bytes_(option_data) {}
  [[nodiscard]] constexpr std::size_t size() const { return bytes_.size() / 8; }
  [[nodiscard]] constexpr Block operator[](std::size_t i) const {
    return {be32(bytes_, 8 * i), be32(bytes_, 8 * i + 4)};
  }

 private:
  Bytes bytes_;
};

// An option whose length is not the one its RFC gives is left out, as Linux does; of two of a kind
// the last one counts.
struct TcpOptions {
  struct Timestamps {
    std::uint32_t tsval, tsecr;
    friend constexpr bool operator==(Timestamps, Timestamps) = default;
  };

  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> wscale;  // as sent; RFC 7323 2.3 limits what is used to 14
  std::optional<Timestamps> timestamps;
  SackBlocks sack;
  bool sack_permitted = false;
  bool fast_open = false;  // a cookie or the request for one
  bool mptcp = false;
  bool damaged = false;  // ended before the header did

  [[nodiscard]] static TcpOptions parse(Bytes options);
  [[nodiscard]] static TcpOptions of(const Segment& segment) {
    if (segment.options_len == 0) return {};
    const Bytes options{segment.options, segment.options_len};
    if (are_timestamps_alone(options)) return timestamps_alone(options);
    return are_of_usual_syn(options) ? of_usual_syn(options) : parse(options);
  }

 private:
  // As nearly all segments have them (RFC 7323 appendix A): NOP, NOP, timestamps.
  [[nodiscard]] static constexpr bool are_timestamps_alone(Bytes options) {
    return options.size() == 12 && be32(options, 0) == 0x0101080au;
  }
  [[nodiscard]] static TcpOptions timestamps_alone(Bytes options) {
    TcpOptions out;
    out.timestamps = Timestamps{be32(options, 4), be32(options, 8)};
    return out;
  }
  // As Linux has them in a SYN or a SYN-ACK (tcp_options_write()): MSS, SACK permitted, timestamps,
  // NOP, window scale.
  [[nodiscard]] static constexpr bool are_of_usual_syn(Bytes options) {
    return options.size() == 20 && be16(options, 0) == 0x0204 && be32(options, 4) == 0x0402080a &&
           be32(options, 16) >> 8 == 0x010303;
  }
  [[nodiscard]] static TcpOptions of_usual_syn(Bytes options) {
    TcpOptions out;
    out.mss = be16(options, 2);
    out.sack_permitted = true;
    out.timestamps = Timestamps{be32(options, 8), be32(options, 12)};
    out.wscale = options[19];
    return out;
  }
};

}  // namespace tapstat::decode
