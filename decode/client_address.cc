#include "decode/client_address.h"

#include <algorithm>

#include "decode/bytes.h"
#include "decode/tcp_options.h"

namespace tapstat::decode {
namespace {

// Where the parts of a TOA option are, after kind and length; kNone: it has none.
struct Layout {
  static constexpr std::uint8_t kNone = 0xff;
  std::uint8_t kind, data_len;
  std::uint8_t ip_version;
  std::uint8_t client_port, client;
  std::uint8_t service_port, service;
};

constexpr std::uint8_t kNone = Layout::kNone;
constexpr std::array<Layout, 8> kLayouts = {{
    {254, 6, 4, 0, 2, kNone, kNone},
    {254, 18, 6, 0, 2, kNone, kNone},  // DPVS
    {253, 18, 6, 0, 2, kNone, kNone},  // Alibaba and others
    {252, 18, 4, 0, 2, 14, 10},        // VTOA: cport, cip, id of the cloud, vip, vport, padding
    {250, 6, 4, kNone, kNone, 0, 2},   // TOA_VIP
    {249, 38, 6, 0, 2, kNone, 22},     // V6VTOA: cport, cip, id of the cloud, vip
    {200, 6, 4, 0, 2, kNone, kNone},
    {28, 5, 4, kNone, 1, kNone, kNone},  // version, cip
}};
constexpr std::array<Layout, 2> kOtherKinds = {{
    {0, 6, 4, 0, 2, kNone, kNone},
    {0, 18, 6, 0, 2, kNone, kNone},
}};

[[nodiscard]] const Layout* layout_of(std::uint8_t kind, std::size_t data_len) {
  const auto is_of_kind = [&](const Layout& layout) { return layout.kind == kind; };
  if (std::none_of(kLayouts.begin(), kLayouts.end(), is_of_kind)) {
    for (const Layout& layout : kOtherKinds) {
      if (layout.data_len == data_len) return &layout;
    }
    return nullptr;
  }
  for (const Layout& layout : kLayouts) {
    if (layout.kind == kind && layout.data_len == data_len) return &layout;
  }
  return nullptr;
}

// That some client may have it: not of this network (0/8), of this host, of a group or reserved
// (IANA's special-purpose registries), nor of IPv6's ::/8 (RFC 4291 section 2.4).
[[nodiscard]] bool is_plausible(const CarriedSocket& socket) {
  const std::uint8_t first = socket.address[0];
  if (socket.ip_version == 4) return first != 0 && first != 127 && first < 224;
  const bool is_nat64 = first == 0 && socket.address[1] == 0x64 && socket.address[2] == 0xff;
  return socket.ip_version == 6 && first != 0xff && (first != 0 || is_nat64);
}

[[nodiscard]] CarriedSocket socket_at(Bytes data, int ip_version, std::uint8_t port,
                                      std::uint8_t address) {
  CarriedSocket socket;
  if (address == kNone) return socket;
  socket.put_address(&data[address], ip_version);
  if (port != kNone) socket.port = be16(data, port);
  return socket;
}

[[nodiscard]] bool is_plausible(const CarriedSocket& socket, std::uint8_t port) {
  return is_plausible(socket) && (port == kNone || socket.port != 0);
}

[[nodiscard]] bool is_fast_open(const TcpOption& option) {
  const bool is_experiment =
      option.kind == tcp_option::kExperiment253 || option.kind == tcp_option::kExperiment254;
  return is_experiment && option.data.size() >= 2 &&
         be16(option.data, 0) == tcp_option::kFastOpenMagic;
}

// False: it says nothing.
[[nodiscard]] bool take_toa(const TcpOption& option, ClientAddress& out) {
  const Layout* layout = layout_of(option.kind, option.data.size());
  if (layout == nullptr || is_fast_open(option)) return false;
  const int version = layout->ip_version;
  const auto client = socket_at(option.data, version, layout->client_port, layout->client);
  const auto service = socket_at(option.data, version, layout->service_port, layout->service);
  if (layout->client == kNone) {
    if (!is_plausible(service, layout->service_port)) return false;
    out.service = service;
    return true;
  }
  if (!is_plausible(client, layout->client_port)) return false;
  out.client = client;
  out.option_kind = option.kind;
  if (is_plausible(service, layout->service_port)) out.service = service;
  return true;
}

// What nearly every segment has: NOP, NOP, timestamps (RFC 7323 appendix A).
[[nodiscard]] bool has_only_timestamps(const Segment& segment) {
  const std::uint8_t* o = segment.options;
  return segment.options_len == 12 && o[0] == tcp_option::kNop && o[1] == tcp_option::kNop &&
         o[2] == tcp_option::kTimestamps && o[3] == 10;
}

// RFC 791 section 3.1, and uoa.h (IPOPT_UOA).
constexpr std::uint8_t kEndOfOptions = 0, kNoOperation = 1, kUoaOption = 31;

[[nodiscard]] std::optional<CarriedSocket> uoa_in(Bytes options) {
  while (!options.empty() && options[0] != kEndOfOptions) {
    if (options[0] == kNoOperation) {
      options = options.subspan(1);
      continue;
    }
    if (options.size() < 2 || options[1] < 2 || options[1] > options.size()) return std::nullopt;
    const std::size_t len = options[1];
    if (options[0] == kUoaOption && (len == 8 || len == 20)) {
      const auto socket = socket_at(options.subspan(2), len == 8 ? 4 : 6, 0, 2);
      if (is_plausible(socket, 0)) return socket;
    }
    options = options.subspan(len);
  }
  return std::nullopt;
}

// RFC 4291 section 2.5.5.2.
constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

void CarriedSocket::put_address(const std::uint8_t* at, int version) {
  const bool is_mapped = version == 6 && std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), at);
  if (is_mapped) at += kMappedPrefix.size();
  ip_version = version == 4 || is_mapped ? 4 : 6;
  std::copy_n(at, ip_version == 4 ? 4 : 16, address.begin());
}

std::optional<ClientAddress> toa_of(const Segment& segment, const ToaKinds& kinds) {
  constexpr std::uint8_t kShortest = 7;
  if (segment.options_len < kShortest || has_only_timestamps(segment)) return std::nullopt;
  ClientAddress found{.carrier = AddressCarrier::toa};
  bool is_found = false;
  TcpOptionReader options({segment.options, segment.options_len});
  while (const auto option = options.next()) {
    if (kinds.has(option->kind) && take_toa(*option, found)) is_found = true;
  }
  if (!is_found) return std::nullopt;
  return found;
}

std::optional<ClientAddress> uoa_of(const Packet& packet) {
  if (packet.content != Content::udp) return std::nullopt;
  if (const auto client = uoa_in(packet.uoa_options)) {
    return ClientAddress{.carrier = AddressCarrier::uoa_header, .client = *client};
  }
  if (const auto client = uoa_in(packet.ip_options)) {
    return ClientAddress{.carrier = AddressCarrier::uoa_option, .client = *client};
  }
  return std::nullopt;
}

}  // namespace tapstat::decode
