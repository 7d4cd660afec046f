// What is known of one address: who says that it is his, who asks for it, how that changed.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/neighbors/message.h"
#include "decode/packet.h"

namespace tapstat::analysis::neighbors {

using capture::Timestamp;

// Before anything that a capture can hold; times since then do not overflow.
inline constexpr Timestamp kNever = capture::kEarliest;

// A reply or use in both directions confirms for so long: RFC 4861 section 10, REACHABLE_TIME;
// Linux draws from half to one and a half times that.
inline constexpr std::chrono::seconds kReachable{30};
// Nobody has heard of a host for longer than the longest that Linux takes it for reachable.
inline constexpr std::chrono::seconds kSilent{45};
// RFC 826 leaves ageing open; twenty minutes is what BSD and many switches and routers keep.
inline constexpr std::chrono::minutes kForgotten{20};
// Both of two that claim an address are active where not more lies between them.
inline constexpr std::chrono::seconds kBothActive{60};
// What was on its way when another took over arrives so late.
inline constexpr std::chrono::seconds kOnItsWay{1};
// RFC 4861 section 10, RETRANS_TIMER; Linux asks as often, MAX_MULTICAST_SOLICIT.
inline constexpr std::chrono::seconds kRetransmission{1};
inline constexpr std::uint32_t kMostSolicits = 3;
// Questions further apart are no repetition of one another.
inline constexpr std::chrono::seconds kSameQuestion{5};

// Where frames are captured: an input, one of its interfaces, and where the frame itself says so
// the interface's index there.
using Point = std::uint64_t;
inline constexpr std::size_t kMostPoints = 64;
inline constexpr std::uint16_t kMostLinks = 16;

// A LAN: bindings of one tell nothing of another.
struct Network {
  decode::VlanStack vlans;  // of all Ethernet headers; priority tags (VLAN 0) left out
  // Where the frame came in a tunnel that has an id (VXLAN, Geneve, GRE, ...): kind and id.
  bool in_overlay = false;
  decode::TunnelKind overlay = decode::TunnelKind::other;
  std::uint32_t overlay_id = 0;
  // Addresses of a link (is_link_local) are others at each link: one number for each of those that
  // have nothing in common.
  std::uint16_t link = 0;
  friend bool operator==(const Network&, const Network&) = default;
};

// One MAC address that was said to have it.
struct Claim {
  MacAddress mac{};
  Timestamp first = kNever;
  Timestamp claimed = kNever;     // last said
  Timestamp confirmed = kNever;   // last reply to one who asked
  Timestamp replied_at = kNever;  // last reply, asked for or not
  Timestamp sent = kNever;        // last packet from there with that source address
  Timestamp received = kNever;    // last packet to that address there
  std::uint64_t frame = 0;        // of `claimed`
  std::uint64_t first_frame = 0;
  std::uint8_t max_ttl = 0;              // of what it sent; 0: nothing
  bool replied = false;                  // to who asked
  std::array<MacAddress, 4> answered{};  // the first that it replied to; zero: no more
  bool is_own = false;                   // asked or announced with it: what nobody does for another

  [[nodiscard]] Timestamp active() const { return std::max(claimed, sent); }
};

// How one MAC address came in the place of another.
enum class Takeover : std::uint8_t {
  first,       // nobody was there
  gratuitous,  // it was announced
  plain,       // found out by a question or an answer
};

// A stretch of time for which an address was at one MAC address.
struct Stint {
  MacAddress mac{};
  Timestamp first = kNever, last = kNever;
  std::uint64_t frame = 0;  // that began it
  Takeover how = Takeover::first;
  bool was_silent = false;  // the one before had been, for kSilent
  bool is_used = false;     // packets came from there
};

// Somebody who asks for it: at least one of the two is known.
struct Asker {
  std::optional<MacAddress> mac{};
  std::optional<IpAddress> address{};
  Timestamp first = kNever, last = kNever;
  std::uint64_t frame = 0;     // the first
  std::uint64_t requests = 0;  // all
  // Since it was last heard of, none further than kSameQuestion from the next.
  std::uint32_t tries = 0;
  Timestamp tried_since = kNever;
  std::uint64_t tried_frame = 0, last_frame = 0;
};

// Packets from that address with a MAC address that does not claim it.
struct Foreign {
  MacAddress mac{};
  std::uint64_t packets = 0, frame = 0;
  std::uint8_t max_ttl = 0;
  bool several = false;  // more than one such MAC address
  bool is_fed = false;   // by who claims the address: it hands on what it gets
};

inline constexpr std::size_t kMostClaims = 4;
inline constexpr std::size_t kMostAskers = 4;
// The newest are kept: Binding::changes says how many there were.
inline constexpr std::size_t kMostStints = 64;

// As docs/arp.md has them; the names of the contract.
enum class State : std::uint8_t { reachable, stale, incomplete, conflict };
inline constexpr std::array<std::string_view, 4> kStateNames = {"reachable", "stale", "incomplete",
                                                                "conflict"};

// What can be said besides.
enum class Detail : std::uint8_t {
  none,
  asked,      // nothing but questions so far
  probed,     // nothing but probes: nobody is known to have taken it
  probing,    // asked again, of the one host that is known: is it still there?
  failed,     // asked kMostSolicits times in a row and not answered
  forgotten,  // not heard of for kForgotten
  virtual_router,
  cluster,
  router_down,  // it was a router and said that it no longer is
};
inline constexpr std::array<std::string_view, 9> kDetailNames = {
    "",          "asked",          "probed",  "probing",    "failed",
    "forgotten", "virtual-router", "cluster", "router-down"};

struct Binding {
  Network network;
  IpAddress address;
  Protocol source{};  // of what was said last, or asked where nothing was said
  Timestamp first = kNever, last = kNever;
  std::uint64_t requests = 0, replies = 0, gratuitous = 0, probes = 0, announcements = 0;
  std::uint32_t changes = 0;  // of the MAC address

  std::vector<Claim> claims;      // at most kMostClaims: of more, the most recently active
  std::vector<Stint> history;     // the last is the current one
  std::vector<Asker> askers;      // the first kMostAskers
  std::uint64_t other_asks = 0;   // requests of further ones
  Timestamp asked = kNever;       // last request or probe of anybody
  Timestamp asked_one = kNever;   // last to one host alone
  Timestamp heard = kNever;       // last claim of it or packet from it
  Timestamp conflicted = kNever;  // last time that two were active
  bool answered_unseen = false;   // packets go there: the answer was not captured
  // Of an address of a link: the capture points that have shown its holders, or it being asked for.
  std::vector<Point> points;

  // The last probe for it.
  std::optional<MacAddress> prober{};
  Timestamp probed = kNever;
  std::uint64_t probe_frame = 0;

  std::optional<Foreign> foreign;
  std::optional<bool> router;  // as it last said
  std::optional<bool> default_router;
  Timestamp router_lost = kNever;

  // Nullptr: nobody says it is his.
  [[nodiscard]] const Claim* current() const;
  [[nodiscard]] const Claim* claim_of(const MacAddress& mac) const;
  [[nodiscard]] Claim* claim_of(const MacAddress& mac);
};

// Whether both replied to the same one: who asks through a router has its answer only.
[[nodiscard]] bool both_answer(const Claim& a, const Claim& b);

// Whether `history[at]`, not the first, came in the place of one that is gone: silent before,
// announced by the new one, or silent since while the new one is at work. Else both may be there.
[[nodiscard]] bool is_move(const Binding& binding, std::size_t at, Timestamp now);

[[nodiscard]] State state_of(const Binding& binding, Timestamp now);
[[nodiscard]] Detail detail_of(const Binding& binding, Timestamp now);

// Whether `asker` has not been answered, for all that this capture can show: asked often enough,
// and long enough ago.
[[nodiscard]] bool has_failed(const Asker& asker, Timestamp now);
// Whether any of them has.
[[nodiscard]] bool has_failed(const Binding& binding, Timestamp now);

}  // namespace tapstat::analysis::neighbors
