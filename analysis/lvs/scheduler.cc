#include "analysis/lvs/scheduler.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/lvs/schedulers/hashing.h"
#include "analysis/lvs/schedulers/least_loaded.h"
#include "analysis/lvs/schedulers/rotation.h"

namespace tapstat::analysis::lvs {

namespace {

constexpr std::array<std::string_view, kSchedulers> kNames = {
    "rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "mh", "dh", "fo", "ovf", "lblc", "lblcr"};

// Nothing is known of who prefers what; so flat, that a prior alone rules nobody out.
constexpr double kPersistent = 0.5;
constexpr double kStray = 0.1;  // share of repeats that may go elsewhere all the same

Explanation explain(Scheduler scheduler, const Sample& sample) {
  switch (scheduler) {
    case Scheduler::rr:
      return explain_by_rr(sample);
    case Scheduler::wrr:
      return explain_by_wrr(sample);
    case Scheduler::sh:
      return explain_by_sh(sample);
    case Scheduler::mh:
      return explain_by_mh(sample);
    case Scheduler::dh:
    case Scheduler::fo:
      return explain_by_staying(sample);
    default:
      return explain_by_load(sample, scheduler);
  }
}

// One way to read the choices: with or without persistence.
struct Reading {
  Sample sample;
  double log_prior;          // and the likelihood of what persistence explains
  bool holds_mostly = true;  // what it says of the choices that it explains
};

Reading without_persistence(const Trial& trial) {
  std::vector<std::uint32_t> all(trial.steps().size());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  return {.sample = Sample(trial, std::move(all)), .log_prior = std::log1p(-kPersistent)};
}

// ip_vs_sched_persist(): a client goes where its template says, and the scheduler is asked for its
// first contact alone. A template lives as long as an entry hangs on it, which no capture of some
// minutes outlasts (FIN_WAIT and TIME_WAIT are 120 s).
Reading with_persistence(const Trial& trial) {
  std::vector<std::uint16_t> templates = trial.earlier_servers();
  std::vector<std::uint16_t> strayed(trial.clients(), kUnknownServer);
  std::vector<std::uint32_t> first_contacts;
  Score repeats;
  for (std::uint32_t i = 0; i < trial.steps().size(); ++i) {
    const Step& step = trial.steps()[i];
    std::uint16_t& kept = templates[step.client];
    if (kept == kUnknownServer) {
      first_contacts.push_back(i);
      kept = step.server;
    } else if (step.server != kUnknownServer) {
      (step.server == kept ? repeats.hits : repeats.misses) += 1;
      // Once astray may be a choice misread; twice is another template.
      if (step.server != kept && strayed[step.client] == step.server) kept = step.server;
      strayed[step.client] = step.server;
    }
  }
  const Sample all = without_persistence(trial).sample;
  const double log_repeats = repeats.hits + repeats.misses > 0 ? log_likelihood(repeats, all) : 0;
  return {.sample = Sample(trial, std::move(first_contacts)),
          .log_prior = std::log(kPersistent) + log_repeats,
          .holds_mostly = repeats.misses <= kStray * (repeats.hits + repeats.misses)};
}

// What stands for one scheduler in the comparison.
struct Case {
  LogSum sum;
  double log_persistent = LogSum{}.value();
  Weights weights;  // of the better reading, by dense index
};

using Cases = std::array<Case, kSchedulers>;

void weigh(Cases& cases, const Reading& reading, bool is_persistent) {
  for (std::size_t s = 0; s < kSchedulers; ++s) {
    const Explanation explanation = explain(static_cast<Scheduler>(s), reading.sample);
    const double value = reading.log_prior + explanation.log_value();
    if (value > cases[s].sum.value()) cases[s].weights = explanation.weights();
    cases[s].sum.add(value);
    if (is_persistent) cases[s].log_persistent = value;
  }
}

// How far apart two schedulers are is only as good as the better of them fits. What the best one
// leaves unexplained, beyond what its parameters cost, is a sign of flaws that may as well have
// decided between the two; so all differences are made smaller by it.
double trust(double log_best, const Sample& sample) {
  constexpr double kParameters = 8;
  constexpr double kOneFlaw = 3;
  const double unexplained = log_flawless(sample) - log_best - kParameters;
  return 1 / (1 + std::max(0.0, unexplained) / kOneFlaw);
}

// Where each client keeps its server, all that tells schedulers apart is its first contact, and a
// few of these fit too much by chance.
double trust_in_contacts(const Reading& persistent) {
  constexpr double kFew = 6;
  if (!persistent.holds_mostly) return 1;
  const auto contacts = static_cast<double>(persistent.sample.known);
  return contacts / (contacts + kFew);
}

std::vector<Candidate> ranked(const Cases& cases, const Reading& plain, const Reading& persistent) {
  double best = LogSum{}.value();
  for (const Case& c : cases) best = std::max(best, c.sum.value());
  const double by = trust(best, plain.sample) * trust_in_contacts(persistent);
  double total = 0;
  std::vector<Candidate> all;
  for (std::size_t s = 0; s < kSchedulers; ++s) {
    all.push_back({.name = static_cast<Scheduler>(s),
                   .confidence = std::exp(by * (cases[s].sum.value() - best))});
    total += all.back().confidence;
  }
  for (Candidate& c : all) c.confidence /= total;
  std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return a.confidence > b.confidence;
  });
  const double least = all.front().confidence / kNamedFactor;
  std::erase_if(all, [least](const Candidate& c) { return c.confidence < least; });
  return all;
}

// A scheduler that keeps a client to its server anyway says nothing of persistence.
bool is_persistence_likely(const Cases& cases) {
  LogSum total;
  LogSum persistent;
  for (std::size_t s = 0; s < kSchedulers; ++s) {
    total.add(cases[s].sum.value());
    const auto name = static_cast<Scheduler>(s);
    const bool keeps = name == Scheduler::sh || name == Scheduler::mh || name == Scheduler::dh ||
                       name == Scheduler::fo;
    if (!keeps) persistent.add(cases[s].log_persistent);
  }
  return persistent.value() - total.value() > std::log(0.5);
}

// One real server is all that any scheduler could give.
SchedulerGuess anything() {
  SchedulerGuess guess;
  for (std::size_t s = 0; s < kSchedulers; ++s) {
    guess.candidates.push_back(
        {.name = static_cast<Scheduler>(s), .confidence = 1.0 / kSchedulers});
  }
  return guess;
}

std::vector<std::uint32_t> by_original_index(const Trial& trial, const Weights& dense) {
  // Weights of servers that were never chosen are not known, so then none is.
  if (dense.empty() || dense.size() != trial.history().servers) return {};
  std::vector<std::uint32_t> weights(dense.size());
  for (std::size_t s = 0; s < dense.size(); ++s) weights[trial.original(s)] = dense[s];
  return weights;
}

// The longest pause after which a client found its server again.
std::optional<std::chrono::seconds> longest_return(const Trial& trial) {
  struct Contact {
    Timestamp time{};
    std::uint16_t server = kUnknownServer;
  };
  std::vector<Contact> last(trial.clients());
  std::optional<std::chrono::nanoseconds> longest;
  for (const Step& step : trial.steps()) {
    if (step.server == kUnknownServer) continue;
    const Timestamp now = trial.history().choices[step.choice].time;
    Contact& contact = last[step.client];
    if (contact.server == step.server) {
      longest = std::max(longest.value_or(now - contact.time), now - contact.time);
    }
    contact = {.time = now, .server = step.server};
  }
  if (!longest) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*longest);
}

}  // namespace

std::string_view name_of(Scheduler scheduler) {
  return kNames[static_cast<std::size_t>(scheduler)];
}

SchedulerGuess guess_scheduler(const ServiceHistory& history) {
  const Trial trial(history);
  SchedulerGuess guess;
  if (trial.servers() == 0) return guess;
  if (trial.servers() == 1) return anything();

  Cases cases;
  const Reading plain = without_persistence(trial);
  weigh(cases, plain, false);
  const Reading persistent = with_persistence(trial);
  if (persistent.sample.steps.size() < trial.steps().size()) weigh(cases, persistent, true);

  guess.candidates = ranked(cases, plain, persistent);
  guess.determined =
      guess.candidates.size() == 1 && trial.steps().size() >= kChoicesPerServer * trial.servers();
  guess.weights = by_original_index(
      trial, cases[static_cast<std::size_t>(guess.candidates.front().name)].weights);
  guess.is_persistent = trial.clients() > 1 && is_persistence_likely(cases);
  if (guess.is_persistent) guess.persistence = longest_return(trial);
  return guess;
}

std::string in_words(const SchedulerGuess& guess) {
  if (guess.determined) return std::string(name_of(guess.candidates.front().name));
  std::string words = "undetermined";
  for (std::size_t i = 0; i < guess.candidates.size(); ++i) {
    const bool is_last = i + 1 == guess.candidates.size();
    words += i == 0 ? ": " : (is_last ? " or " : ", ");
    words += name_of(guess.candidates[i].name);
  }
  return words;
}

}  // namespace tapstat::analysis::lvs
