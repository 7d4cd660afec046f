// Writes pcapng (draft-ietf-opsawg-pcapng) into a string: one section, its packets, its statistics.
// What is appended are whole blocks in this machine's byte order. No input or output happens here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "capture/frame.h"

namespace tapstat::capture {

struct WrittenInterface {
  std::string name;  // empty where it has none
  LinkType link{};
  std::uint32_t snaplen = 0;  // 0 for no limit
};

// What an interface counted from the capture's beginning on; nullopt where it cannot tell.
struct InterfaceStatistics {
  std::optional<std::uint64_t> received{};
  std::optional<std::uint64_t> kernel_dropped{};
  std::optional<std::uint64_t> interface_dropped{};
};

// A section header and the interfaces that it has, whose ids are their places in `interfaces`.
// Times are in nanoseconds.
void append_pcapng_header(std::string& out, std::span<const WrittenInterface> interfaces);

// An enhanced packet. Its frame has the link type of the interface. pcapng knows no time before
// 1970: what is earlier is written as 1970.
void append_pcapng_packet(std::string& out, const Frame& frame, std::uint32_t interface_id);

// `now`: when capturing ended.
void append_pcapng_statistics(std::string& out, std::uint32_t interface_id, Timestamp now,
                              const InterfaceStatistics& statistics);

// The bytes that append_pcapng_packet() appends for a frame.
[[nodiscard]] constexpr std::size_t pcapng_packet_size(const Frame& frame) {
  constexpr std::size_t kAround = 32;
  return kAround + (std::size_t{frame.captured_len} + 3) / 4 * 4;
}

// What is whole in the beginning of blocks that the functions above have made.
struct WholeBlocks {
  std::uint64_t packets = 0;
  std::size_t bytes = 0;
};
[[nodiscard]] WholeBlocks whole_blocks(std::string_view blocks);

}  // namespace tapstat::capture
