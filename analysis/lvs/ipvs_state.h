// The state that IPVS itself keeps of a TCP connection, by its own tables and timeouts, as
// `ipvsadm -Lnc` prints it. Source: Linux net/netfilter/ipvs/ip_vs_proto_tcp.c (tcp_states,
// tcp_timeouts, set_tcp_state).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "decode/ip_protocol.h"
#include "decode/segment.h"

namespace tapstat::analysis::lvs {

// Numbered as the kernel's enum of ip_vs.h, which the synchronisation protocol carries.
enum class IpvsState : std::uint8_t {
  none,
  established,
  syn_sent,
  syn_recv,
  fin_wait,
  time_wait,
  close,
  close_wait,
  last_ack,
  listen,
  synack,
};
inline constexpr std::size_t kIpvsStates = 11;

inline constexpr std::array<std::string_view, kIpvsStates> kIpvsStateNames = {
    "NONE",  "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT", "TIME_WAIT",
    "CLOSE", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "SYNACK",
};
[[nodiscard]] constexpr std::string_view name(IpvsState state) {
  return kIpvsStateNames[static_cast<std::size_t>(state)];
}

// What the director sees of a connection, and by that which table applies.
enum class IpvsView : std::uint8_t {
  both_ways,    // NAT, FULLNAT: answers come back through it
  clients_way,  // DR, TUN: the client's packets only
};

// The next state: of what comes from the client (`from_client`) or back. Sequence numbers are not
// looked at; of several flags RST goes before SYN before FIN before ACK; none of them: no change.
[[nodiscard]] IpvsState next_state(IpvsState state, decode::TcpFlags flags, bool from_client,
                                   IpvsView view);

// How long an entry of TCP in that state outlives its last packet.
[[nodiscard]] std::chrono::seconds timeout_of(IpvsState state);
inline constexpr std::chrono::seconds kUdpTimeout{300};
// The same of any protocol of IP; only TCP has states.
[[nodiscard]] inline std::chrono::seconds timeout_of(std::uint8_t protocol, IpvsState state) {
  return protocol == decode::ip_protocol::kTcp ? timeout_of(state) : kUdpTimeout;
}

// Whether there are virtual services of it here: of what has ports, but SCTP.
[[nodiscard]] constexpr bool is_served(std::uint8_t protocol) {
  return protocol == decode::ip_protocol::kTcp || protocol == decode::ip_protocol::kUdp;
}

// Whether `ipvsadm -Ln` counts it under ActiveConn: tcp_state_active_table (Linux 4.2 and later;
// before that only ESTABLISHED).
[[nodiscard]] constexpr bool is_active(IpvsState state) {
  return state == IpvsState::established || state == IpvsState::syn_sent ||
         state == IpvsState::syn_recv || state == IpvsState::synack;
}

}  // namespace tapstat::analysis::lvs
