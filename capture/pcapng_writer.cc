#include "capture/pcapng_writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace tapstat::capture {
namespace {

// Block types, draft-ietf-opsawg-pcapng section 4.
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a, kInterfaceDescription = 1,
                        kInterfaceStatistics = 5, kEnhancedPacket = 6;
constexpr std::uint16_t kUserApplication = 4;                 // of a section
constexpr std::uint16_t kName = 2, kTimestampResolution = 9;  // of an interface
// Of statistics.
constexpr std::uint16_t kEndTime = 3, kReceived = 4, kInterfaceDropped = 5, kKernelDropped = 7;
constexpr std::size_t kLengthAt = 4;  // of a block
constexpr std::size_t kTrailerLen = 4;

template <typename T>
[[nodiscard]] std::array<char, sizeof(T)> bytes_of(const T& value) {
  return std::bit_cast<std::array<char, sizeof(T)>>(value);
}

template <typename T>
void put(std::string& out, const T& value) {
  const auto bytes = bytes_of(value);
  out.append(bytes.data(), bytes.size());
}

[[nodiscard]] constexpr std::size_t padding(std::size_t len) { return (4 - len % 4) % 4; }

// Returns where the block begins, for end_block().
[[nodiscard]] std::size_t begin_block(std::string& out, std::uint32_t type) {
  const std::size_t begin = out.size();
  put(out, std::array{type, std::uint32_t{0}});
  return begin;
}

void end_block(std::string& out, std::size_t begin) {
  const auto size = static_cast<std::uint32_t>(out.size() - begin + kTrailerLen);
  std::memcpy(out.data() + begin + kLengthAt, &size, sizeof size);
  put(out, size);
}

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
  value = value.substr(0, 0xffff);
  put(out, std::array{code, static_cast<std::uint16_t>(value.size())});
  out.append(value).append(padding(value.size()), '\0');
}

void put_count(std::string& out, std::uint16_t code, std::optional<std::uint64_t> count) {
  if (!count) return;
  const auto bytes = bytes_of(*count);
  put_option(out, code, {bytes.data(), bytes.size()});
}

void put_end_of_options(std::string& out) { put(out, std::uint32_t{0}); }

struct Ticks {
  std::uint32_t high, low;
};

[[nodiscard]] Ticks ticks_of(Timestamp time) {
  const std::int64_t since_epoch = time.time_since_epoch().count();
  const auto ticks = static_cast<std::uint64_t>(std::max(since_epoch, std::int64_t{0}));
  return {static_cast<std::uint32_t>(ticks >> 32), static_cast<std::uint32_t>(ticks)};
}

// Section 4.1.
void append_section_header(std::string& out) {
  constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
  constexpr std::uint64_t kLengthNotStated = ~std::uint64_t{0};
  const std::size_t begin = begin_block(out, kSectionHeader);
  put(out, kByteOrderMagic);
  put(out, std::array<std::uint16_t, 2>{1, 0});  // version
  put(out, kLengthNotStated);
  put_option(out, kUserApplication, "tapstat");
  put_end_of_options(out);
  end_block(out, begin);
}

// Section 4.2.
void append_interface(std::string& out, const WrittenInterface& interface) {
  constexpr std::string_view kNanoseconds{"\x09"};  // a power of ten, negated
  const std::size_t begin = begin_block(out, kInterfaceDescription);
  put(out, std::array<std::uint16_t, 2>{static_cast<std::uint16_t>(interface.link), 0});
  put(out, interface.snaplen);
  if (!interface.name.empty()) put_option(out, kName, interface.name);
  put_option(out, kTimestampResolution, kNanoseconds);
  put_end_of_options(out);
  end_block(out, begin);
}

}  // namespace

void append_pcapng_header(std::string& out, std::span<const WrittenInterface> interfaces) {
  append_section_header(out);
  for (const WrittenInterface& interface : interfaces) append_interface(out, interface);
}

// Section 4.3. The length is known before, so that the fixed part is one copy.
void append_pcapng_packet(std::string& out, const Frame& frame, std::uint32_t interface_id) {
  const auto size = static_cast<std::uint32_t>(pcapng_packet_size(frame));
  const auto [high, low] = ticks_of(frame.time);
  put(out, std::array{kEnhancedPacket, size, interface_id, high, low, frame.captured_len,
                      frame.wire_len});
  const void* data = frame.data;
  out.append(static_cast<const char*>(data), frame.captured_len);
  out.append(padding(frame.captured_len), '\0');
  put(out, size);
}

// Section 4.6.
void append_pcapng_statistics(std::string& out, std::uint32_t interface_id, Timestamp now,
                              const InterfaceStatistics& statistics) {
  const std::size_t begin = begin_block(out, kInterfaceStatistics);
  const auto [high, low] = ticks_of(now);
  put(out, std::array{interface_id, high, low});
  put(out, std::array<std::uint16_t, 2>{kEndTime, sizeof high + sizeof low});
  put(out, std::array{high, low});
  put_count(out, kReceived, statistics.received);
  put_count(out, kInterfaceDropped, statistics.interface_dropped);
  put_count(out, kKernelDropped, statistics.kernel_dropped);
  put_end_of_options(out);
  end_block(out, begin);
}

WholeBlocks whole_blocks(std::string_view blocks) {
  std::array<std::uint32_t, 2> type_and_size{};
  WholeBlocks whole;
  while (blocks.size() - whole.bytes >= sizeof type_and_size) {
    std::memcpy(type_and_size.data(), blocks.data() + whole.bytes, sizeof type_and_size);
    const auto [type, size] = type_and_size;
    if (size == 0 || size > blocks.size() - whole.bytes) break;
    if (type == kEnhancedPacket) ++whole.packets;
    whole.bytes += size;
  }
  return whole;
}

}  // namespace tapstat::capture
