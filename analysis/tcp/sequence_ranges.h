// Which bytes of one direction were seen: everything up to an edge, and islands beyond it.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/seq.h"

namespace tapstat::analysis::tcp {

// Islands [first, end) above the edge of in-order data, sorted, apart from each other. Bounded:
// beyond kMaxIslands the farthest ones are forgotten, so that a hostile stream of one-byte islands
// costs no more than a fixed piece of memory (their bytes may then be counted again).
class Islands {
 public:
  static constexpr std::size_t kMaxIslands = 256;

  // Adds [first, end), all of it above the edge; returns how many of its bytes were not there yet.
  std::uint32_t add(Seq first, Seq end);

  // How many of its bytes lie below `edge`.
  [[nodiscard]] std::uint32_t bytes_below(Seq edge) const;

  // The edge moved to `edge`: swallows the islands it reached and returns where it now stands.
  [[nodiscard]] Seq absorb(Seq edge);

  void clear() { islands_.clear(); }
  [[nodiscard]] bool empty() const { return islands_.empty(); }

 private:
  struct Island {
    Seq first, end;
  };
  std::vector<Island> islands_;
};

}  // namespace tapstat::analysis::tcp
