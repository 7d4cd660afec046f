// The packets seen last, by their content: whether the one in hand was seen before, elsewhere.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/forwarding/leg.h"
#include "analysis/forwarding/sighting.h"

namespace tapstat::analysis::forwarding {

struct Recent {
  std::uint64_t content = 0;  // 0: free
  Timestamp time{};
  std::uint64_t frame = 0;
  std::uint32_t leg = kNoLeg;
  LinkId link = 0;
  std::uint16_t ip_id = 0;
  std::uint16_t input = 0;
  std::uint8_t ttl = 0;
  std::uint8_t sender = 0;
};

// Fixed memory; of a set the oldest gives way.
class RecentPackets {
 public:
  RecentPackets() : slots_(kSets * kWays) {}

  // Calls `f(recent)` for each that has that content, until it returns true.
  template <typename F>
  void for_each(std::uint64_t content, F&& f) const {
    const Recent* set = &slots_[set_of(content)];
    for (std::size_t i = 0; i < kWays; ++i) {
      if (set[i].content == content && f(set[i])) return;
    }
  }

  void add(const Recent& recent) {
    Recent* set = &slots_[set_of(recent.content)];
    Recent* oldest = set;
    for (std::size_t i = 0; i < kWays; ++i) {
      const bool is_same = set[i].content == recent.content && set[i].leg == recent.leg &&
                           set[i].link == recent.link && set[i].sender == recent.sender;
      if (is_same || set[i].content == 0) {
        set[i] = recent;
        return;
      }
      if (set[i].time < oldest->time) oldest = &set[i];
    }
    *oldest = recent;
  }

 private:
  static constexpr std::size_t kSets = 1u << 13, kWays = 8;

  // The top bits: what mixes last is best there.
  [[nodiscard]] static std::size_t set_of(std::uint64_t content) {
    return (content * 0x9e3779b97f4a7c15u >> 51) * kWays;
  }

  std::vector<Recent> slots_;
};

}  // namespace tapstat::analysis::forwarding
