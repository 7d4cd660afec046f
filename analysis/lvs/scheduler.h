// Which IPVS scheduler a director runs for a virtual service, from the choices that it made.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/ip_address.h"
#include "capture/frame.h"

namespace tapstat::analysis::lvs {

using capture::Timestamp;

// The schedulers of Linux, net/netfilter/ipvs/ip_vs_NAME.c.
enum class Scheduler : std::uint8_t { rr, wrr, lc, wlc, sed, nq, sh, mh, dh, fo, ovf, lblc, lblcr };
inline constexpr std::size_t kSchedulers = 13;
// As `ipvsadm -s` takes them.
[[nodiscard]] std::string_view name_of(Scheduler scheduler);

inline constexpr std::uint16_t kUnknownServer = std::numeric_limits<std::uint16_t>::max();

// One connection that the director gave to a real server.
struct Choice {
  Timestamp time{};  // of its SYN at the director; UDP: of its first packet
  IpAddress client;
  std::uint16_t client_port = 0;
  std::uint16_t server = kUnknownServer;  // index of the real server, in order of first sight
  // When IPVS began to count it as inactive and when its entry went: Timestamp::max() if not by the
  // end of the capture. UDP entries are inactive from the start (IP_VS_CONN_F_INACTIVE in
  // ip_vs_ctl.c), whatever stands here.
  Timestamp inactive_from = Timestamp::max();
  Timestamp gone_at = Timestamp::max();
};

// Where a real server listens: what mh hashes.
struct ServerAddress {
  IpAddress address;
  std::uint16_t port = 0;  // as the director addresses it: the virtual port in DR and TUN
};

// Borrowed: valid while the caller's arrays are.
struct ServiceHistory {
  std::span<const Choice> choices;  // in order of time
  std::span<const Choice> before;   // connections older than the capture: they load, no more
  std::size_t servers = 0;
  bool is_udp = false;
  std::span<const ServerAddress> addresses = {};  // by server index; empty where not all are known
};

struct Candidate {
  Scheduler name{};
  double confidence = 0;  // posterior, normalised over all schedulers
};

struct SchedulerGuess {
  // Best first: all that are within kNamedFactor of the best. Empty without any choice.
  std::vector<Candidate> candidates;
  // One candidate only, and at least kChoicesPerServer choices a real server.
  bool determined = false;
  std::vector<std::uint32_t> weights;  // by server index, smallest integers; empty where unknown
  bool is_persistent = false;          // repeats of a client followed its first contact
  // The longest that a client stayed away and came back to its server: the timeout itself cannot be
  // seen, because a template outlives it for as long as an entry hangs on it.
  std::optional<std::chrono::seconds> persistence;
};

inline constexpr double kNamedFactor = 20;
inline constexpr std::size_t kChoicesPerServer = 5;

[[nodiscard]] SchedulerGuess guess_scheduler(const ServiceHistory& history);

// "rr", "undetermined: rr or wrr", "undetermined: rr, lc or wlc"; "undetermined" without
// candidates.
[[nodiscard]] std::string in_words(const SchedulerGuess& guess);

}  // namespace tapstat::analysis::lvs
