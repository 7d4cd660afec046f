// What the blocks before the packets of a pcapng section say: byte order, interfaces, statistics.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capture/byte_order.h"
#include "capture/pcapng_options.h"
#include "capture/source.h"
#include "capture/tick_scale.h"

namespace tapstat::capture {

// draft-ietf-opsawg-pcapng section 4.2.
struct PcapngInterface {
  LinkType link{};
  std::uint16_t number = 0;   // index of InputInfo::interfaces; those past the last have that
  std::uint32_t snaplen = 0;  // 0 for no limit
  std::uint32_t max_len = 0;  // what a packet of this link type may hold
  TickScale scale;
  std::optional<std::uint64_t> kernel_dropped, interface_dropped;  // of its latest statistics
};

// Takes whole blocks whose type and lengths have been checked, fixed part included. What concerns
// the whole file goes into the InputInfo. A string returned says what is wrong with a block.
class PcapngSection {
 public:
  // Fixed parts, with the type and both lengths.
  static constexpr std::size_t kMinHeader = 28, kMinInterface = 20, kMinStatistics = 24;
  // A file cannot make us remember more than this; the obsolete packet block counts no further
  // either.
  static constexpr std::size_t kMaxInterfaces = 65536;

  // The byte order that a section header block's first twelve bytes tell; nullopt for none.
  [[nodiscard]] static std::optional<ByteOrder> byte_order(Bytes block);

  // The version a section header block has, in words, where it is none of those that are defined:
  // 1.0, and 1.2 which some writers put and means the same.
  [[nodiscard]] static std::optional<std::string> unreadable_version(Bytes block, ByteOrder order);

  // A section header: interfaces begin anew.
  void begin(Bytes block, ByteOrder order, InputInfo& info);
  [[nodiscard]] std::optional<std::string> add_interface(Bytes block, InputInfo& info);
  // Of each interface the last statistics count. Those of an unknown interface are passed over: no
  // packet depends on them.
  void add_statistics(Bytes block, InputInfo& info);

  [[nodiscard]] ByteOrder order() const { return order_; }
  [[nodiscard]] const std::vector<PcapngInterface>& interfaces() const { return interfaces_; }

 private:
  static void keep_comment(Bytes value, InputInfo& info);
  void note_link_type(LinkType link, InputInfo& info);

  ByteOrder order_;
  std::vector<PcapngInterface> interfaces_;
  std::bitset<65536> seen_link_types_;
};

}  // namespace tapstat::capture
