#include "analysis/lvs/schedulers/load_replay.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace tapstat::analysis::lvs {

namespace {
constexpr std::size_t kAhead = 8;       // choices looked at to judge a mending
constexpr std::size_t kMostMended = 3;  // connections at once
constexpr double kOtherViewHit = 0.7;   // right only if two events are swapped
}  // namespace

TieBreak::TieBreak(const ListOrder& order) {
  ServerSet passed = 0;
  for (const std::uint8_t server : order) {
    before_[server] = passed;
    passed |= ServerSet{1} << server;
  }
}

std::uint16_t TieBreak::first(ServerSet best) const {
  for (ServerSet left = best; left != 0; left &= left - 1) {
    const auto server = static_cast<std::uint16_t>(std::countr_zero(left));
    if (allows(server, best)) return server;
  }
  return kUnknownServer;
}

LoadReplay::LoadReplay(const Sample& sample, Scheduler scheduler, const Weights& weights,
                       const TieBreak& ties)
    : sample_(&sample),
      ties_(&ties),
      looks_at_inactive_(scheduler != Scheduler::sed && scheduler != Scheduler::nq &&
                         scheduler != Scheduler::ovf),
      remembers_(scheduler == Scheduler::lblc || scheduler == Scheduler::lblcr),
      belief_{.rule = ChoiceRule(scheduler, weights),
              .offsets = std::vector<Load>(weights.size()),
              .imputed = {}} {
  for (const Choice& older : sample.trial->history().before) {
    const std::uint16_t server = sample.trial->dense(older.server);
    if (server != kUnknownServer) belief_.rule.chosen(server);
  }
}

ServerSet LoadReplay::best(const Belief& belief, std::size_t at, View view) const {
  std::array<Load, kMaxServers> loads;
  const Load* counted = sample_->trial->loads(sample_->steps[at], view);
  for (std::size_t s = 0; s < belief.offsets.size(); ++s) {
    loads[s] = {std::max(counted[s].active + belief.offsets[s].active, 0),
                std::max(counted[s].inactive + belief.offsets[s].inactive, 0)};
  }
  return belief.rule.best(loads.data());
}

double LoadReplay::hit(const Belief& belief, std::size_t at) const {
  const Step& s = step(at);
  if (ties_->allows(s.server, best(belief, at, View::exact))) return 1;
  if (!s.ambiguous) return 0;
  const bool other = ties_->allows(s.server, best(belief, at, View::early)) ||
                     ties_->allows(s.server, best(belief, at, View::late));
  return other ? kOtherViewHit : 0;
}

void LoadReplay::impute(Belief& belief, std::size_t at, std::uint16_t server,
                        std::int32_t connections) const {
  const Choice& choice = sample_->trial->history().choices[step(at).choice];
  const bool is_active = choice.inactive_from > choice.time && !sample_->trial->history().is_udp;
  Load& offset = belief.offsets[server];
  (is_active ? offset.active : offset.inactive) += connections;
  belief.imputed.push_back({&choice, server, connections, is_active});
  belief.next_change = std::min(
      {belief.next_change, choice.gone_at, is_active ? choice.inactive_from : Timestamp::max()});
}

void LoadReplay::impute_to_predicted(Belief& belief, std::size_t at) const {
  const std::uint16_t server = ties_->first(best(belief, at, View::exact));
  if (server == kUnknownServer) return;
  belief.rule.chosen(server);
  impute(belief, at, server, 1);
}

// Imputed connections turn inactive and go as the others do.
void LoadReplay::settle(Belief& belief, std::size_t at) const {
  const Timestamp now = sample_->trial->history().choices[step(at).choice].time;
  if (belief.next_change > now) return;
  belief.next_change = Timestamp::max();
  std::erase_if(belief.imputed, [&](Imputed& i) {
    Load& offset = belief.offsets[i.server];
    if (i.choice->gone_at <= now) {
      (i.is_active ? offset.active : offset.inactive) -= i.connections;
      return true;
    }
    if (i.is_active && i.choice->inactive_from <= now) {
      offset.active -= i.connections;
      offset.inactive += i.connections;
      i.is_active = false;
    }
    belief.next_change = std::min({belief.next_change, i.choice->gone_at,
                                   i.is_active ? i.choice->inactive_from : Timestamp::max()});
    return false;
  });
}

double LoadReplay::fit_ahead(Belief belief, std::size_t at) const {
  double hits = 0;
  const std::size_t end = std::min(at + kAhead, sample_->steps.size());
  for (; at < end; ++at) {
    settle(belief, at);
    const std::uint16_t server = step(at).server;
    if (server == kUnknownServer) {
      impute_to_predicted(belief, at);
      continue;
    }
    const double h = hit(belief, at);
    hits += h;
    if (h > 0) belief.rule.chosen(server);
  }
  return hits;
}

// The choice was misread and is the predicted server's; or the chosen server had less than was
// counted, or the predicted one more.
std::vector<LoadReplay::Belief> LoadReplay::mendings(std::size_t at) const {
  const std::uint16_t chosen = step(at).server;
  const std::uint16_t predicted = ties_->first(best(belief_, at, View::exact));
  std::vector<Belief> all;
  const auto add = [&](Belief belief) {
    belief.rule.chosen(chosen);
    all.push_back(std::move(belief));
  };
  if (remembers_) add(belief_);
  if (predicted == kUnknownServer) return all;
  Belief misread = belief_;
  impute_to_predicted(misread, at);
  impute(misread, at, chosen, -1);
  all.push_back(std::move(misread));
  // By as little as makes it fit, for one of the two.
  const auto change = [&](std::uint16_t server, std::int32_t Load::*count, std::int32_t by) {
    Belief changed = belief_;
    for (std::size_t i = 0; i < kMostMended; ++i) {
      changed.offsets[server].*count += by;
      if (!ties_->allows(chosen, best(changed, at, View::exact))) continue;
      add(std::move(changed));
      return;
    }
  };
  change(chosen, &Load::active, -1);
  change(predicted, &Load::active, 1);
  if (!looks_at_inactive_) return all;
  change(chosen, &Load::inactive, -1);
  change(predicted, &Load::inactive, 1);
  return all;
}

void LoadReplay::mend(std::size_t at) {
  double best_fit = fit_ahead(belief_, at + 1);
  for (Belief& belief : mendings(at)) {
    const double fit = fit_ahead(belief, at + 1);
    if (fit <= best_fit) continue;
    best_fit = fit;
    belief_ = std::move(belief);
  }
}

Score LoadReplay::run(std::size_t count, double most_misses, bool mends) {
  Score score;
  const std::size_t end = std::min(count, sample_->steps.size());
  for (std::size_t at = 0; at < end; ++at) {
    settle(belief_, at);
    const std::uint16_t server = step(at).server;
    if (server == kUnknownServer) {
      impute_to_predicted(belief_, at);
      continue;
    }
    const double h = hit(belief_, at);
    score.hits += h;
    // A swap of two choices costs here what it costs a rotation.
    score.misses += h < 1 && step(at).raced ? kRacedMiss : 1 - h;
    if (h > 0) {
      belief_.rule.chosen(server);
    } else {
      if (score.misses > most_misses) {
        score.misses += static_cast<double>(end - at - 1);
        return score;
      }
      if (mends) mend(at);
    }
  }
  return score;
}

}  // namespace tapstat::analysis::lvs
