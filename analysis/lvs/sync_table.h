// What directors tell one another of their connections: the IPVS synchronisation protocol
// (net/netfilter/ipvs/ip_vs_sync.c).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/arena.h"
#include "analysis/flow_index.h"
#include "analysis/flow_key.h"
#include "analysis/socket.h"
#include "capture/frame.h"
#include "decode/ipvs_sync.h"
#include "decode/mac_address.h"
#include "decode/packet.h"

namespace tapstat::analysis::lvs {

using capture::Timestamp;

// A connection as directors have told of it; or a persistence template, by which later connections
// of a client's network go to the same real server.
struct SyncEntry {
  Socket client;  // port 0 of a template, and where the director does not know it (NO_CPORT)
  Socket vip;     // of a template of a fwmark service: the mark as an address, 0.0.0.9
  Socket rip;
  Timestamp first{}, last{};  // when it was told of
  std::uint64_t first_frame = 0, last_frame = 0;
  IpAddress director;  // who said so last
  // The rest as it was told last.
  std::uint32_t flags = 0;  // decode::ipvs_flag
  std::optional<std::uint32_t> timeout_s{}, fwmark{};
  std::uint32_t messages = 0;  // that told of it
  std::uint16_t state = 0;     // IPVS's own number, by `protocol`
  std::optional<decode::IpvsMethod> method{};
  std::uint8_t protocol = 0;  // of IP
  std::uint8_t version = 0;   // of the message
  std::uint8_t sync_id = 0;
  // Of the same client port and VIP, the one before, which went to another real server.
  std::uint32_t previous = FlowIndex::kNone;

  [[nodiscard]] bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
};

// Who sent synchronisation messages.
struct SyncSender {
  IpAddress address;
  std::optional<decode::MacAddress> mac{};  // as it was first seen
  std::uint8_t sync_id = 0;                 // as it was last
  Timestamp first{}, last{};
  std::uint64_t messages = 0, entries = 0;
};

// Memory is bounded: what comes when there are kMost is counted, not kept. Messages about known
// connections allocate nothing.
class SyncTable {
 public:
  static constexpr std::uint32_t kMost = 1u << 18;  // connections; as many templates
  static constexpr std::size_t kMostSenders = 256;

  // `secret` keys the hashes, as the tracker's.
  explicit SyncTable(std::uint64_t secret) : hash_(secret) {}

  // In the order they were captured. A message that several capture points show counts once.
  void see(const capture::Frame& frame, const decode::Packet& packet);

  // In the order in which they were first told of.
  [[nodiscard]] const Arena<SyncEntry>& connections() const { return connections_.all; }
  [[nodiscard]] const Arena<SyncEntry>& templates() const { return templates_.all; }
  [[nodiscard]] const std::vector<SyncSender>& senders() const { return senders_; }

  // Where that connection went at that time: the last of its entries that a director, which tells
  // some seconds late, can have made by then; the first one where all are later. Nullptr: nobody
  // told of it.
  [[nodiscard]] const SyncEntry* find(std::uint8_t protocol, const Socket& client,
                                      const Socket& vip, Timestamp at) const;

  // Messages that could not be read to their end.
  [[nodiscard]] std::uint64_t damaged() const { return damaged_; }
  // Entries that there was no room for.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  struct Entries {
    FlowIndex latest;  // of each connection, its last entry
    Arena<SyncEntry> all;
  };
  struct Shown {
    std::uint64_t content = 0;
    Timestamp time = Timestamp::min();
  };

  [[nodiscard]] std::uint32_t hash_of(std::uint8_t protocol, const Socket& client,
                                      const Socket& vip) const;
  [[nodiscard]] std::uint32_t latest_of(const Entries& entries, std::uint32_t hash,
                                        std::uint8_t protocol, const Socket& client,
                                        const Socket& vip) const;
  [[nodiscard]] bool is_repeat(const capture::Frame& frame, const decode::Packet& packet);
  [[nodiscard]] SyncSender* sender_of(const capture::Frame& frame, const decode::Packet& packet);
  void take(SyncEntry told);

  KeyedHash hash_;
  Entries connections_, templates_;
  std::vector<SyncSender> senders_;
  std::array<Shown, 64> shown_{};  // the messages before this one
  std::size_t next_shown_ = 0;
  std::uint64_t damaged_ = 0, left_out_ = 0;
};

}  // namespace tapstat::analysis::lvs
