// One load-weighing scheduler with given weights, played over the choices that were made.
#pragma once

#include <array>
#include <vector>

#include "analysis/lvs/schedulers/load_rules.h"
#include "analysis/lvs/schedulers/weights.h"

namespace tapstat::analysis::lvs {

// Who is taken among equals: the first in the list, or anyone as long as the list is not known.
class TieBreak {
 public:
  TieBreak() = default;
  explicit TieBreak(const ListOrder& order);
  [[nodiscard]] bool allows(std::uint16_t server, ServerSet best) const {
    return (best >> server & 1) != 0 && (best & before_[server]) == 0;
  }
  [[nodiscard]] std::uint16_t first(ServerSet best) const;

 private:
  std::array<ServerSet, kMaxServers> before_{};
};

// Counts that are off stay off for minutes, and a choice that was missed or taken for another puts
// them off. So a choice that does not fit may be taken as a sign of that: the counts are mended by
// the smallest change that makes it fit, if what follows then fits better. Every mending has cost
// the miss that called for it.
class LoadReplay {
 public:
  LoadReplay(const Sample& sample, Scheduler scheduler, const Weights& weights,
             const TieBreak& ties);
  // Over the first `count` steps. Gives up, with all the rest missed, beyond `most_misses`.
  [[nodiscard]] Score run(std::size_t count, double most_misses, bool mends = true);

 private:
  // A connection believed to be another server's than the one seen, or one's at all.
  struct Imputed {
    const Choice* choice;
    std::uint16_t server;
    std::int32_t connections;  // 1, or -1 where it was counted for a server that did not get it
    bool is_active;
  };
  // What is believed beyond what was counted.
  struct Belief {
    ChoiceRule rule;
    std::vector<Load> offsets;     // with those of `imputed` as they stand
    std::vector<Imputed> imputed;  // whose entries will still change
    Timestamp next_change = Timestamp::max();
  };

  void impute(Belief& belief, std::size_t at, std::uint16_t server, std::int32_t connections) const;
  void impute_to_predicted(Belief& belief, std::size_t at) const;
  void settle(Belief& belief, std::size_t at) const;
  [[nodiscard]] ServerSet best(const Belief& belief, std::size_t at, View view) const;
  [[nodiscard]] double hit(const Belief& belief, std::size_t at) const;
  [[nodiscard]] double fit_ahead(Belief belief, std::size_t at) const;
  void mend(std::size_t at);
  [[nodiscard]] std::vector<Belief> mendings(std::size_t at) const;
  [[nodiscard]] const Step& step(std::size_t at) const {
    return sample_->trial->steps()[sample_->steps[at]];
  }

  const Sample* sample_;
  const TieBreak* ties_;
  bool looks_at_inactive_;
  bool remembers_;
  Belief belief_;
};

}  // namespace tapstat::analysis::lvs
