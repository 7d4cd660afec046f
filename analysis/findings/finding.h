// What is wrong, as a value: a kind of a closed list, whom it is about, its numbers and evidence.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/ip_address.h"
#include "analysis/lvs/vrrp_router.h"
#include "analysis/socket.h"
#include "analysis/spanning_tree/message.h"
#include "capture/frame.h"
#include "decode/mac_address.h"

namespace tapstat::analysis {

using capture::Timestamp;

enum class Severity : std::uint8_t { error, warning, note };

enum class FindingKind : std::uint8_t {
  syn_flood,              // many handshakes begun at once that nobody means to finish
  half_open_buildup,      // the same, slower: SYN-ACKs that wait in vain
  port_scan,              // one source, many ports or hosts, few answers
  connection_refused,     // a reset or an ICMP error answered the SYN
  no_answer,              // nothing did
  accept_queue_full,      // the handshake done, by the client's data, and the SYN-ACK sent again
  close_wait_leak,        // a program that does not close what its peers have closed
  time_wait_exhaustion,   // a client whose ports towards one service all wait in TIME_WAIT
  zero_window_stall,      // a receiver that reads nothing for long
  heavy_retransmission,   // a path that loses much
  mtu_black_hole,         // large segments do not pass, small ones do
  reset_storm,            // many connections cut off at once
  injected_reset,         // the host it was said to come from went on
  keep_alive_failure,     // a connection reset because its keep-alives went unanswered
  split_handshake,        // a SYN answered by a SYN instead of a SYN-ACK
  routing_loop,           // the same packet comes by again and again, its TTL lower each time
  asymmetric_capture,     // one direction only
  capture_loss,           // the tap did not see what arrived
  checksum_offload,       // checksums are filled in behind the tap
  arp_conflict,           // two hosts use one address
  arp_flip_flop,          // an address goes to and fro between two hosts
  arp_move,               // an address is at another MAC address than before
  arp_proxy,              // one host answers for addresses that are not its own
  arp_unanswered,         // asked for again and again, and nobody answers
  arp_scan,               // one host asks for many addresses that nobody has
  arp_unsolicited_reply,  // an answer that nobody had asked for
  arp_source_mismatch,    // a frame's source is not the sender that it names
  dad_failed,             // an IPv6 host found its address taken
  stp_root_changed,       // a spanning tree has another root
  stp_root_flapping,      // again and again
  stp_two_roots,          // bridges disagree on the root
  stp_two_designated,     // two bridges serve one segment
  stp_topology_change,    // bridges were told to forget where hosts are
  stp_topology_change_storm,    // again and again
  stp_timer_mismatch,           // timers that are not the root's, or do not fit together
  stp_tcn_unacknowledged,       // a bridge tells of a change, and nobody listens
  stp_vlan_mismatch,            // the two ends of a link take it for different VLANs
  stp_region_mismatch,          // one MST region's name, two tables
  stp_loop,                     // a bridge's own BPDUs come back to it
  stp_near_max_age,             // the root is farther away than its timers allow for
  stp_missed_hellos,            // a bridge fell silent for a while
  stp_mixed_path_costs,         // some bridges count costs by the old table, some by the new one
  stp_default_root,             // nobody chose the root: it has the lowest address
  vrrp_failover,                // a virtual router has another master
  vrrp_split_brain,             // it has two
  lvs_server_refused,           // a real server resets what a director sends it
  lvs_server_unanswered,        // a real server answers nothing
  lvs_no_server,                // a director has no real server to send to, and says so
  lvs_split_handshake,          // packets of one connection go to two real servers
  lvs_reply_bypasses_director,  // a real server's answers go past the director that must rewrite
                                // them
  lvs_arp_problem,              // a real server says that it has the virtual address
  lvs_entry_expired,            // a director has forgotten a connection that both ends still have
  lvs_mtu,                      // what is as large as a client may send fits into no tunnel
  lvs_toa_missing,              // a real server is not told who the client is, or too late
  lvs_conn_reuse,               // a director drops the first SYN of a port that is used again
};

inline constexpr std::array<std::string_view, 55> kFindingNames = {
    "syn_flood",
    "half_open_buildup",
    "port_scan",
    "connection_refused",
    "no_answer",
    "accept_queue_full",
    "close_wait_leak",
    "time_wait_exhaustion",
    "zero_window_stall",
    "heavy_retransmission",
    "mtu_black_hole",
    "reset_storm",
    "injected_reset",
    "keep_alive_failure",
    "split_handshake",
    "routing_loop",
    "asymmetric_capture",
    "capture_loss",
    "checksum_offload",
    "arp_conflict",
    "arp_flip_flop",
    "arp_move",
    "arp_proxy",
    "arp_unanswered",
    "arp_scan",
    "arp_unsolicited_reply",
    "arp_source_mismatch",
    "dad_failed",
    "stp_root_changed",
    "stp_root_flapping",
    "stp_two_roots",
    "stp_two_designated",
    "stp_topology_change",
    "stp_topology_change_storm",
    "stp_timer_mismatch",
    "stp_tcn_unacknowledged",
    "stp_vlan_mismatch",
    "stp_region_mismatch",
    "stp_loop",
    "stp_near_max_age",
    "stp_missed_hellos",
    "stp_mixed_path_costs",
    "stp_default_root",
    "vrrp_failover",
    "vrrp_split_brain",
    "lvs_server_refused",
    "lvs_server_unanswered",
    "lvs_no_server",
    "lvs_split_handshake",
    "lvs_reply_bypasses_director",
    "lvs_arp_problem",
    "lvs_entry_expired",
    "lvs_mtu",
    "lvs_toa_missing",
    "lvs_conn_reuse",
};

[[nodiscard]] constexpr std::string_view name(FindingKind kind) {
  return kFindingNames[static_cast<std::size_t>(kind)];
}

// error: something is broken or attacked; warning: worth a look; note: about the capture itself, or
// to know.
[[nodiscard]] Severity severity_of(FindingKind kind);

// The capture as a whole, a host, where a server listens or is thought to, a network card, a
// bridge, or a spanning tree.
using Subject = std::variant<std::monostate, IpAddress, Socket, decode::MacAddress,
                             decode::BridgeId, spanning_tree::InstanceKey>;

// Of these a finding has those that its kind's page in docs/findings/ names; 0 where it has none.
struct Figures {
  std::uint64_t count = 0;  // connections, attempts or packets that show it
  std::uint64_t of = 0;     // out of so many
  std::uint64_t most = 0;   // the most at a time
  std::uint64_t bytes = 0;
  std::uint64_t by_server = 0;    // of `count`
  std::uint64_t icmp_errors = 0;  // that say the same
  std::uint64_t passed = 0;       // the largest segment that did
  std::uint32_t clients = 0;      // how many different ones
  std::uint32_t hosts = 0;        // likewise, that were tried
  std::uint32_t ports = 0;
  std::uint32_t retransmissions = 0;  // in the time that it is about
  std::uint16_t vlan = 0, other_vlan = 0;
  std::chrono::nanoseconds longest{0};
};

// What findings about neighbours name besides, by their pages.
struct NeighborFacts {
  std::vector<decode::MacAddress> macs;        // in the order of the sentence
  std::vector<IpAddress> addresses;            // the first kMostAddresses
  std::vector<decode::MacAddress> probers;     // who asked whether it is free
  bool defended = false;                       // who had it announced it again
  bool yielded = false;                        // the other has not used it since
  bool announced = false;                      // by who has it now
  std::optional<decode::MacAddress> holder{};  // who has it now
  bool over = false;                           // it was heard of again later
  bool of_group = false;                       // the sender is a group
};

// What findings about virtual routers name besides.
struct VrrpFacts {
  std::uint8_t vrid = 0;
  std::vector<lvs::VrrpFailover> failovers;  // the first few
  std::vector<lvs::VrrpSpeaker> speakers;    // the two, as they were heard last
  // Connections that the new master did not know, and reset.
  std::uint64_t lost = 0;
};

// What findings about virtual servers name besides, by their pages.
struct ServerFacts {
  std::vector<Socket> servers;           // the first kMostAddresses
  std::vector<decode::MacAddress> macs;  // likewise
  std::uint64_t late = 0;                // of Figures::count: told, but too late
  bool is_inferred = false;              // by what clients did: no answer was captured
  bool is_down = false;                  // nobody answers ARP for it, or a director says so
  std::optional<std::chrono::nanoseconds> shortest{};  // silence before it
};

struct Finding {
  FindingKind kind{};
  Subject subject;
  Subject other;      // whom it is about besides; the capture where nobody
  Timestamp first{};  // of its evidence
  Figures figures;
  NeighborFacts neighbors;
  VrrpFacts vrrp;
  ServerFacts lvs;
  std::vector<std::uint32_t> connections;  // the first kMostConnections of them, by id
  std::vector<std::uint64_t> frames;       // the first kMostFrames; none where no journal was kept
};

inline constexpr std::size_t kMostFrames = 10;
inline constexpr std::size_t kMostAddresses = 10;
// A flood has millions.
inline constexpr std::size_t kMostConnections = 1000;

}  // namespace tapstat::analysis
