#include "analysis/tcp/guesses.h"

#include <algorithm>

namespace tapstat::analysis::tcp {
namespace {

[[nodiscard]] bool is_same_change(const Step& a, const Step& b) {
  return a.time == b.time && a.from == b.from && a.to == b.to && a.cause == b.cause &&
         a.frame == b.frame;
}

}  // namespace

void Guesses::tell(std::uint32_t connection, std::span<const JournalChange> changes,
                   const OfEnds& open, std::vector<JournalChange>& told) {
  OfEnds guesses;
  if (const auto known = told_.find(connection); known != told_.end()) {
    guesses = std::move(known->second);
    told_.erase(known);
  }
  for (const JournalChange& change : changes) pass_on(change, guesses, told);
  for (int end = 0; end < 2; ++end) {
    const auto i = static_cast<std::size_t>(end);
    replace(connection, end, open[i], guesses[i], told);
  }
  if (!guesses[0].empty() || !guesses[1].empty()) told_.emplace(connection, std::move(guesses));
}

std::vector<std::uint32_t> Guesses::connections() const {
  std::vector<std::uint32_t> all;
  all.reserve(told_.size());
  for (const auto& [connection, guesses] : told_) all.push_back(connection);
  std::sort(all.begin(), all.end());
  return all;
}

void Guesses::pass_on(const JournalChange& change, OfEnds& guesses,
                      std::vector<JournalChange>& told) {
  if (change.kind == Kind::turned) {
    for (int end = 0; end < 2; ++end) {
      take_back(change.connection, end, 0, guesses[static_cast<std::size_t>(end)], told);
    }
  } else if (change.kind != Kind::vouched) {
    if (turns_out(change, guesses[change.end], told)) return;
    take_back(change.connection, change.end, 0, guesses[change.end], told);
  }
  told.push_back(change);
}

// Whether the change is what was guessed, and there is no more to tell than that it is sure.
bool Guesses::turns_out(const JournalChange& change, std::vector<Guess>& guesses,
                        std::vector<JournalChange>& told) {
  if (change.kind != Kind::appended || guesses.empty()) return false;
  const Guess& guess = guesses.front();
  const bool is_it = is_same_change(guess.step, change.step) &&
                     guess.left.held == change.left.held && guess.step.sure <= change.step.sure;
  if (!is_it) return false;
  if (guess.step.sure != change.step.sure) {
    JournalChange proved = change;
    proved.kind = Kind::vouched;
    proved.step = guess.step;
    told.push_back(proved);
  }
  guesses.erase(guesses.begin());
  return true;
}

void Guesses::replace(std::uint32_t connection, int end, const std::vector<Guess>& open,
                      std::vector<Guess>& guesses, std::vector<JournalChange>& told) {
  const auto same = std::mismatch(guesses.begin(), guesses.end(), open.begin(), open.end(),
                                  [](const Guess& a, const Guess& b) {
                                    return is_same_change(a.step, b.step) &&
                                           a.step.sure == b.step.sure && a.left.held == b.left.held;
                                  });
  const auto stay = static_cast<std::size_t>(same.first - guesses.begin());
  take_back(connection, end, stay, guesses, told);
  for (std::size_t i = stay; i < open.size(); ++i) {
    guesses.push_back(open[i]);
    told.push_back({.kind = Kind::appended,
                    .end = static_cast<std::uint8_t>(end),
                    .connection = connection,
                    .step = open[i].step,
                    .left = open[i].left});
  }
}

// The last one first, until so many are left.
void Guesses::take_back(std::uint32_t connection, int end, std::size_t left,
                        std::vector<Guess>& guesses, std::vector<JournalChange>& told) {
  for (; guesses.size() > left; guesses.pop_back()) {
    told.push_back({.kind = Kind::taken_back,
                    .end = static_cast<std::uint8_t>(end),
                    .connection = connection,
                    .step = guesses.back().step,
                    .left = guesses.back().left});
  }
}

}  // namespace tapstat::analysis::tcp
