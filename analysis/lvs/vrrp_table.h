// Who is master of each virtual router, as VRRP adverts tell: RFC 3768 (version 2), RFC 9568
// (version 3).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "analysis/flow_key.h"
#include "analysis/lvs/vrrp_router.h"
#include "analysis/neighbors/binding.h"
#include "capture/frame.h"
#include "decode/decoder.h"
#include "decode/packet.h"

namespace tapstat::analysis::lvs {

struct VrrpKey {
  neighbors::Network network;  // the VLANs, or the overlay
  std::uint8_t ip_version = 0;
  std::uint8_t vrid = 0;
  friend bool operator<(const VrrpKey& a, const VrrpKey& b);
};

// Memory is bounded. Adverts of known speakers allocate nothing.
class VrrpTable {
 public:
  static constexpr std::size_t kMostRouters = 4096;
  static constexpr std::uint32_t kMostEvents = 1u << 17;  // of all routers together

  // `secret` keys the hashes, as the tracker's.
  explicit VrrpTable(std::uint64_t secret) : hash_(secret) {}

  // In the order they were captured; `decoder` has read the packet. An advert that several capture
  // points show counts once.
  void see(const capture::Frame& frame, const decode::Packet& packet,
           const decode::Decoder& decoder);

  [[nodiscard]] const std::map<VrrpKey, VrrpRouter>& routers() const { return routers_; }
  // Whether that address goes between those two by VRRP: both speak for a virtual router with it.
  [[nodiscard]] bool is_shared(const neighbors::Network& network, const IpAddress& address,
                               const decode::MacAddress& one,
                               const decode::MacAddress& other) const;
  // Adverts of routers and speakers that there was no room for.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  // An advert, as it came by a capture point.
  struct Shown {
    std::uint64_t content = 0;
    Timestamp time = Timestamp::min();
    neighbors::Point point = 0;
  };

  [[nodiscard]] bool is_repeat(const capture::Frame& frame, const decode::Packet& packet,
                               const neighbors::Network& network,
                               std::chrono::nanoseconds interval);

  KeyedHash hash_;
  std::map<VrrpKey, VrrpRouter> routers_;
  std::array<std::array<Shown, 8>, 256> shown_{};  // by content
  std::uint32_t room_ = kMostEvents;
  std::uint64_t left_out_ = 0;
};

}  // namespace tapstat::analysis::lvs
