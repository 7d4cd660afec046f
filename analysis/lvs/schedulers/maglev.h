// The lookup table of ip_vs_mh.c (Maglev hashing, Eisenbud and others, NSDI 2016, section 3.4), as
// a 64-bit kernel with the default CONFIG_IP_VS_MH_TAB_INDEX builds it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/lvs/scheduler.h"
#include "analysis/lvs/schedulers/weights.h"

namespace tapstat::analysis::lvs {

inline constexpr std::size_t kMaglevTable = 4093;

// An address as IPVS folds it into 32 bits before hashing, in host order.
[[nodiscard]] std::uint32_t folded(const IpAddress& address);

// ip_vs_mh_hashkey() with the first of the two fixed keys; `key` is the folded address plus port.
[[nodiscard]] std::size_t maglev_cell(std::uint32_t key);

class MaglevTable {
 public:
  MaglevTable(std::span<const ServerAddress> servers, const Weights& weights,
              const ListOrder& order);
  // Index into `servers` of whoever has the cell.
  [[nodiscard]] std::size_t server(std::size_t cell) const { return cells_[cell]; }

 private:
  std::vector<std::uint8_t> cells_;
};

}  // namespace tapstat::analysis::lvs
