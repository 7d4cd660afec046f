// The translation tables of boxes that rewrite addresses and are no virtual servers: masquerading
// gateways, port forwards, port maps of containers.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/forwarding/handover.h"
#include "analysis/model.h"
#include "analysis/socket.h"
#include "decode/mac_address.h"

namespace tapstat::analysis::nat {

using capture::Timestamp;

enum class Kind : std::uint8_t { snat, dnat, both };
inline constexpr std::array<std::string_view, 3> kKindNames = {"snat", "dnat", "both"};

struct Tuple {
  Socket source, destination;  // of ICMP echo the ports are the identifier
  friend bool operator==(const Tuple&, const Tuple&) = default;
};

// A line of `conntrack -L`.
struct Translation {
  std::uint8_t protocol = 0;  // of IP
  Tuple original;             // as the client sent it
  Tuple translated;           // as it went on
  Kind kind{};
  std::vector<decode::MacAddress> macs;  // of the box, as far as they are seen
  Timestamp first{}, last{};
  std::uint64_t frame = 0;                 // the first
  std::uint32_t packets = 0, replies = 0;  // each once
  std::vector<std::uint32_t> connections;  // ids of tcp or flows records
  bool sure = false;                       // who asked was seen, and not only guessed by port
};

// Of find_middleboxes(): `handovers` are those of no service (lvs::Rewritten), and the model has
// legs. In order of time.
[[nodiscard]] std::vector<Translation> find_translations(
    const Model& model, std::span<const forwarding::Handover> handovers);

}  // namespace tapstat::analysis::nat
