// Plays a capture to an audience: at any speed, step by step, to a time, and back.
//
// What has been is not kept. To go back the capture is read once more from its beginning, which
// comes to the same, and takes as long as reading that part takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/audience.h"
#include "app/options.h"
#include "app/world.h"

namespace tapstat::app {

class Player {
 public:
  // All are borrowed.
  Player(const Options& options, World& world, Audience& audience)
      : options_(options), world_(world), audience_(audience) {}

  // It is to come to the end of what there is before it does what is ordered, and to pause there.
  void begin_at_end(std::vector<tui::Order> orders);
  // Until the audience has seen enough, or the user interrupts.
  void play();

 private:
  using Clock = std::chrono::steady_clock;
  using Kind = tui::Order::Kind;

  // Where it is sent to: it stops there.
  struct Goal {
    enum class What : std::uint8_t { packet, time, change, event, end };
    What what = What::end;
    std::uint64_t packet = 0;
    capture::Timestamp time = capture::Timestamp::min();  // of a packet: no earlier than this
  };
  // The packets at which something happened, as far as it was ever played.
  struct Marks {
    std::vector<std::uint64_t> packets;
    std::uint64_t seen = 0;  // packets that were looked at

    [[nodiscard]] std::optional<std::uint64_t> before(std::uint64_t packet) const;
    [[nodiscard]] std::optional<std::uint64_t> after(std::uint64_t packet) const;
  };

  [[nodiscard]] bool is_coming_to_the_end() const { return begins_at_end_ && goal_; }
  // Where it is, or will have come to: steps are counted from there.
  [[nodiscard]] std::uint64_t place() const;
  void obey(const tui::Order& order);
  void go_to(Goal goal);
  void go_to_packet(std::uint64_t packet);
  void go_to_mark(const Marks& marks, Goal::What what);
  void go_back_to_mark(const Marks& marks);
  void seek(const std::string& time);
  void set_speed(double speed);
  void follow();
  // Whether it could.
  [[nodiscard]] bool restart();

  // For about that long; whether there was anything to do.
  [[nodiscard]] bool go_on(Clock::duration budget);
  [[nodiscard]] bool play_on(Clock::time_point until);
  void come_nearer(Clock::time_point until);
  void come_to(capture::Timestamp time);
  [[nodiscard]] bool has_reached(const Goal& goal);
  // The next frame; nullptr at the end.
  [[nodiscard]] const capture::Frame* next();
  void take(const capture::Frame& frame);
  void mark();
  [[nodiscard]] tui::Playback playback() const;

  const Options& options_;
  World& world_;
  Audience& audience_;
  std::span<const capture::Frame> batch_;  // what of it was not taken
  std::uint64_t packet_ = 0;               // taken
  std::optional<capture::Timestamp> first_;
  capture::Timestamp time_{};  // of the world
  bool is_at_end_ = false;

  bool is_playing_ = true;
  double speed_ = 1;
  // Where playing began, by both clocks.
  Clock::time_point begun_{};
  capture::Timestamp begun_at_{};
  std::optional<Goal> goal_;
  Marks changes_, events_;
  std::uint64_t change_count_ = 0, event_count_ = 0;
  std::optional<std::uint32_t> followed_;  // connection
  std::string problem_;
  std::vector<tui::Order> orders_;  // to be obeyed
  bool begins_at_end_ = false;      // and has not come there yet, while there is a goal
};

}  // namespace tapstat::app
