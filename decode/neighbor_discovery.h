// IPv6 neighbour discovery, RFC 4861 section 4: solicitations, advertisements and redirects that a
// receiver would take.
#pragma once

#include <cstdint>

#include "decode/bytes.h"
#include "decode/packet.h"

namespace tapstat::decode {

// ICMPv6 types, RFC 4861 sections 4.1 to 4.5.
enum class NdType : std::uint8_t {
  router_solicitation = 133,
  router_advertisement = 134,
  neighbor_solicitation = 135,
  neighbor_advertisement = 136,
  redirect = 137,
};

// Option types, RFC 4861 section 4.6.
enum class NdOption : std::uint8_t {
  source_link_layer = 1,
  target_link_layer = 2,
  prefix_information = 3,
};

// Why a receiver silently discards a message (RFC 4861 sections 6.1, 7.1 and 8.1), or cannot read
// it.
enum class NdRefusal : std::uint8_t {
  other_message,  // not neighbour discovery at all
  truncated,      // the capture's snap length cut its fixed part
  hop_limit,      // not 255: a router forwarded it
  code,           // not 0
  too_short,      // shorter than its type's fixed part
  option_length,  // 0, or past the message's end
  source,         // of a router, and not link-local; of a probe, with an address of its own
  destination,    // a probe to another than a solicited-node address; solicited, to a group
  target,         // a group, or of a redirect neither the destination nor link-local
};

// A prefix that a router says something of (section 4.6.2). Lifetimes in seconds.
struct NdPrefix {
  const std::uint8_t* prefix = nullptr;  // 16 bytes
  std::uint8_t length = 0;               // bits of it
  bool on_link = false;
  bool autonomous = false;
  std::uint32_t valid_lifetime = 0;
};

// A message in hand is a valid one. Borrowed bytes: valid while the Packet's are. The checksum is
// the decoder's business.
class NeighborDiscoveryView {
 public:
  [[nodiscard]] static tl::expected<NeighborDiscoveryView, NdRefusal> parse(const Packet& packet);

  [[nodiscard]] NdType type() const { return static_cast<NdType>(bytes_[0]); }
  // 16 bytes: what is asked for, claimed or pointed to. Of neighbour messages and redirects only.
  [[nodiscard]] const std::uint8_t* target() const { return &bytes_[8]; }
  // 16 bytes: what a redirect is about.
  [[nodiscard]] const std::uint8_t* destination() const { return &bytes_[24]; }
  // Flags of a neighbour advertisement, section 4.4.
  [[nodiscard]] bool is_router() const { return (bytes_[4] & 0x80) != 0; }
  [[nodiscard]] bool is_solicited() const { return (bytes_[4] & 0x40) != 0; }
  [[nodiscard]] bool overrides() const { return (bytes_[4] & 0x20) != 0; }
  // Of a router advertisement, in seconds; 0: it is no default router (section 4.2).
  [[nodiscard]] std::uint16_t router_lifetime() const { return be16(bytes_, 6); }
  // A solicitation without a sender: duplicate address detection, RFC 4862 section 5.4.2.
  [[nodiscard]] bool is_dad_probe() const { return is_dad_probe_; }

  // Whether the capture's snap length cut its options.
  [[nodiscard]] bool is_cut() const { return is_cut_; }

  // 6 bytes: the first option of that type with an Ethernet address (RFC 2464 section 6); nullptr
  // where there is none.
  [[nodiscard]] const std::uint8_t* link_layer_address(NdOption kind) const;

  // Calls `f(prefix)` on each prefix of a router advertisement.
  template <typename F>
  void for_each_prefix(F&& f) const {
    for_each_option([&](Bytes option) {
      if (is_kind(option, NdOption::prefix_information) && option.size() == kPrefixLen) {
        f(NdPrefix{.prefix = &option[16],
                   .length = option[2],
                   .on_link = (option[3] & 0x80) != 0,
                   .autonomous = (option[3] & 0x40) != 0,
                   .valid_lifetime = be32(option, 4)});
      }
    });
  }

 private:
  static constexpr std::size_t kPrefixLen = 32;

  NeighborDiscoveryView(Bytes bytes, std::size_t fixed_len, bool is_dad_probe, bool is_cut)
      : bytes_(bytes), fixed_len_(fixed_len), is_dad_probe_(is_dad_probe), is_cut_(is_cut) {}

  [[nodiscard]] static bool is_kind(Bytes option, NdOption kind) {
    return option[0] == static_cast<std::uint8_t>(kind);
  }
  // Those captured as a whole.
  template <typename F>
  void for_each_option(F&& f) const {
    for (Bytes rest = bytes_.subspan(fixed_len_); rest.size() >= 2;) {
      const std::size_t len = std::size_t{rest[1]} * 8;
      if (len == 0 || len > rest.size()) return;
      f(rest.first(len));
      rest = rest.subspan(len);
    }
  }

  Bytes bytes_;  // from the ICMPv6 header on, as far as captured
  std::size_t fixed_len_;
  bool is_dad_probe_;
  bool is_cut_;
};

}  // namespace tapstat::decode
