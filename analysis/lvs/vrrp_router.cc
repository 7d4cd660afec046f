#include "analysis/lvs/vrrp_router.h"

#include <algorithm>

namespace tapstat::analysis::lvs {
namespace {

using std::chrono::nanoseconds;

// 0 is no interval that a router would take.
[[nodiscard]] nanoseconds interval_of(const decode::VrrpAdvert& advert) {
  return advert.interval.count() == 0 ? std::chrono::seconds{1} : nanoseconds{advert.interval};
}

// RFC 9568 section 6.4.3: of equals the one with the higher address.
[[nodiscard]] bool outranks(const VrrpSpeaker& a, const VrrpSpeaker& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  return b.address < a.address;
}

// Skew_Time comes on top: whatever the new master's priority, it waited for this long. Less what a
// host's timers may be early.
[[nodiscard]] nanoseconds least_silence(const VrrpSpeaker& master) {
  return 3 * master.interval - master.interval / 8;
}

[[nodiscard]] const VrrpMoment& earlier(const VrrpMoment& a, const VrrpMoment& b) {
  return b.time < a.time ? b : a;
}
[[nodiscard]] const VrrpMoment& later(const VrrpMoment& a, const VrrpMoment& b) {
  return a.time < b.time ? b : a;
}

void note_addresses(VrrpSpeaker& speaker, const decode::VrrpAdvert& advert) {
  const std::size_t len = advert.ip_version == 4 ? 4 : 16;
  const std::size_t count = std::min(advert.addresses.size() / len, VrrpSpeaker::kMostAddresses);
  if (speaker.addresses.size() != count) speaker.addresses.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    speaker.addresses[i] = IpAddress::from_wire(&advert.addresses[i * len], advert.ip_version);
  }
}

// Several that see the master gone come forward at once: what they think until they have heard each
// other is no change of its own.
[[nodiscard]] bool is_being_decided(const std::vector<VrrpFailover>& failovers,
                                    const VrrpSpeaker& old, const VrrpMoment& at) {
  return !failovers.empty() && failovers.back().to == old.address &&
         at.time - failovers.back().at.time < old.interval;
}

}  // namespace

nanoseconds master_down_interval(const VrrpSpeaker& backup, const VrrpSpeaker& master) {
  const nanoseconds unit = master.version == 2 ? std::chrono::seconds{1} : master.interval;
  return 3 * master.interval + unit * (256 - backup.priority) / 256;
}

const VrrpSpeaker* VrrpRouter::master() const { return master_ ? &speakers_[*master_] : nullptr; }

std::optional<std::size_t> VrrpRouter::enter(const IpAddress& address) {
  for (std::size_t i = 0; i < speakers_.size(); ++i) {
    if (speakers_[i].address == address) return i;
  }
  if (speakers_.size() == kMostSpeakers) return std::nullopt;
  speakers_.push_back({.address = address});
  return speakers_.size() - 1;
}

void VrrpRouter::note_mac(std::size_t speaker, const std::optional<decode::MacAddress>& mac) {
  if (mac) speakers_[speaker].mac = mac;
}

void VrrpRouter::take(std::size_t speaker, const decode::VrrpAdvert& advert, const VrrpMoment& at,
                      std::uint32_t& room) {
  VrrpSpeaker& s = speakers_[speaker];
  s.version = advert.version;
  if (s.adverts++ == 0) s.first = at;
  if (s.interval == nanoseconds{} || advert.priority != 0) s.interval = interval_of(advert);
  if (advert.priority == 0) {
    s.resigned = true;
    s.last = at;
    return;
  }
  const bool is_silent = at.time - s.last.time > master_down_interval(s, s);
  if (s.adverts == 1 || s.resigned || is_silent) s.run = at;
  s.resigned = false;
  s.priority = advert.priority;
  note_addresses(s, advert);
  s.last = at;
  note_master(speaker, at, room);
  note_overlaps(s, at, room);
}

void VrrpRouter::note_master(std::size_t speaker, const VrrpMoment& at, std::uint32_t& room) {
  const VrrpSpeaker& s = speakers_[speaker];
  if (!master_) return begin_mastership(speaker, at, room);
  if (*master_ == speaker) {
    const bool goes_on = !masterships_.empty() && masterships_.back().speaker == speaker &&
                         masterships_.back().from.time >= s.run.time;
    if (!goes_on) return begin_mastership(speaker, at, room);
    masterships_.back().until = at;
    return;
  }
  const VrrpSpeaker& old = speakers_[*master_];
  const VrrpMoment& since = old.last.time < s.run.time ? s.run : at;
  if (old.resigned) return hand_over(speaker, since, VrrpReason::priority_zero, room);
  if (at.time - old.last.time >= least_silence(old)) {
    const bool waited = since.time - old.last.time >= least_silence(old);
    return hand_over(speaker, since, waited ? VrrpReason::silence : VrrpReason::unknown, room);
  }
  if (outranks(s, old)) hand_over(speaker, at, VrrpReason::higher_priority, room);
}

void VrrpRouter::hand_over(std::size_t to, const VrrpMoment& at, VrrpReason reason,
                           std::uint32_t& room) {
  const VrrpSpeaker& old = speakers_[*master_];
  if (is_being_decided(failovers_, old, at) && reason == VrrpReason::higher_priority) {
    failovers_.back().to = speakers_[to].address;
    failovers_.back().at = at;
    if (failovers_.back().from == failovers_.back().to) failovers_.pop_back();
  } else if (room > 0) {
    --room;
    failovers_.push_back({at, old.last, old.address, speakers_[to].address, reason});
  }
  begin_mastership(to, at, room);
}

void VrrpRouter::begin_mastership(std::size_t speaker, const VrrpMoment& at, std::uint32_t& room) {
  master_ = speaker;
  if (room == 0) return;
  --room;
  masterships_.push_back({speaker, at, speakers_[speaker].last});
}

void VrrpRouter::note_overlaps(const VrrpSpeaker& speaker, const VrrpMoment& at,
                               std::uint32_t& room) {
  for (const VrrpSpeaker& other : speakers_) {
    if (&other == &speaker || other.resigned || other.priority == 0) continue;
    const nanoseconds both =
        std::max(master_down_interval(speaker, other), master_down_interval(other, speaker));
    if (at.time - other.last.time > both) continue;
    const VrrpMoment& from = later(speaker.run, other.run);
    if (earlier(speaker.last, other.last).time - from.time > both) {
      note_split(speaker, other, room);
    }
  }
}

void VrrpRouter::note_split(const VrrpSpeaker& a, const VrrpSpeaker& b, std::uint32_t& room) {
  const VrrpMoment from = later(a.run, b.run), until = earlier(a.last, b.last);
  const bool a_first = a.run.time < b.run.time;
  const VrrpSplitBrain split{from, until, a_first ? a.address : b.address,
                             a_first ? b.address : a.address};
  const auto is_known = [&](const VrrpSplitBrain& s) {
    return s.from.time == from.time && s.first == split.first && s.second == split.second;
  };
  const auto known = std::find_if(split_brains_.rbegin(), split_brains_.rend(), is_known);
  if (known != split_brains_.rend()) {
    known->until = until;
    return;
  }
  take_back_handover(split);
  if (room == 0) return;
  --room;
  split_brains_.push_back(split);
}

// Who outranks the master takes over, and the other yields. It did not.
void VrrpRouter::take_back_handover(const VrrpSplitBrain& split) {
  if (failovers_.empty()) return;
  const VrrpFailover& last = failovers_.back();
  if (last.reason == VrrpReason::higher_priority && last.from == split.first &&
      last.to == split.second && last.at.time == split.from.time) {
    failovers_.pop_back();
  }
}

}  // namespace tapstat::analysis::lvs
