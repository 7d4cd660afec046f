// What a director tells others of its connections: the IPVS synchronisation protocol, versions 0
// and 1 (Linux net/netfilter/ipvs/ip_vs_sync.c). Borrowed bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "decode/packet.h"

namespace tapstat::decode {

// The first of 64 ports, one for each sync thread (IP_VS_SYNC_PORT, IPVS_SYNC_PORTS_MAX).
inline constexpr std::uint16_t kIpvsSyncPort = 8848, kIpvsSyncPorts = 64;

// Of IpvsSyncEntry::flags, include/uapi/linux/ip_vs.h.
namespace ipvs_flag {
inline constexpr std::uint32_t kMethodMask = 0x0007;
inline constexpr std::uint32_t kSync = 0x0020;
inline constexpr std::uint32_t kNoOutput = 0x0080;
inline constexpr std::uint32_t kInactive = 0x0100;
inline constexpr std::uint32_t kOutSeq = 0x0200;
inline constexpr std::uint32_t kInSeq = 0x0400;
inline constexpr std::uint32_t kNoClientPort = 0x0800;
inline constexpr std::uint32_t kTemplate = 0x1000;
inline constexpr std::uint32_t kOnePacket = 0x2000;
}  // namespace ipvs_flag

// How packets go on to the real server; the values of the flags' low three bits.
enum class IpvsMethod : std::uint8_t { masquerade, local, tunnel, direct, bypass };

// By how much sequence numbers behind `init` are shifted (struct ip_vs_seq): FTP, whose text the
// director rewrites.
struct IpvsSequence {
  std::uint32_t init = 0, delta = 0, previous_delta = 0;
  friend bool operator==(const IpvsSequence&, const IpvsSequence&) = default;
};

struct IpvsSyncEntry {
  std::uint8_t ip_version = 0;
  std::uint8_t protocol = 0;      // of IP; 0 in a template of a fwmark service
  const std::uint8_t* client{};   // 4 or 16 bytes, as the others; of a template the network's
  const std::uint8_t* service{};  // the VIP; in a template of a fwmark service the mark
  const std::uint8_t* server{};   // the real server
  std::uint16_t client_port = 0;
  std::uint16_t service_port = 0;
  std::uint16_t server_port = 0;
  std::uint16_t state = 0;                   // IP_VS_TCP_S_* and the like, by `protocol`
  std::uint32_t flags = 0;                   // ipvs_flag
  std::optional<std::uint32_t> fwmark{};     // version 0 has none
  std::optional<std::uint32_t> timeout_s{};  // likewise
  // From the client on and back. Version 0 has them in the sender's own byte order, of which the
  // one is taken in which they are smaller.
  std::optional<std::array<IpvsSequence, 2>> sequences{};
  Bytes persistence_engine{};  // its name, as "sip"; of version 1
  Bytes persistence_data{};    // what that engine goes by

  // nullopt for a number that the kernel has no name for.
  [[nodiscard]] std::optional<IpvsMethod> method() const;
  [[nodiscard]] bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
};

// Hands out the entries of one message, in order.
class IpvsSyncReader {
 public:
  // nullopt where the packet is no such message: UDP to a group and one of the ports, whose first
  // bytes a sync daemon would take (ip_vs_process_message).
  [[nodiscard]] static std::optional<IpvsSyncReader> open(const Packet& packet);
  // The same of a UDP payload, with its length on the wire.
  [[nodiscard]] static std::optional<IpvsSyncReader> open(Bytes message, std::size_t wire_len);

  [[nodiscard]] std::optional<IpvsSyncEntry> next();

  [[nodiscard]] std::uint8_t version() const { return version_; }
  [[nodiscard]] std::uint8_t sync_id() const { return sync_id_; }
  // Entries, by the header.
  [[nodiscard]] std::uint8_t count() const { return count_; }
  // After the last entry: not all could be read. Cut by the snap length, or no kernel's.
  [[nodiscard]] bool truncated() const { return truncated_; }
  [[nodiscard]] bool damaged() const { return damaged_; }

 private:
  IpvsSyncReader(std::uint8_t version, Bytes message);
  [[nodiscard]] std::optional<IpvsSyncEntry> next_v0();
  [[nodiscard]] std::optional<IpvsSyncEntry> next_v1();
  [[nodiscard]] bool has(std::size_t octets);

  Bytes rest_;
  std::size_t cut_ = 0;  // octets of the message behind `rest_` that were not captured
  std::uint8_t version_, sync_id_, count_;
  std::uint8_t read_ = 0;
  bool truncated_ = false, damaged_ = false;
};

}  // namespace tapstat::decode
