// What the packets tell of Linux Virtual Servers: which services there are, what forwards them and
// how, and which real server got each connection.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/forwarding/handover.h"
#include "analysis/lvs/ipvs_state.h"
#include "analysis/lvs/scheduler.h"
#include "analysis/model.h"
#include "analysis/socket.h"
#include "decode/mac_address.h"

namespace tapstat::analysis::lvs {

using capture::Timestamp;
using decode::MacAddress;
using Duration = std::chrono::nanoseconds;

enum class Mode : std::uint8_t { nat, dr, tun, fullnat };
inline constexpr std::array<std::string_view, 4> kModeNames = {"nat", "dr", "tun", "fullnat"};

// What a path rests on.
enum class Evidence : std::uint8_t {
  isn,      // both legs began with the same packets, by their sequence numbers
  numbers,  // the same packets were seen on both legs, by their numbers or what they say
  mac,      // the same packets were seen on their way into the director and out of it
  ttl,      // and had a hop less behind it
  arp,      // ARP (or what it sends) tells which real server the MAC address is
  ipip,     // behind the director in a tunnel to the real server
  gre,
  gue,
  toa,      // the client's address in a TCP option
  proxy,    // or before the data
  uoa,      // or in an IP option
  payload,  // the same data behind other sequence numbers
  server_isn,
  sync,  // the director says so to its backup
};
inline constexpr std::array<std::string_view, 14> kEvidenceNames = {
    "isn", "numbers", "mac",   "ttl", "arp",     "ipip",       "gre",
    "gue", "toa",     "proxy", "uoa", "payload", "server_isn", "sync"};
using EvidenceSet = std::bitset<kEvidenceNames.size()>;

enum class ReturnPath : std::uint8_t {
  unseen,    // no answer was captured
  director,  // through the director
  direct,    // past it
};
inline constexpr std::array<std::string_view, 3> kReturnPathNames = {"unseen", "director",
                                                                     "direct"};

// How the real server took the connection.
enum class Reception : std::uint8_t {
  unknown,  // it had begun before the capture, or nothing tells
  accepted,
  refused,     // a reset answered the SYN
  unanswered,  // nothing did
};

// A real server that one connection was sent to.
struct Target {
  std::optional<Socket> socket;  // nullopt: the packets do not tell which it is
  std::optional<MacAddress> mac;
  std::uint32_t leg = forwarding::kNoLeg;  // behind the director, where it is another
  std::optional<std::uint32_t> record{};   // of that leg, in tcp or flows
  Timestamp first{};                       // of what was sent there
  std::uint64_t frame = 0;
};

// One client's way, CIP to VIP to RIP.
struct Path {
  std::uint8_t protocol = 0;  // of IP
  Socket client, vip;
  std::optional<Socket> local;  // of the director towards the real server: FULLNAT
  Mode mode{};
  Target target;
  std::vector<Target> others;            // that packets of the same connection were sent to besides
  std::optional<IpvsState> state;        // of TCP; nullopt: the entry has expired
  std::optional<Duration> expires;       // in how long the entry would
  std::optional<Timestamp> replaced_at;  // the same client's next connection took the entry's place
  bool is_active = false;                // as ipvsadm -Ln counts it; false where the entry is gone
  ReturnPath return_path = ReturnPath::unseen;
  Reception reception = Reception::unknown;
  Timestamp first{}, last{};
  std::uint64_t frame = 0;                 // the first
  std::uint32_t leg = forwarding::kNoLeg;  // before the director; kNoLeg: only sync tells of it
  std::optional<std::uint32_t> record;     // of the client's leg, in tcp or flows
  std::vector<std::uint32_t> connections;  // those of all legs, ascending
  std::vector<MacAddress> director_macs;   // as far as they are seen
  std::optional<IpAddress> director_ip;    // its own, towards the real server: TUN
  EvidenceSet evidence;
  bool sure = false;
  bool began_before = false;  // the capture did not see its start
  std::uint32_t service = 0;  // index into Overview::services
};

struct RealServer {
  std::optional<Socket> socket{};  // nullopt: known by its MAC address only
  std::optional<MacAddress> mac{};
  std::optional<std::uint32_t> weight{};  // relative, by the scheduler's estimate
  std::uint32_t connections = 0, active = 0, inactive = 0, refused = 0, unanswered = 0;
  // Segments of TCP sent again on the leg behind the director, where that is one of its own.
  std::optional<std::uint64_t> retransmissions{};
};

// A box that forwards for services, as one capture point or several show it.
struct Director {
  std::vector<IpAddress> dips, lips;  // its own addresses; those it takes towards real servers
  std::vector<MacAddress> macs;
};

struct Service {
  Socket vip;
  std::uint8_t protocol = 0;
  Mode mode{};
  std::optional<std::uint32_t> fwmark;  // as the synchronisation protocol has it
  Director director;
  std::vector<RealServer> servers;   // in the order in which they were first chosen
  std::vector<std::uint32_t> paths;  // indices into Overview::paths, in order of time
  SchedulerGuess scheduler;
  // Handshake times of TCP, medians: from the director to the client and back, and from the
  // director to the real server and back. Only where both legs are seen.
  std::optional<Duration> client_rtt, server_rtt;
  std::optional<std::uint64_t> client_retransmissions;  // on the legs before the director
  std::uint32_t rejected = 0;  // connections that the director itself refused: no server available
};

struct Overview {
  std::vector<Service> services;  // by address, port and protocol
  std::vector<Path> paths;        // in order of time
};

// Of find_middleboxes(): `handovers` are those of services (Rewritten), and the model has legs.
[[nodiscard]] Overview find_services(const Model& model,
                                     std::span<const forwarding::Handover> handovers,
                                     Timestamp now);

}  // namespace tapstat::analysis::lvs
