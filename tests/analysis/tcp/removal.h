// A capture that lacks packets may say less, and be less sure; it must not be sure of a state
// that the kernel cannot have been in.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/analysis/tcp/recording.h"

namespace tapstat::test {

// One connection, by its whole capture: the truth.
struct Whole {
  Recording frames;
  std::unique_ptr<analysis::Engine> engine;

  explicit Whole(Recording recording);

  // Begun, used and ended as connections are meant to be: with a handshake and a FIN of either end.
  [[nodiscard]] bool is_normal() const;
};

// What is wrong when that packet is missing: a line for each instant and end that is surely in a
// state which it had, by the whole capture, neither within a round trip nor between the packets
// before and after. Empty for nothing.
[[nodiscard]] std::string wrong_without(const Whole& whole, std::size_t packet);
// Likewise without several: those for which `gone` is true.
[[nodiscard]] std::string wrong_without(const Whole& whole, const std::vector<bool>& gone);

}  // namespace tapstat::test
