#include "app/presenter.h"

#include <algorithm>
#include <utility>

namespace tapstat::app {
namespace {

// Nobody reads faster; where no packets come, only times go on.
constexpr std::chrono::milliseconds kBetweenPictures{250}, kIdlePictures{500};

}  // namespace

bool Presenter::is_leaving() const {
  if (exchange_.is_leaving()) return true;
  return scene_ == Exchange::Scene::past && exchange_.scene() != scene_;
}

// The way back to the present is no order to what plays the past.
std::vector<tui::Order> Presenter::take_orders() {
  auto orders = exchange_.take_orders();
  const auto live = std::find_if(orders.begin(), orders.end(), [](const tui::Order& order) {
    return order.kind == tui::Order::Kind::live;
  });
  if (live == orders.end()) return orders;
  if (scene_ == Exchange::Scene::past) exchange_.change_to(Exchange::Scene::present);
  return {};
}

void Presenter::show(const tui::Playback& playback) {
  playback_ = playback;
  playback_->is_past = scene_ == Exchange::Scene::past;
}

// What was asked for anew is wanted at once, as is each step of a capture that is played.
bool Presenter::is_due(const tui::Request& asked, Survey::Clock::time_point now) const {
  if (asked != survey_.request()) return true;
  if (playback_ && playback_->packet != painted_packet_ && !playback_->is_playing) return true;
  return now >= next_picture_;
}

void Presenter::look(const analysis::Engine& engine, capture::Timestamp packet_time,
                     std::chrono::nanoseconds budget, bool is_idle) {
  if (exchange_.scene() != scene_) return;
  if (waiting_ != nullptr && exchange_.offer(waiting_)) waiting_.reset();
  const auto asked = exchange_.asked();
  if (!asked) return;
  opened_ = asked->opened;
  const auto now = Survey::Clock::now();
  const bool is_due_now = is_due(*asked, now);
  survey_.ask(*asked);
  const analysis::Model model = engine.model();
  const bool is_new = survey_.go_on(model, packet_time, budget, is_idle);
  if (!is_new && !is_due_now) return;
  paint(model, now, packet_time);
  next_picture_ = now + (is_idle ? kIdlePictures : kBetweenPictures);
}

void Presenter::paint(const analysis::Model& model, Survey::Clock::time_point now,
                      capture::Timestamp packet_time) {
  if (playback_) painted_packet_ = playback_->packet;
  // Of a capture the seconds are those of its packets.
  const auto elapsed = playback_ ? Survey::Clock::time_point{packet_time.time_since_epoch()} : now;
  auto picture = survey_.picture(model, elapsed, packet_time);
  picture.playback = playback_;
  picture.has_past = !playback_ || playback_->is_past;
  waiting_ = std::make_shared<const tui::Picture>(std::move(picture));
  if (exchange_.offer(waiting_)) waiting_.reset();
}

}  // namespace tapstat::app
