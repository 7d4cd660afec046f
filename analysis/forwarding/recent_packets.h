// The packets seen last, by their content: whether the one in hand was seen before, elsewhere.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/forwarding/leg.h"
#include "analysis/forwarding/sighting.h"
#include "analysis/huge_pages.h"
#include "analysis/prefetch.h"

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

// Fixed memory; of a set the one that came first gives way.
class RecentPackets {
 public:
  RecentPackets() : sets_(kSets), slots_(kSets * kWays) {}

  void prefetch(std::uint64_t content) const { fetch_line(&sets_[set_of(content)]); }

  // Calls `f(recent)` for each that has that content, until it returns true.
  template <typename F>
  void for_each(std::uint64_t content, F&& f) const {
    const std::size_t set = set_of(content);
    const std::uint32_t tag = tag_of(content);
    for (std::size_t i = 0; i < kWays; ++i) {
      if (sets_[set].tags[i] != tag) continue;
      const Recent& recent = slots_[set * kWays + i];
      if (recent.content == content && f(recent)) return;
    }
  }

  void add(const Recent& recent) {
    const std::size_t at = set_of(recent.content);
    const std::uint32_t tag = tag_of(recent.content);
    Set& set = sets_[at];
    Recent* const slots = &slots_[at * kWays];
    for (std::size_t i = 0; i < kWays; ++i) {
      if (set.tags[i] != tag) continue;
      const bool is_same = slots[i].content == recent.content && slots[i].leg == recent.leg &&
                           slots[i].link == recent.link && slots[i].sender == recent.sender;
      if (!is_same) continue;
      slots[i] = recent;
      return;
    }
    set.tags[set.first] = tag;
    slots[set.first] = recent;
    set.first = (set.first + 1) % kWays;
  }

 private:
  static constexpr std::size_t kSets = 1u << 13, kWays = 8;

  // A cache line tells what a set may hold.
  struct alignas(kCacheLine) Set {
    std::array<std::uint32_t, kWays> tags{};  // of the contents; 0 of none
    std::uint32_t first = 0;                  // that came
  };

  // The top bits: what mixes last is best there.
  [[nodiscard]] static std::size_t set_of(std::uint64_t content) {
    return content * 0x9e3779b97f4a7c15u >> 51;
  }
  [[nodiscard]] static std::uint32_t tag_of(std::uint64_t content) {
    return static_cast<std::uint32_t>(content * 0x9e3779b97f4a7c15u >> 16) | 1;
  }

  std::vector<Set, PageAllocator<Set>> sets_;
  std::vector<Recent> slots_;
};

}  // namespace tapstat::analysis::forwarding
