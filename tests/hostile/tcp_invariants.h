// What must hold of TCP connections whatever was captured: checked while they are followed, and at
// the end. Where it does not, the program ends (fail).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "analysis/model.h"
#include "analysis/tcp/connections.h"

namespace tapstat::test {

// Whether a step goes along an arrow of figure5.h, or by one of the rules of docs/inference.md that
// draw none: silence and proof change how sure a state is; a socket goes on in a new incarnation;
// a FIN that was none is left out of what is told.
[[nodiscard]] bool is_legal(const analysis::tcp::Step& step);

// Of connections while they are followed: counters never shrink, and all packets are somebody's.
class Counters {
 public:
  // Between frames.
  void check(const analysis::Model& model);

 private:
  struct Counted {
    std::array<std::uint64_t, 2> packets{}, wire_bytes{}, duplicates{}, bytes{};
    analysis::Timestamp first{}, last{};
  };
  [[nodiscard]] static Counted of(const analysis::tcp::Connection& c);

  std::map<std::uint32_t, Counted> last_;  // by id
  std::uint64_t tcp_ = 0, packets_ = 0, given_up_ = 0;
};

// The steps that a listener is told of (tcp::OnSteps), applied as they come.
class ToldSteps {
 public:
  void take(std::span<const analysis::tcp::JournalChange> changes);
  // Of connections that are still there, what was told is what the journal has.
  void check(const analysis::Model& model) const;

 private:
  std::map<std::pair<std::uint32_t, int>, std::vector<analysis::tcp::Step>> steps_;
};

// Once the input has ended; the model has a journal. Every step is legal, each goes on from the
// last one in place and time, and the last one leads to where the end stands.
void check_journal(const analysis::Model& model);
// What each end is said to be can be.
void check_ends(const analysis::Model& model);
// What both ends of a connection surely are can be true at once. The model has a journal. Not where
// packets came late: what they should have answered may have been taken for missing
// (docs/faults.md).
void check_sure_ends(const analysis::Model& model);
// Two models of the same frames, of engines that were asked for different things. As long as the
// input goes on, one of them tells some connections as if it ended there (Tracker::connection):
// what is sure is the same all the same.
void check_same(const analysis::Model& one, const analysis::Model& other);
void check_same_so_far(const analysis::Model& one, const analysis::Model& other);

}  // namespace tapstat::test
