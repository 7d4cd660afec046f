// Hosts whose checksums are filled in behind the tap: it stands on the host itself, before the
// network card.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/findings/finding.h"
#include "analysis/flow_key.h"
#include "decode/packet.h"
#include "decode/transport_checksum.h"

namespace tapstat::analysis {

// What one host's first packets showed.
struct SentChecksums {
  IpAddress host;
  Timestamp first{}, last{};  // of those unfilled
  std::array<std::uint64_t, kMostFrames> frames{};
  std::uint8_t looked_at = 0;
  std::uint8_t unfilled = 0;
  std::uint8_t right = 0;
};

// Looks at so many packets of each host and no more: summing every byte of a capture would cost
// more than all the rest.
class OffloadWatcher {
 public:
  explicit OffloadWatcher(KeyedHash hash) : hash_(hash), hosts_(kHosts) {}

  void see(const decode::Segment& segment);
  void see(const decode::Packet& packet, const capture::Frame& frame);

  // Places without a host have looked at nothing.
  [[nodiscard]] const std::vector<SentChecksums>& hosts() const { return hosts_; }

 private:
  static constexpr std::size_t kHosts = 1024;  // of more than these the rest go unwatched
  static constexpr std::size_t kProbes = 8;
  static constexpr std::uint8_t kEnough = 64;

  [[nodiscard]] SentChecksums* place_of(const IpAddress& host);
  static void note(SentChecksums& host, decode::Checksum checksum, Timestamp time,
                   std::uint64_t frame);

  KeyedHash hash_;
  std::vector<SentChecksums> hosts_;
};

}  // namespace tapstat::analysis
