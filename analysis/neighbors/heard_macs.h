// Which MAC addresses of a LAN have been heard, as good as certain, in a fixed space.
#pragma once

#include <bitset>
#include <cstdint>

#include "analysis/flow_key.h"
#include "analysis/neighbors/binding.h"

namespace tapstat::analysis::neighbors {

// A Bloom filter with one hash: a collision makes one that was not heard look so, and with more
// addresses than a LAN has everything does.
class HeardMacs {
 public:
  explicit HeardMacs(KeyedHash hash) : hash_(hash) {}

  void note(const Network& network, const MacAddress& mac) { bits_.set(bit_of(network, mac)); }
  [[nodiscard]] bool has(const Network& network, const MacAddress& mac) const {
    return bits_.test(bit_of(network, mac));
  }

 private:
  static constexpr std::size_t kBits = 1u << 16;
  [[nodiscard]] std::size_t bit_of(const Network& network, const MacAddress& mac) const {
    const std::uint64_t lan = hash_.add(network.overlay_id, network.vlans.packed());
    return static_cast<std::size_t>(hash_.add(lan, decode::number_of(mac)) % kBits);
  }

  KeyedHash hash_;
  std::bitset<kBits> bits_;
};

}  // namespace tapstat::analysis::neighbors
