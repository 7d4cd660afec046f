#include "decode/ipvs_sync.h"

#include <algorithm>

#include "decode/ip_protocol.h"
#include "decode/udp.h"

namespace tapstat::decode {
namespace {

// struct ip_vs_sync_mesg_v0, ip_vs_sync_mesg; size, sync id and (version 0) count are where both
// have them.
constexpr std::size_t kHeaderV0 = 4, kHeaderV1 = 8;
constexpr std::uint8_t kVersion1 = 1;  // SYNC_PROTO_VER
// struct ip_vs_sync_conn_v0 without and with its options; ip_vs_sync_v4, ip_vs_sync_v6.
constexpr std::size_t kEntryV0 = 24, kSequences = 24, kEntryV4 = 36, kEntryV6 = 72;
constexpr std::uint32_t kHasSequences = ipvs_flag::kInSeq | ipvs_flag::kOutSeq;
constexpr std::uint8_t kInet6 = 0x01;  // STYPE_F_INET6
// IPVS_OPT_*; one that a reader does not know may be left out where the bit is set.
constexpr std::uint8_t kSeqData = 1, kPeData = 2, kPeName = 3, kMayBeUnknown = 0x40;
constexpr std::size_t kMostPeName = 16, kMostPeData = 255;  // IP_VS_PENAME_MAXLEN, _PEDATA_

[[nodiscard]] bool is_group(const Packet& packet) {
  return packet.ip_version == 4 ? packet.ip_dst[0] >> 4 == 0xe : packet.ip_dst[0] == 0xff;
}

// What IPVS balances (ip_vs_proto_*.c), and 0 of templates of fwmark services.
[[nodiscard]] bool is_balanced(std::uint8_t protocol) {
  constexpr std::uint8_t kEsp = 50;
  return protocol == 0 || protocol == ip_protocol::kTcp || protocol == ip_protocol::kUdp ||
         protocol == ip_protocol::kSctp || protocol == kEsp ||
         protocol == ip_protocol::kAuthentication;
}

using Load = std::uint32_t (*)(Bytes, std::size_t);

[[nodiscard]] std::array<IpvsSequence, 2> sequences_at(Bytes b, Load load) {
  return {{{load(b, 0), load(b, 4), load(b, 8)}, {load(b, 12), load(b, 16), load(b, 20)}}};
}

// Text gets longer or shorter by some octets: as signed numbers shifts are small.
[[nodiscard]] std::uint64_t size_of_shifts(const std::array<IpvsSequence, 2>& sequences) {
  const auto size = [](std::uint32_t n) { return std::uint64_t{std::min(n, 0u - n)}; };
  std::uint64_t sum = 0;
  for (const IpvsSequence& s : sequences) sum += size(s.delta) + size(s.previous_delta);
  return sum;
}

[[nodiscard]] std::array<IpvsSequence, 2> sequences_in_either_order(Bytes b) {
  const auto little = sequences_at(b, le32), big = sequences_at(b, be32);
  return size_of_shifts(big) < size_of_shifts(little) ? big : little;
}

// False where ip_vs_proc_sync_conn refuses it.
[[nodiscard]] bool take_parameter(std::uint8_t type, Bytes data, IpvsSyncEntry& out) {
  switch (type & ~kMayBeUnknown) {
    case kSeqData:
      if (data.size() != kSequences || out.sequences) return false;
      out.sequences = sequences_at(data, be32);
      return true;
    case kPeData:
      if (data.size() > kMostPeData || !out.persistence_data.empty()) return false;
      out.persistence_data = data;
      return true;
    case kPeName:
      if (data.size() > kMostPeName || !out.persistence_engine.empty()) return false;
      out.persistence_engine = data;
      return true;
    default:
      return (type & kMayBeUnknown) != 0;
  }
}

[[nodiscard]] bool take_parameters(Bytes b, IpvsSyncEntry& out) {
  while (!b.empty()) {
    if (b.size() < 2 || b[1] == 0 || b[1] > b.size() - 2) return false;
    if (!take_parameter(b[0], b.subspan(2, b[1]), out)) return false;
    b = b.subspan(2 + std::size_t{b[1]});
  }
  return true;
}

[[nodiscard]] IpvsSyncEntry entry_v1(Bytes b, bool is_v6) {
  const std::size_t address_len = is_v6 ? 16 : 4;
  const std::uint8_t* addresses = b.data() + 24;
  IpvsSyncEntry out{.ip_version = static_cast<std::uint8_t>(is_v6 ? 6 : 4), .protocol = b[1]};
  out.client = addresses;
  out.service = addresses + address_len;
  out.server = addresses + 2 * address_len;
  out.flags = be32(b, 4);
  out.state = be16(b, 8);
  out.client_port = be16(b, 10);
  out.service_port = be16(b, 12);
  out.server_port = be16(b, 14);
  out.fwmark = be32(b, 16);
  out.timeout_s = be32(b, 20);
  return out;
}

[[nodiscard]] IpvsSyncEntry entry_v0(Bytes b) {
  IpvsSyncEntry out{.ip_version = 4, .protocol = b[1]};
  out.client_port = be16(b, 2);
  out.service_port = be16(b, 4);
  out.server_port = be16(b, 6);
  out.client = b.data() + 8;
  out.service = b.data() + 12;
  out.server = b.data() + 16;
  out.flags = be16(b, 20);
  out.state = be16(b, 22);
  return out;
}

}  // namespace

std::optional<IpvsMethod> IpvsSyncEntry::method() const {
  const std::uint32_t number = flags & ipvs_flag::kMethodMask;
  if (number > static_cast<std::uint32_t>(IpvsMethod::bypass)) return std::nullopt;
  return static_cast<IpvsMethod>(number);
}

IpvsSyncReader::IpvsSyncReader(std::uint8_t version, Bytes message)
    : rest_(message.subspan(version == 0 ? kHeaderV0 : kHeaderV1)),
      version_(version),
      sync_id_(message[1]),
      count_(version == 0 ? message[0] : message[4]) {}

std::optional<IpvsSyncReader> IpvsSyncReader::open(const Packet& packet) {
  if (packet.content != Content::udp || !is_group(packet)) return std::nullopt;
  const auto udp = UdpView::parse(packet.body);
  if (!udp || udp->dst_port() < kIpvsSyncPort ||
      udp->dst_port() >= kIpvsSyncPort + kIpvsSyncPorts) {
    return std::nullopt;
  }
  const std::size_t wire_len = udp->payload_len(packet.body_len);
  const Bytes payload = packet.body.subspan(UdpView::kLen);
  return open(payload.first(std::min(payload.size(), wire_len)), wire_len);
}

std::optional<IpvsSyncReader> IpvsSyncReader::open(Bytes message, std::size_t wire_len) {
  if (message.size() < kHeaderV1 || be16(message, 2) != wire_len) return std::nullopt;
  const bool is_v1 = message[0] == 0 && message[5] == kVersion1 && be16(message, 6) == 0;
  if (!is_v1 && message[0] == 0) return std::nullopt;
  IpvsSyncReader reader(is_v1 ? kVersion1 : 0, message);
  reader.cut_ = wire_len - message.size();
  const std::size_t least = is_v1 ? kHeaderV1 + kEntryV4 : kHeaderV0 + kEntryV0;
  const std::uint8_t protocol = reader.rest_.size() > 1 ? reader.rest_[1] : 0;
  if (reader.count_ == 0 || wire_len < least || !is_balanced(protocol)) return std::nullopt;
  return reader;
}

bool IpvsSyncReader::has(std::size_t octets) {
  if (octets <= rest_.size()) return true;
  (octets <= rest_.size() + cut_ ? truncated_ : damaged_) = true;
  return false;
}

std::optional<IpvsSyncEntry> IpvsSyncReader::next() {
  if (read_ == count_ || truncated_ || damaged_) return std::nullopt;
  ++read_;
  return version_ == 0 ? next_v0() : next_v1();
}

std::optional<IpvsSyncEntry> IpvsSyncReader::next_v0() {
  if (!has(kEntryV0)) return std::nullopt;
  IpvsSyncEntry entry = entry_v0(rest_);
  const bool has_sequences = (entry.flags & kHasSequences) != 0;
  const std::size_t size = kEntryV0 + (has_sequences ? kSequences : 0);
  if (!has(size)) return std::nullopt;
  if (has_sequences) entry.sequences = sequences_in_either_order(rest_.subspan(kEntryV0));
  rest_ = rest_.subspan(size);
  return entry;
}

// Each begins at a multiple of four; its own size does not count the octets in between.
std::optional<IpvsSyncEntry> IpvsSyncReader::next_v1() {
  if (!has(kEntryV4)) return std::nullopt;
  const bool is_v6 = (rest_[0] & kInet6) != 0;
  const int version = rest_[2] >> 4;
  const std::size_t size = be16(rest_, 2) & 0x0fff;
  const std::size_t least = is_v6 ? kEntryV6 : kEntryV4;
  if (version != 0 || size < least || (!is_v6 && rest_[0] != 0)) {
    damaged_ = true;
    return std::nullopt;
  }
  if (!has(size)) return std::nullopt;
  IpvsSyncEntry entry = entry_v1(rest_, is_v6);
  if (!take_parameters(rest_.subspan(least, size - least), entry)) {
    damaged_ = true;
    return std::nullopt;
  }
  rest_ = rest_.subspan(std::min(rest_.size(), (size + 3) & ~std::size_t{3}));
  return entry;
}

}  // namespace tapstat::decode
