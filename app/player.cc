#include "app/player.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "app/interrupt.h"
#include "report/time_argument.h"
#include "report/time_text.h"

namespace tapstat::app {
namespace {

using capture::Frame;
using capture::Timestamp;
using std::chrono::milliseconds;

// How long a key may wait, and how long the audience may look.
constexpr milliseconds kSlice{15}, kLook{5};
constexpr milliseconds kBetween{10};

// How many changes of state are known of: it grows and shrinks with each.
[[nodiscard]] std::uint64_t count_changes(const analysis::Model& model) {
  std::uint64_t count = 0;
  for (const auto& shard : model.tcp.tables().shards) count += shard.journal->entries().size();
  return count;
}

// A time of day is one of the day on which the capture begins.
[[nodiscard]] std::string with_day(const std::string& time, Timestamp first, report::Zone zone) {
  constexpr std::size_t kDay = 10;  // of "2026-11-21 ..."
  const bool is_time_of_day =
      time.find(':') != std::string::npos && time.find('-') == std::string::npos;
  if (!is_time_of_day) return time;
  return report::date_and_time(first, zone).substr(0, kDay) + 'T' + time +
         (zone == report::Zone::utc ? "Z" : "");
}

}  // namespace

std::optional<std::uint64_t> Player::Marks::before(std::uint64_t packet) const {
  const auto found = std::lower_bound(packets.begin(), packets.end(), packet);
  return found == packets.begin() ? std::nullopt : std::optional{*std::prev(found)};
}

std::optional<std::uint64_t> Player::Marks::after(std::uint64_t packet) const {
  const auto found = std::upper_bound(packets.begin(), packets.end(), packet);
  return found == packets.end() ? std::nullopt : std::optional{*found};
}

void Player::begin_at_end(std::vector<tui::Order> orders) {
  orders_ = std::move(orders);
  begins_at_end_ = true;
  go_to({Goal::What::end});
}

void Player::play() {
  while (!interrupted() && !audience_.is_leaving()) {
    // Those that it began with are for when it has come to the end.
    if (orders_.empty()) orders_ = audience_.take_orders();
    if (!is_coming_to_the_end()) {
      begins_at_end_ = false;
      for (const tui::Order& order : std::exchange(orders_, {})) obey(order);
    }
    follow();
    const bool was_busy = go_on(kSlice);
    audience_.show(playback());
    audience_.look(world_.engine(), time_, kLook, !was_busy);
    if (!was_busy) std::this_thread::sleep_for(kBetween);
  }
}

// A connection is followed from its first segment on: what was before is read again.
void Player::follow() {
  const auto opened = audience_.opened();
  if (opened == followed_) return;
  followed_ = opened;
  if (!opened) return world_.follow(analysis::tcp::Connection::kNone);
  const auto goal = goal_.value_or(Goal{Goal::What::packet, packet_, time_});
  if (restart()) goal_ = goal;
}

bool Player::restart() {
  if (!world_.restart(followed_.value_or(analysis::tcp::Connection::kNone))) {
    problem_ = "the capture cannot be read again";
    return false;
  }
  batch_ = {};
  packet_ = 0;
  time_ = first_.value_or(Timestamp{});
  is_at_end_ = false;
  change_count_ = event_count_ = 0;
  return true;
}

void Player::set_speed(double speed) {
  constexpr double kLeast = 1.0 / 1024, kMost = 1 << 20;
  speed_ = std::clamp(speed, kLeast, kMost);
  begun_ = Clock::now();
  begun_at_ = time_;
}

void Player::obey(const tui::Order& order) {
  problem_.clear();
  switch (order.kind) {
    case Kind::toggle:
      goal_.reset();
      is_playing_ = !is_playing_;
      return set_speed(speed_);
    case Kind::faster:
      return set_speed(speed_ * 2);
    case Kind::slower:
      return set_speed(speed_ / 2);
    case Kind::speed:
      return set_speed(order.speed);
    case Kind::next_packet:
      return go_to_packet(place() + 1);
    case Kind::previous_packet:
      return go_to_packet(std::max<std::uint64_t>(place(), 2) - 1);
    case Kind::next_change:
      return go_to_mark(changes_, Goal::What::change);
    case Kind::previous_change:
      return go_back_to_mark(changes_);
    case Kind::next_event:
      return go_to_mark(events_, Goal::What::event);
    case Kind::previous_event:
      return go_back_to_mark(events_);
    case Kind::start:
      return go_to_packet(1);
    case Kind::end:
      return go_to({Goal::What::end});
    case Kind::seek:
      return seek(order.time);
    case Kind::live:
      return;  // of a capture there is no such thing
  }
}

void Player::go_to(Goal goal) {
  is_playing_ = false;
  goal_ = goal;
}

std::uint64_t Player::place() const {
  return goal_ && goal_->what == Goal::What::packet ? goal_->packet : packet_;
}

void Player::go_to_packet(std::uint64_t packet) {
  if (packet < packet_ && !restart()) return;
  go_to({Goal::What::packet, packet});
}

void Player::go_to_mark(const Marks& marks, Goal::What what) {
  if (const auto packet = marks.after(place())) return go_to_packet(*packet);
  go_to({what, std::max(place(), marks.seen)});
}

void Player::go_back_to_mark(const Marks& marks) {
  if (const auto packet = marks.before(place())) return go_to_packet(*packet);
  problem_ = "there is none before";
}

void Player::seek(const std::string& text) {
  if (const Frame* frame = first_ ? nullptr : next()) first_ = frame->time;
  if (!first_) return;
  const auto time = report::TimeArgument::parse(with_day(text, *first_, options_.zone));
  if (!time) {
    problem_ = "goto: a time: 14:05:00, +12.5 (seconds), 2026-11-21T14:05:00Z";
    return;
  }
  const Timestamp target = std::max(time->resolve(*first_), *first_);
  if (target < time_ && !restart()) return;
  go_to({Goal::What::time, 0, target});
}

bool Player::go_on(Clock::duration budget) {
  const auto until = Clock::now() + budget;
  if (goal_) {
    come_nearer(until);
    return true;
  }
  return is_playing_ && !is_at_end_ && play_on(until);
}

void Player::come_nearer(Clock::time_point until) {
  constexpr int kAtOnce = 16;
  while (Clock::now() < until) {
    for (int i = 0; i < kAtOnce; ++i) {
      const Frame* frame = has_reached(*goal_) ? nullptr : next();
      if (frame == nullptr) {
        goal_.reset();
        return set_speed(speed_);
      }
      take(*frame);
    }
  }
}

void Player::come_to(Timestamp time) {
  if (time <= time_) return;
  time_ = time;
  world_.engine().advance_to(time);
}

bool Player::has_reached(const Goal& goal) {
  switch (goal.what) {
    case Goal::What::packet:
      if (packet_ < goal.packet) return false;
      come_to(goal.time);
      return true;
    case Goal::What::change:
      return packet_ > goal.packet && !changes_.packets.empty() &&
             changes_.packets.back() == packet_;
    case Goal::What::event:
      return packet_ > goal.packet && !events_.packets.empty() && events_.packets.back() == packet_;
    case Goal::What::time: {
      const Frame* frame = next();
      if (frame == nullptr || frame->time <= goal.time) return false;
      come_to(goal.time);
      return true;
    }
    case Goal::What::end:
      break;
  }
  return false;
}

// The world's time goes on with the clock, as many times as fast as is asked for. Where packets
// come faster than they can be taken, it waits for them.
bool Player::play_on(Clock::time_point until) {
  constexpr int kBetweenLooks = 16;
  if (packet_ == 0) set_speed(speed_);
  const Frame* frame = next();
  if (frame != nullptr && packet_ == 0) begun_at_ = frame->time;
  const auto elapsed = std::chrono::duration<double, std::nano>{Clock::now() - begun_} * speed_;
  // A step of the clock, or a pause of the machine, is not a reason to overflow.
  constexpr std::chrono::duration<double, std::nano> kMost = std::chrono::hours{24 * 365};
  const auto now =
      begun_at_ + std::chrono::duration_cast<std::chrono::nanoseconds>(std::min(elapsed, kMost));
  bool took_any = false;
  for (int i = 1; frame != nullptr && frame->time <= now; ++i) {
    take(*frame);
    took_any = true;
    if (i % kBetweenLooks == 0 && Clock::now() >= until) {
      set_speed(speed_);
      return true;
    }
    frame = next();
  }
  if (frame != nullptr) come_to(now);
  return took_any;
}

const Frame* Player::next() {
  if (batch_.empty() && !is_at_end_) batch_ = world_.inputs().source->next_batch();
  const bool is_last = options_.most_packets && packet_ >= *options_.most_packets;
  is_at_end_ = batch_.empty() || is_last;
  return is_at_end_ ? nullptr : &batch_.front();
}

void Player::take(const Frame& frame) {
  if (packet_ == 0) {
    time_ = frame.time;
    if (!first_) first_ = frame.time;
  }
  time_ = std::max(time_, frame.time);
  world_.engine().take({&frame, 1});
  batch_ = batch_.subspan(1);
  ++packet_;
  world_.trim_log();
  mark();
}

void Player::mark() {
  const analysis::Model model = world_.engine().model();
  const auto note = [this](Marks& marks, std::uint64_t& known, std::uint64_t count) {
    const bool is_new = packet_ > marks.seen;
    if (is_new && count != known) marks.packets.push_back(packet_);
    known = count;
    marks.seen = std::max(marks.seen, packet_);
  };
  note(changes_, change_count_, count_changes(model));
  note(events_, event_count_, model.events == nullptr ? 0 : model.events->events().size());
}

tui::Playback Player::playback() const {
  tui::Playback playback;
  playback.is_playing = is_playing_;
  playback.is_seeking = goal_.has_value();
  playback.is_at_end = is_at_end_;
  playback.speed = speed_;
  playback.packet = packet_;
  if (first_) playback.elapsed = report::duration_text(std::max(time_ - *first_, {}));
  playback.problem = problem_;
  return playback;
}

}  // namespace tapstat::app
