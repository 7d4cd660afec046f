// What happened around an address or a host that deserves to be told, as it was seen.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/neighbors/binding.h"

namespace tapstat::analysis::neighbors {

enum class IncidentKind : std::uint8_t {
  both_active,        // `mac` and `other` both use the address
  probe_answered,     // `other` probed for it, `mac` has it
  both_probed,        // each probed for it
  unsolicited_reply,  // of `mac`, that nobody had asked for
  source_mismatch,    // `other` sent a frame whose sender is `mac`
  group_sender,       // `other` sent a frame whose sender, `mac`, is a group
  unanswered,         // `asker` asked in vain; it was heard of again later
  router_down,        // it said that it is no router any more
};
inline constexpr std::size_t kIncidentKinds = 8;

struct Incident {
  IncidentKind kind{};
  Protocol protocol{};
  Timestamp time{};
  std::uint64_t frame = 0, other_frame = 0;  // 0: none
  Network network{};
  IpAddress address{};
  MacAddress mac{}, other{};
  // Of `unanswered`: who asked, as far as that is known.
  std::optional<MacAddress> asker_mac{};
  std::optional<IpAddress> asker{};
  std::uint32_t count = 1;  // packets that it tells of
};

// The first of each kind; what comes after is counted.
class IncidentLog {
 public:
  void add(const Incident& incident) {
    const auto kind = static_cast<std::size_t>(incident.kind);
    if (counts_[kind]++ < kMostOfAKind) incidents_.push_back(incident);
  }
  [[nodiscard]] const std::vector<Incident>& incidents() const { return incidents_; }

 private:
  static constexpr std::uint64_t kMostOfAKind = 4096;
  std::array<std::uint64_t, kIncidentKinds> counts_{};
  std::vector<Incident> incidents_;
};

}  // namespace tapstat::analysis::neighbors
