#include "decode/mst_bpdu.h"

#include <algorithm>

namespace tapstat::decode {
namespace {

// Offsets of fields in the BPDU, 802.1Q figure 14-1.
constexpr std::size_t kVersion = 2;
constexpr std::size_t kVersion1Length = 35;
constexpr std::size_t kVersion3Length = 36;
constexpr std::size_t kParameters = 38;  // what the version 3 length counts from
constexpr std::size_t kFormat = 38, kName = 39, kNameLen = 32, kRevision = 71, kDigest = 73;
constexpr std::size_t kRemainingHops = 101;
constexpr std::size_t kInstances = 102;
constexpr std::size_t kFixedLen = kInstances - kParameters;
constexpr std::size_t kMostInstances = 64;
constexpr std::uint8_t kSpt = 4;  // version

// Where the two layouts differ. Cisco's is older than 802.1s; it has the length of its parameters
// where the format selector was to be (Wireshark, packet-bpdu.c, MSTI_FORMAT_ALTERNATIVE).
struct Layout {
  std::size_t internal_cost, bridge;
  std::size_t message_len;
  MstiMessage (*read_message)(const BpduBody& body, std::size_t at);
};

[[nodiscard]] MstiMessage read_standard(const BpduBody& body, std::size_t at) {
  const BridgeId root = body.bridge(at + 1);
  return {.instance = root.system_id(),
          .flags = BpduFlags{body.octet(at)},
          .regional_root = root,
          .internal_cost = body.u32(at + 9),
          .bridge_priority = static_cast<std::uint16_t>((body.octet(at + 13) & 0xf0) << 8),
          .port_priority = static_cast<std::uint8_t>(body.octet(at + 14) & 0xf0),
          .remaining_hops = body.octet(at + 15)};
}

[[nodiscard]] MstiMessage read_pre_standard(const BpduBody& body, std::size_t at) {
  return {.instance = body.u16(at),
          .flags = BpduFlags{body.octet(at + 2)},
          .regional_root = body.bridge(at + 3),
          .internal_cost = body.u32(at + 11),
          .bridge_priority = body.bridge(at + 15).priority(),
          .port_priority = static_cast<std::uint8_t>(body.octet(at + 23) & 0xf0),
          .remaining_hops = body.octet(at + 25)};
}

constexpr Layout kStandard{89, 93, 16, read_standard};
constexpr Layout kPreStandard{97, 89, 26, read_pre_standard};

struct Extent {
  const Layout* layout = nullptr;  // nullptr: none of the layouts
  std::size_t messages = 0;

  [[nodiscard]] std::size_t end() const { return kInstances + messages * layout->message_len; }
};

[[nodiscard]] Extent extent_in(const Layout& layout, std::size_t messages_len) {
  const std::size_t messages = messages_len / layout.message_len;
  if (messages_len % layout.message_len != 0 || messages > kMostInstances) return {};
  return {.layout = &layout, .messages = messages};
}

// The version 3 length is in octets, but Cisco's 12.1(12c)EA1 counts messages (Wireshark,
// packet-bpdu.c): a number that is less than the fixed part can be nothing else.
[[nodiscard]] bool counts_messages(std::size_t version_3_length) {
  return version_3_length < kFixedLen;
}

[[nodiscard]] Extent extent_of(const BpduBody& body, std::size_t version_3_length) {
  if (version_3_length == 0) {
    const std::size_t len = body.octet(kFormat);
    const bool fits = len >= kFixedLen && body.wire_len() == kFormat + 1 + len;
    return fits ? extent_in(kPreStandard, len - kFixedLen) : Extent{};
  }
  if (counts_messages(version_3_length)) return {&kStandard, version_3_length};
  return extent_in(kStandard, version_3_length - kFixedLen);
}

// Where it says that it ends.
[[nodiscard]] std::size_t claimed_end(std::size_t version_3_length) {
  if (version_3_length == 0) return kParameters;
  if (!counts_messages(version_3_length)) return kParameters + version_3_length;
  return kInstances + version_3_length * kStandard.message_len;
}

[[nodiscard]] MstRegion read_region(const BpduBody& body, bool is_pre_standard) {
  MstRegion region;
  if (!is_pre_standard) region.format = body.octet(kFormat);
  const Bytes name = body.octets(kName, kNameLen);
  region.name.assign(name.begin(), std::ranges::find(name, std::uint8_t{0}));
  region.revision = body.u16(kRevision);
  std::ranges::copy(body.octets(kDigest, region.digest.size()), region.digest.begin());
  return region;
}

[[nodiscard]] MstBpdu read(const BpduBody& body, const Extent& extent) {
  const Layout& layout = *extent.layout;
  MstBpdu mst;
  mst.is_pre_standard = &layout == &kPreStandard;
  mst.region = read_region(body, mst.is_pre_standard);
  mst.internal_cost = body.u32(layout.internal_cost);
  mst.bridge = body.bridge(layout.bridge);
  mst.remaining_hops = body.octet(kRemainingHops);
  mst.instances.reserve(extent.messages);
  for (std::size_t i = 0; i < extent.messages; ++i) {
    mst.instances.push_back(layout.read_message(body, kInstances + i * layout.message_len));
  }
  return mst;
}

// 802.1Q section 14.4.1 has shortest path bridging's part behind an MST BPDU's. It is not read, but
// one that says it is longer than the frame makes the whole damaged.
[[nodiscard]] tl::expected<void, BpduError> check_version_4(const BpduBody& body, std::size_t at) {
  constexpr std::size_t kLengthLen = 2;
  if (at + kLengthLen > body.wire_len()) return {};
  if (!body.has(at + kLengthLen)) return body.lacks(at + kLengthLen, {});
  const std::size_t end = at + kLengthLen + body.u16(at);
  if (end <= body.wire_len()) return {};
  return body.lacks(end, "the version 4 length of an SPT BPDU is larger than the frame");
}

}  // namespace

tl::expected<std::optional<MstBpdu>, BpduError> parse_mst_part(const BpduBody& body) {
  if (body.octet(kVersion1Length) != 0 || body.wire_len() < kParameters) return std::nullopt;
  if (!body.has(kParameters)) return body.lacks(kParameters, {});
  const std::size_t version_3_length = body.u16(kVersion3Length);
  const std::size_t claimed = claimed_end(version_3_length);
  if (claimed > body.wire_len()) {
    return body.lacks(claimed, "the version 3 length of an MST BPDU is larger than the frame");
  }
  if (body.wire_len() < kInstances) return std::nullopt;
  if (!body.has(kInstances)) return body.lacks(kInstances, {});
  const Extent extent = extent_of(body, version_3_length);
  if (extent.layout == nullptr) return std::nullopt;
  if (!body.has(extent.end())) return body.lacks(extent.end(), {});
  if (body.octet(kVersion) >= kSpt) {
    const auto version_4 = check_version_4(body, extent.end());
    if (!version_4) return tl::unexpected(version_4.error());
  }
  return read(body, extent);
}

}  // namespace tapstat::decode
