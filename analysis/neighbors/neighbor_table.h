// Which MAC address each IP address has, as ARP (RFC 826), RARP (RFC 903) and IPv6 neighbour
// discovery (RFC 4861) tell, and how that changed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/flow_index.h"
#include "analysis/flow_key.h"
#include "analysis/neighbors/binding.h"
#include "analysis/neighbors/heard_macs.h"
#include "analysis/neighbors/incident.h"
#include "analysis/neighbors/repeats.h"
#include "capture/frame.h"
#include "decode/decoder.h"

namespace tapstat::analysis::neighbors {

// Memory is bounded: addresses beyond kMostBindings are counted, not kept, and those that are only
// asked for (a scan asks for any) may take no more than half of that. Packets of a known or unknown
// address allocate nothing.
class NeighborTable {
 public:
  static constexpr std::size_t kMostBindings = 1u << 16;
  static constexpr std::size_t kMostUnclaimed = kMostBindings / 2;

  // `secret` keys the hashes, as the tracker's.
  explicit NeighborTable(std::uint64_t secret)
      : hash_(secret), repeats_(hash_), senders_(hash_), receivers_(hash_) {}

  // In the order they were captured. `decoder` has read the packet, and knows its tunnel.
  void see(const capture::Frame& frame, const decode::Packet& packet,
           const decode::Decoder& decoder);
  // A frame that holds nothing but a TCP segment.
  void see(const capture::Frame& frame, const decode::Segment& segment,
           const decode::Decoder& decoder);

  // In the order in which they were first heard of.
  [[nodiscard]] const std::vector<Binding>& bindings() const { return bindings_; }
  [[nodiscard]] const std::vector<Incident>& incidents() const { return log_.incidents(); }
  // Messages about addresses that there was no room for.
  [[nodiscard]] std::uint64_t unkept() const { return unkept_; }
  // Whether frames to that MAC address alone were captured.
  [[nodiscard]] bool is_reached(const Network& network, const MacAddress& mac) const {
    return receivers_.has(network, mac);
  }

  // Nullptr: not heard of.
  [[nodiscard]] const Binding* find(const Network& network, const IpAddress& address) const;

 private:
  // What the message came in.
  struct Context {
    Timestamp time;
    std::uint64_t frame;
    Network network;
    Point point;
  };
  // The addresses of a packet and of the frame around it.
  struct Use {
    Timestamp time;
    std::uint64_t frame;
    Pair from;
    IpAddress to;
    std::optional<MacAddress> to_mac;  // nullopt: not in the frame
    std::uint8_t ttl;
    Point point;
  };

  [[nodiscard]] std::uint32_t hash_of(const Network& network, const IpAddress& address) const;
  [[nodiscard]] Binding* lookup(const Network& network, const IpAddress& address);
  // Made where there is none; nullptr where there is no room.
  [[nodiscard]] Binding* lookup_or_add(const Message& message, const IpAddress& address,
                                       const Context& at, bool is_claimed);
  [[nodiscard]] bool has_room(bool is_claimed) const;
  // `network`, at the link where `mac` (nullopt: whoever) has `address`, or that `point` is at;
  // where there is none, `otherwise` picks: the first, or a new one.
  enum class Otherwise : std::uint8_t { first, another };
  [[nodiscard]] Network on_link(Network network, const IpAddress& address,
                                const std::optional<MacAddress>& mac, Point point,
                                Otherwise otherwise = Otherwise::first) const;
  void note_frame(const Network& network, const std::optional<MacAddress>& source,
                  const std::optional<MacAddress>& destination);
  void note_point(const Message& message, const Context& at);

  void take(const Message& message, const Context& at);
  void take_probe(const Message& message, const Context& at);
  void take_question(const Message& message, const Context& at);
  void take_claim(const Message& message, const Context& at);
  void check_frame(const Message& message, const Context& at);
  void check_solicited(const Binding& binding, const Message& message, const Context& at);
  void check_probes(Binding& binding, const Message& message, const Context& at);
  void note_router(Binding& binding, const Message& message, const Context& at);
  void note_heard(Binding& binding, Timestamp time);
  void claim(Binding& binding, const Message& message, const Context& at);
  void take_over(Binding& binding, const Message& message, const Context& at);
  void note_both_active(Binding& binding, const MacAddress& mac, const Claim& other,
                        Protocol protocol, Timestamp time, std::uint64_t frame);

  // A decode::Packet or decode::Segment, whose fields have the same names.
  template <typename IpPacket>
  void see_traffic(const capture::Frame& frame, const IpPacket& packet,
                   const decode::Decoder& decoder);
  void see_use(const Network& network, const Use& use);
  void see_sent(Binding& binding, const Use& use);
  void see_received(Binding& binding, const Use& use);

  KeyedHash hash_;
  Repeats repeats_;
  HeardMacs senders_, receivers_;
  FlowIndex index_;
  std::vector<Binding> bindings_;
  IncidentLog log_;
  std::size_t claimed_ = 0;  // bindings that anybody claims
  std::uint64_t unkept_ = 0;
  std::optional<Timestamp> begin_;  // of the capture
};

}  // namespace tapstat::analysis::neighbors
