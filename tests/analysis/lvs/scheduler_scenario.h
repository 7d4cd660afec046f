// Random virtual services: real servers that may be dead or quiesced, clients that hold their
// connections for different times, and a capture that sees their choices with some flaws.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/lvs/scheduler.h"

namespace tapstat::analysis::lvs::sim {

struct Scenario {
  std::string scheduler;
  std::vector<int> weights;  // in list order
  bool is_persistent = false;
  bool by_port = false;
  // What the analysis is told.
  std::vector<Choice> choices, before;
  std::vector<ServerAddress> addresses;
  bool is_udp = false;

  [[nodiscard]] ServiceHistory history() const {
    return {.choices = choices,
            .before = before,
            .servers = addresses.size(),
            .is_udp = is_udp,
            .addresses = addresses};
  }
  [[nodiscard]] std::string describe() const;
};

struct Wish {
  std::string scheduler = {};     // drawn where empty
  std::vector<int> weights = {};  // drawn where empty
  double flaws = 0;         // share of choices that are reported wrong, and of those not known
  bool plain = false;       // no dead, quiesced or persistent, TCP, all seen from the start
  std::size_t choices = 0;  // drawn (60 to 200) where 0
};

[[nodiscard]] Scenario draw(std::uint64_t seed, const Wish& wish);

}  // namespace tapstat::analysis::lvs::sim
