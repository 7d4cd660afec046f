#include "analysis/host_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <vector>

#include "decode/udp.h"

namespace tapstat::analysis {

using decode::Bytes;
using decode::DnsRecord;

namespace {

// The aliases of one message, by what they lead to.
class Aliases {
 public:
  explicit Aliases(const std::vector<DnsRecord>& records) {
    for (const DnsRecord& r : records) {
      if (r.kind == DnsRecord::Kind::alias) owners_.emplace(r.target, r.owner);
    }
  }

  // What was asked for, where aliases led to `name`. Chains longer than any resolver follows are
  // not followed either, so that a ring of them ends.
  [[nodiscard]] std::string_view asked_for(std::string_view name) const {
    constexpr int kLongestChain = 16;
    for (int steps = 0; steps < kLongestChain; ++steps) {
      const auto alias = owners_.find(name);
      if (alias == owners_.end()) break;
      name = alias->second;
    }
    return name;
  }

 private:
  std::map<std::string_view, std::string_view> owners_;
};

// "1.0.0.10.in-addr.arpa" is 10.0.0.1 (RFC 1035 section 3.5).
[[nodiscard]] std::optional<IpAddress> reversed_v4(std::string_view owner) {
  constexpr std::string_view kZone = ".in-addr.arpa";
  if (!owner.ends_with(kZone)) return std::nullopt;
  owner.remove_suffix(kZone.size());
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = bytes.size(); i > 0; --i) {
    const std::size_t end = std::min(owner.find('.'), owner.size());
    const auto [rest, error] = std::from_chars(owner.data(), owner.data() + end, bytes[i - 1]);
    if (error != std::errc{} || rest != owner.data() + end) return std::nullopt;
    if ((end == owner.size()) != (i == 1)) return std::nullopt;
    owner.remove_prefix(std::min(end + 1, owner.size()));
  }
  return IpAddress::from_wire(bytes.data(), 4);
}

// 32 digits, the last one first (RFC 3596 section 2.5).
[[nodiscard]] std::optional<IpAddress> reversed_v6(std::string_view owner) {
  constexpr std::string_view kZone = "ip6.arpa";
  constexpr std::size_t kDigits = 32;
  if (!owner.ends_with(kZone) || owner.size() != 2 * kDigits + kZone.size()) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < kDigits; ++i) {
    std::uint8_t digit = 0;
    const char* const at = owner.data() + 2 * i;
    const auto [rest, error] = std::from_chars(at, at + 1, digit, 16);
    if (error != std::errc{} || at[1] != '.') return std::nullopt;
    std::uint8_t& byte = bytes[(kDigits - 1 - i) / 2];
    byte = static_cast<std::uint8_t>(byte | digit << (i % 2 == 0 ? 0 : 4));
  }
  return IpAddress::from_wire(bytes.data(), 6);
}

}  // namespace

void HostNames::take(const decode::Packet& packet) {
  if (packet.content == decode::Content::tcp) take(packet.segment);
  if (packet.content != decode::Content::udp) return;
  const auto udp = decode::UdpView::parse(packet.body);
  if (!udp || !decode::is_dns_port(udp->src_port())) return;
  const std::size_t size = udp->length() == 0
                               ? packet.body.size()
                               : std::min<std::size_t>(packet.body.size(), udp->length());
  take_message(packet.body.first(size).subspan(decode::UdpView::kLen));
}

void HostNames::take(const decode::Segment& segment) {
  constexpr std::size_t kPrefix = 2;  // the message's length
  if (segment.src_port != decode::kDnsPort || segment.payload_captured <= kPrefix) return;
  const Bytes payload{segment.payload, segment.payload_captured};
  if (decode::be16(payload, 0) + kPrefix == segment.payload_len) {
    take_message(payload.subspan(kPrefix));
  }
}

std::string_view HostNames::find(const IpAddress& address) const {
  const auto found = names_.find(address);
  return found == names_.end() ? std::string_view{} : found->second.text;
}

void HostNames::take_message(Bytes message) {
  const std::vector<DnsRecord> records = decode::dns_records(message);
  const Aliases aliases(records);
  for (const DnsRecord& r : records) {
    if (r.kind == DnsRecord::Kind::address) {
      enter(IpAddress::from_wire(r.address.data(), r.ip_version), aliases.asked_for(r.owner), true);
    } else if (r.kind == DnsRecord::Kind::pointer) {
      auto address = reversed_v4(r.owner);
      if (!address) address = reversed_v6(r.owner);
      if (address) enter(*address, r.target, false);
    }
  }
}

void HostNames::enter(const IpAddress& address, std::string_view name, bool was_asked_for) {
  const auto found = names_.find(address);
  if (found == names_.end()) {
    if (names_.size() < kMostNames) names_[address] = {std::string{name}, was_asked_for};
  } else if (was_asked_for || !found->second.was_asked_for) {
    found->second = {std::string{name}, was_asked_for};
  }
}

}  // namespace tapstat::analysis
