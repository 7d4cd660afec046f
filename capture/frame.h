// One captured frame as a source hands it out: borrowed bytes and what the capture says of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace tapstat::capture {

using Bytes = std::span<const std::uint8_t>;

// Nanoseconds since the Unix epoch, by the capture's clock. It is the only clock below app/.
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

// Sources hand out no time outside these (1896 and 2116); what a capture dates beyond becomes the
// nearer one. Between any two of them, and some decades past either, time arithmetic does not
// overflow.
inline constexpr Timestamp kEarliest{std::chrono::nanoseconds{-(std::int64_t{1} << 61)}};
inline constexpr Timestamp kLatest{std::chrono::nanoseconds{std::int64_t{1} << 62}};

// LINKTYPE_ values (https://www.tcpdump.org/linktypes.html) as they stand in capture files. Only
// the ones that decode/ understands have a name; any other value is legal and counts as undecoded.
enum class LinkType : std::uint16_t {
  null = 0,
  ethernet = 1,
  arcnet = 7,
  ppp = 9,
  fddi = 10,
  ppp_hdlc = 50,
  pppoe = 51,
  raw_bsd_12 = 12,
  raw_bsd_14 = 14,
  raw = 101,
  c_hdlc = 104,
  ieee802_11 = 105,
  loop = 108,
  linux_sll = 113,
  ieee802_11_radiotap = 127,
  arcnet_linux = 129,
  ppi = 192,
  ipv4 = 228,
  ipv6 = 229,
  nflog = 239,
  linux_sll2 = 276,
};

// Plain data, 40 bytes. `data` is valid until the source is asked for its next batch.
struct Frame {
  Timestamp time{};
  const std::uint8_t* data = nullptr;
  std::uint64_t number = 0;  // from 1 in the order read, before any filter, as Wireshark counts
  std::uint32_t captured_len = 0;  // bytes at `data`
  std::uint32_t wire_len = 0;      // bytes the frame had on the wire, at least captured_len
  LinkType link{};
  std::uint16_t input = 0;      // index of the capture point: the input it came from
  std::uint16_t interface = 0;  // of that input, index of InputInfo::interfaces; 0 where it has one

  [[nodiscard]] Bytes bytes() const { return {data, captured_len}; }
};

}  // namespace tapstat::capture
