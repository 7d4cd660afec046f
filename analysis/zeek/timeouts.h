// After how long Zeek takes a connection for over (scripts/base/init-bare.zeek).
#pragma once

#include <chrono>

namespace tapstat::analysis::zeek {

inline constexpr std::chrono::seconds kTcpAttemptDelay{5};  // tcp_attempt_delay
inline constexpr std::chrono::seconds kTcpCloseDelay{5};    // tcp_close_delay
inline constexpr std::chrono::seconds kTcpInactivity{300};  // tcp_inactivity_timeout
inline constexpr std::chrono::seconds kUdpInactivity{60};   // udp_inactivity_timeout
inline constexpr std::chrono::seconds kDnsSession{10};      // dns_session_timeout
// DNS_Analyzer::ExpireTimer leaves a second for the first answer.
inline constexpr std::chrono::seconds kDnsSilence{9};
inline constexpr std::chrono::seconds kIcmpInactivity{60};       // icmp_inactivity_timeout
inline constexpr std::chrono::seconds kUnknownIpInactivity{60};  // unknown_ip_inactivity_timeout
// Until its handshake is done a TCP connection has UDP's (TCPAnalyzer::MakeSessionAdapter).
inline constexpr std::chrono::seconds kTcpHandshakeInactivity{60};

}  // namespace tapstat::analysis::zeek
