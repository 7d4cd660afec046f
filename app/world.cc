#include "app/world.h"

#include <sys/random.h>

#include <utility>

#include "app/engine_settings.h"

namespace tapstat::app {

using analysis::tcp::Connection;
using analysis::tcp::ConnectionChoice;

namespace {

[[nodiscard]] std::uint64_t random_secret() {
  std::uint64_t secret = 0;
  // Without entropy (never, on a Linux that has booted) a fixed key is still a working hash.
  if (getrandom(&secret, sizeof secret, 0) != sizeof secret) secret = 0x9e3779b97f4a7c15u;
  return secret;
}

}  // namespace

World::World(const Options& options, Inputs inputs, Listeners listeners, Reopen reopen)
    : options_(options),
      secret_(random_secret()),
      listeners_(std::move(listeners)),
      reopen_(std::move(reopen)),
      inputs_(std::move(inputs)),
      log_(options.is_dashboard ? ConnectionChoice{Connection::kNone} : options.connection),
      events_(logged_events(options), memory_of_each_table(options)) {
  if (options.names) names_.emplace(hosts_);
  engine_ = make_engine();
}

std::unique_ptr<analysis::Engine> World::make_engine() {
  analysis::tcp::Settings settings = tcp_settings(options_);
  if (needs_segment_log(options_)) settings.log = &log_;
  if (needs_event_log(options_)) settings.events = &events_;
  settings.on_end = listeners_.on_end;
  settings.on_steps = listeners_.on_steps;
  analysis::Wanted wanted = what_is_wanted(options_);
  wanted.memory = memory_of_each_table(options_);
  return std::make_unique<analysis::Engine>(secret_, settings, wanted,
                                            options_.names ? &hosts_ : nullptr);
}

void World::load_names() {
  if (names_) names_->load();
}

void World::follow(const analysis::tcp::ConnectionChoice& choice) {
  log_ = analysis::tcp::SegmentLog(choice);
}

void World::trim_log() {
  constexpr std::uint32_t kMost = 200'000;
  if (log_.size() >= kMost) follow(*log_.connection());
}

bool World::restart(const analysis::tcp::ConnectionChoice& choice) {
  const auto filter =
      inputs_.filtered != nullptr ? std::optional{inputs_.filtered->filter()} : std::nullopt;
  auto again = reopen_ ? reopen_() : reopen_captures(options_, filter);
  if (!again || !again->all_opened) return false;
  // The engine first: it borrows what is logged.
  engine_.reset();
  inputs_ = std::move(*again);
  follow(choice);
  hosts_ = analysis::HostNames{};
  events_ = analysis::tcp::EventLog(logged_events(options_), memory_of_each_table(options_));
  engine_ = make_engine();
  return true;
}

}  // namespace tapstat::app
