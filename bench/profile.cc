#include "bench/profile.h"

#include <algorithm>
#include <array>

namespace tapstat::bench {
namespace {

constexpr Path kSomeLoss{.loss_per_million = 2000};
constexpr std::uint32_t kWholePackets = 262144;

constexpr Job steady(std::uint64_t packets, std::uint32_t flows) {
  Job job;
  job.packets = packets;
  job.traffic.flows = flows;
  job.traffic.path = kSomeLoss;
  return job;
}

// An ACK for each segment brings the sizes near those of the Internet mix, 7 small packets to 4 of
// 576 bytes to 1 of 1500.
constexpr Job imix() {
  Job job = steady(2'000'000, 10'000);
  job.snaplen = kWholePackets;
  job.traffic.path.ack_every = 1;
  return job;
}

constexpr Job short_connections(std::uint64_t connections, bool stay_open) {
  Job job;
  job.traffic.connections = connections;
  job.traffic.mixture.length = Length::short_exchange;
  job.traffic.mixture.stay_open = stay_open;
  return job;
}

constexpr Job flood() {
  Job job;
  job.scene = Scene::flood;
  job.flood.real = 1000;
  return job;
}

constexpr std::array kProfiles = {
    Profile{"A", "5 M packets, 10 k connections at once, 0.2 % loss, cut at 96 bytes",
            steady(5'000'000, 10'000)},
    Profile{"B", "10 M packets, 1 M connections at once, otherwise as A",
            steady(10'000'000, 1'000'000)},
    Profile{"imix", "2 M whole packets, 10 k connections at once", imix()},
    Profile{"flood", "SYNs from 10 M spoofed addresses among 1,000 real connections", flood()},
    Profile{"churn", "10 M connections of 10 packets, 10 k at once, all closed",
            short_connections(10'000'000, false)},
    Profile{"open", "1 M connections of 6 packets, none closed",
            short_connections(1'000'000, true)},
};

}  // namespace

std::span<const Profile> profiles() { return kProfiles; }

const Profile* find_profile(std::string_view name) {
  const auto* const found = std::find_if(kProfiles.begin(), kProfiles.end(),
                                         [name](const Profile& p) { return p.name == name; });
  return found == kProfiles.end() ? nullptr : found;
}

void scale(Job& job, std::uint64_t packets) {
  if (job.scene == Scene::flood) {
    const auto most_real = static_cast<std::uint32_t>(packets / 2 / kRealPackets);
    job.flood.real = std::min(job.flood.real, most_real);
    const std::uint64_t spoofed = packets - std::uint64_t{job.flood.real} * kRealPackets;
    job.flood.sources = static_cast<std::uint32_t>(spoofed / (job.flood.answered ? 2 : 1));
  } else if (job.traffic.connections != 0) {
    const bool open = job.traffic.mixture.stay_open;
    job.traffic.connections =
        std::max<std::uint64_t>(1, packets / (open ? kShortOpenPackets : kShortPackets));
  } else {
    job.packets = packets;
  }
}

}  // namespace tapstat::bench
