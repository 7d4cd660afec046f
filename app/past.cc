#include "app/past.h"

#include <utility>

#include "app/engine_settings.h"
#include "app/player.h"
#include "app/presenter.h"

namespace tapstat::app {
namespace {

// As if the frames were read from a capture. Without names: they would be read from files anew.
[[nodiscard]] Options as_a_capture(const Options& live) {
  Options options;
  options.is_dashboard = true;
  options.memory = memory_of_the_played_past(live);
  options.timers = live.timers;
  options.zone = live.zone;
  options.toa_kinds = live.toa_kinds;
  options.checksums = live.checksums;
  return options;
}

}  // namespace

Past::Past(const Options& options, MakeReport make_report, Exchange& exchange)
    : options_(as_a_capture(options)),
      make_report_(std::move(make_report)),
      exchange_(exchange),
      thread_([this] { run(); }) {}

Past::~Past() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  is_wanted_.notify_all();
  thread_.join();
}

bool Past::is_free() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  return lock.owns_lock() && !is_busy_;
}

bool Past::begin(capture::KeptFrames::Chunks chunks, std::vector<capture::InputInfo> inputs,
                 std::vector<tui::Order> orders) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock() || is_busy_) return false;
  reel_ = Reel{std::move(chunks), std::move(inputs), std::move(orders)};
  is_busy_ = true;
  exchange_.change_to(Exchange::Scene::past);
  is_wanted_.notify_all();
  return true;
}

void Past::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    is_wanted_.wait(lock, [this] { return reel_ || is_ending_; });
    if (is_ending_) return;
    const Reel reel = *std::exchange(reel_, std::nullopt);
    lock.unlock();
    play(reel);
    lock.lock();
    is_busy_ = false;
  }
}

void Past::play(const Reel& reel) {
  const auto open = [&reel] {
    Inputs inputs;
    inputs.source = std::make_unique<capture::KeptSource>(reel.chunks, reel.inputs);
    return tl::expected<Inputs, ExitCode>{std::move(inputs)};
  };
  World world(options_, *open(), {}, open);
  Presenter presenter(exchange_, Exchange::Scene::past,
                      [&](const analysis::Model& model) { return make_report_(world, model); });
  Player player(options_, world, presenter);
  player.begin_at_end(reel.orders);
  player.play();
}

}  // namespace tapstat::app
