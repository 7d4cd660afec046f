// One virtual router of VRRP (RFC 3768; RFC 9568): who speaks for it, who was master when, and how
// that changed.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/ip_address.h"
#include "capture/frame.h"
#include "decode/mac_address.h"
#include "decode/vrrp.h"

namespace tapstat::analysis::lvs {

using capture::Timestamp;

// A packet, by the capture's clock.
struct VrrpMoment {
  Timestamp time{};
  std::uint64_t frame = 0;
};

// One that sends adverts for the virtual router. What it said last, where it said 0 as its priority
// (it stops) what it said before.
struct VrrpSpeaker {
  IpAddress address;
  std::optional<decode::MacAddress> mac{};  // of the frame, the last one that had one
  std::uint8_t version = 0;
  std::uint8_t priority = 0;
  std::chrono::nanoseconds interval{};  // between adverts
  std::vector<IpAddress> addresses{};   // the virtual ones, the first kMostAddresses
  VrrpMoment first{}, last{};           // adverts
  VrrpMoment run{};                     // the first one since it was silent, or stopped
  std::uint64_t adverts = 0;
  bool resigned = false;  // its last advert says that it stops

  static constexpr std::size_t kMostAddresses = 32;
};

struct VrrpMastership {
  std::size_t speaker = 0;  // index into speakers()
  VrrpMoment from, until;   // its first and last advert
};

enum class VrrpReason : std::uint8_t {
  priority_zero,    // the old master said that it stops (RFC 9568 section 6.4.3, Shutdown)
  silence,          // it was not heard for Master_Down_Interval
  higher_priority,  // the new one outranks it (Preempt_Mode)
  unknown,          // sooner than by silence: it may have stopped, and the advert was not captured
};

struct VrrpFailover {
  VrrpMoment at;        // the new master's first advert
  VrrpMoment old_last;  // the old one's last before
  IpAddress from, to;
  VrrpReason reason{};
};

// Two were master at the same time for longer than Master_Down_Interval, after which each must have
// heard the other.
struct VrrpSplitBrain {
  VrrpMoment from, until;   // from the later one's first advert to the earlier one's last
  IpAddress first, second;  // in the order in which they began to speak
};

class VrrpRouter {
 public:
  static constexpr std::size_t kMostSpeakers = 16;

  // In the order in which they were first heard.
  [[nodiscard]] const std::vector<VrrpSpeaker>& speakers() const { return speakers_; }
  [[nodiscard]] const std::vector<VrrpMastership>& masterships() const { return masterships_; }
  [[nodiscard]] const std::vector<VrrpFailover>& failovers() const { return failovers_; }
  [[nodiscard]] const std::vector<VrrpSplitBrain>& split_brains() const { return split_brains_; }
  // The last one that was; nullptr: none was heard.
  [[nodiscard]] const VrrpSpeaker* master() const;

  // Index of the speaker with that address, made where it is new. nullopt: there are too many.
  [[nodiscard]] std::optional<std::size_t> enter(const IpAddress& address);
  // An advert of that speaker. `room` is for how many periods and events there is memory, and is
  // lowered by those that are kept.
  void take(std::size_t speaker, const decode::VrrpAdvert& advert, const VrrpMoment& at,
            std::uint32_t& room);
  void note_mac(std::size_t speaker, const std::optional<decode::MacAddress>& mac);

 private:
  void note_master(std::size_t speaker, const VrrpMoment& at, std::uint32_t& room);
  void hand_over(std::size_t to, const VrrpMoment& at, VrrpReason reason, std::uint32_t& room);
  void begin_mastership(std::size_t speaker, const VrrpMoment& at, std::uint32_t& room);
  void note_overlaps(const VrrpSpeaker& speaker, const VrrpMoment& at, std::uint32_t& room);
  void note_split(const VrrpSpeaker& a, const VrrpSpeaker& b, std::uint32_t& room);
  void take_back_handover(const VrrpSplitBrain& split);

  std::vector<VrrpSpeaker> speakers_;
  std::vector<VrrpMastership> masterships_;
  std::vector<VrrpFailover> failovers_;
  std::vector<VrrpSplitBrain> split_brains_;
  std::optional<std::size_t> master_;
};

// RFC 9568 section 6.1 and RFC 3768 section 6.1: for how long `backup` hears nothing of `master`
// before it takes over.
[[nodiscard]] std::chrono::nanoseconds master_down_interval(const VrrpSpeaker& backup,
                                                            const VrrpSpeaker& master);

}  // namespace tapstat::analysis::lvs
