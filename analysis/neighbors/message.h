// What an ARP packet (RFC 826, RFC 5227), a RARP packet (RFC 903) or a message of IPv6 neighbour
// discovery (RFC 4861) says and asks, in the same terms.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/ip_address.h"
#include "capture/frame.h"
#include "decode/mac_address.h"
#include "decode/packet.h"

namespace tapstat::analysis::neighbors {

using decode::MacAddress;

enum class Protocol : std::uint8_t { arp, rarp, nd };

enum class MessageKind : std::uint8_t {
  request,             // who has that address?
  reply,               // to one who asked
  probe,               // is that address free? RFC 5227 section 1.1, RFC 4862 section 5.4
  announcement,        // it is mine: RFC 5227 section 1.1
  gratuitous_request,  // the same as older stacks say it: sender and target are one
  gratuitous_reply,    // likewise; an unsolicited advertisement, RFC 4861 section 7.2.6
  hello,               // says the sender's own pair besides: of a router or to routers
};

[[nodiscard]] constexpr bool is_gratuitous(MessageKind kind) {
  return kind == MessageKind::announcement || kind == MessageKind::gratuitous_request ||
         kind == MessageKind::gratuitous_reply;
}

// That an address is at a MAC address.
struct Pair {
  IpAddress address;
  MacAddress mac{};
};

struct Message {
  Protocol protocol{};
  MessageKind kind{};
  // What it says, where a host could take it: never a group's or no MAC address, never of a group
  // or of no address.
  std::optional<Pair> says{};
  std::optional<IpAddress> asks_for{};
  std::optional<IpAddress> asker{};  // the address of who asks; a probe has none
  // As the message itself has it; else the frame's, where that is known.
  std::optional<MacAddress> sender{};
  std::optional<MacAddress> answers{};  // of a reply: who had asked
  // Of the frame around it, as far as it has them: a Linux cooked one has a source only.
  std::optional<MacAddress> ethernet_source{}, ethernet_destination{};
  // A group cannot send: what it says is not taken, but told.
  std::optional<Pair> said_by_group{};
  // RFC 4861 section 7.2.5: an advertisement without the O flag changes no address that is known.
  bool overrides = true;
  // It names no MAC address, and confirms the one that is known (the Ethernet source).
  bool only_confirms = false;
  std::optional<bool> router{};  // what it says of its sender: the R flag; who advertises is one
  std::optional<bool> default_router{};  // whether it has a lifetime, RFC 4861 section 4.2
};

// nullopt for what is none of these, or not for Ethernet and IP: other lengths, hardware types and
// operations, InARP among them.
[[nodiscard]] std::optional<Message> message_of(const capture::Frame& frame,
                                                const decode::Packet& packet);

}  // namespace tapstat::analysis::neighbors
