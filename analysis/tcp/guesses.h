// Changes of state that nothing has proved yet, told at once to whoever watches
// (Settings::on_steps): the journal has a receipt only when it is proved (Journal), and that of a
// RST may never be.
//
// What is told stays consistent: a guess that turns out as it was told is not told again, only that
// it is sure; any other is taken back before what really happened is told.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "analysis/tcp/journal.h"

namespace tapstat::analysis::tcp {

class Guesses {
 public:
  // By end: what it went through beyond its journal, as far as anyone knows (Endpoint::guesses),
  // each with what the steps before say of the state that it left.
  struct Guess {
    Step step;
    StateLeft left;
  };
  using OfEnds = std::array<std::vector<Guess>, 2>;

  // Of one connection, by id: how its journal changed since the last call, and what is open now.
  // Adds to `told` what is to be told of both.
  void tell(std::uint32_t connection, std::span<const JournalChange> changes, const OfEnds& open,
            std::vector<JournalChange>& told);

  // Those of which something is open that was told, in ascending order.
  [[nodiscard]] std::vector<std::uint32_t> connections() const;

  // What was told of it stays as it is.
  void forget(std::uint32_t connection) { told_.erase(connection); }

 private:
  using Kind = JournalChange::Kind;

  static void pass_on(const JournalChange& change, OfEnds& guesses,
                      std::vector<JournalChange>& told);
  static bool turns_out(const JournalChange& change, std::vector<Guess>& guesses,
                        std::vector<JournalChange>& told);
  static void replace(std::uint32_t connection, int end, const std::vector<Guess>& open,
                      std::vector<Guess>& guesses, std::vector<JournalChange>& told);
  static void take_back(std::uint32_t connection, int end, std::size_t left,
                        std::vector<Guess>& guesses, std::vector<JournalChange>& told);

  std::unordered_map<std::uint32_t, OfEnds> told_;
};

}  // namespace tapstat::analysis::tcp
