// One line of a conn.log, as far as packets tell it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "analysis/flow_key.h"
#include "analysis/zeek/history.h"
#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::zeek {

using capture::Timestamp;

// Of which connections tell them apart.
enum class Transport : std::uint8_t { tcp, udp, icmp, unknown_transport };

struct Conn {
  static constexpr std::uint32_t kNone = 0xffffffffu;

  FlowKey key{};
  Timestamp first{};
  Timestamp last{};         // of TCP: TcpSession::last()
  Timestamp last_packet{};  // whatever it was
  // Of DNS over UDP: when silence is looked at next (DNS_Analyzer::ExpireTimer); else never.
  Timestamp dns_check = Timestamp::max();
  std::uint32_t session = kNone;  // of TCP: which TcpSession
  Transport transport{};
  std::uint8_t ip_protocol = 0;
  std::int8_t originator = 0;  // an end of the key; of TCP: TcpSession::originator()
  decode::Layer tunnel = decode::Layer::none;  // what is inside
  bool sent[2] = {false, false};               // of UDP: anything that counts
  std::uint64_t packets[2] = {0, 0};
  std::uint64_t ip_bytes[2] = {0, 0};
  std::uint64_t payload[2] = {0, 0};  // of UDP and ICMP
  History history;                    // of UDP
  ScaledCount bad_checksums[2];       // of UDP
  // The connections, by index, whose tunnel it came through: one each way mostly.
  std::array<std::uint32_t, 2> parents{kNone, kNone};

  void note_parent(std::uint32_t parent) {
    for (std::uint32_t& place : parents) {
      if (place == kNone) place = parent;
      if (place == parent) return;
    }
  }
};

}  // namespace tapstat::analysis::zeek
