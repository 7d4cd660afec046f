// Packets that are made to fill tables, or to make the work on them longer than it has to be.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/packet_builder.h"

namespace tapstat::test {

struct Attack {
  std::string name;
  // The `i`th packet: `frame` is as `first` or the one before left it.
  Buffer first;
  std::function<void(Buffer& frame, std::uint32_t i)> change;
  std::uint16_t points = 1;  // interfaces, of which each has its turn
};

// Each for one kind of thing of which there may be too many.
[[nodiscard]] std::vector<Attack> attacks();
// What a connection of an ordinary host looks like, packet after packet: what others are measured
// by.
[[nodiscard]] Attack ordinary_traffic();

}  // namespace tapstat::test
