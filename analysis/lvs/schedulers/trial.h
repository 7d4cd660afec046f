// The choices of one service made ready to be replayed: dense servers, and what IPVS counted for
// each of them at the time of each choice. Counts come from what was seen, never from what a
// scheduler predicts, so they are the same for every hypothesis and computed once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/lvs/scheduler.h"

namespace tapstat::analysis::lvs {

// Only so many real servers, and the last so many choices, are replayed.
inline constexpr std::size_t kMaxServers = 64;
inline constexpr std::size_t kWindow = 600;

// What IPVS counts for one real server.
struct Load {
  std::int32_t active = 0;
  std::int32_t inactive = 0;
  friend bool operator==(const Load&, const Load&) = default;
};

// Capture and scheduler see events that lie closer than this in either order: the director's CPUs
// run at once, and a capture may stand beside it.
inline constexpr std::chrono::microseconds kRace{500};

// The counts as they stood by the capture's order, and as they were if the last kRace had not
// happened yet or the next one had already.
enum class View : std::uint8_t { exact, early, late };
inline constexpr std::size_t kViews = 3;

struct Step {
  std::uint16_t server = kUnknownServer;  // dense index
  std::uint32_t client = 0;               // dense index of the client's address
  std::size_t choice = 0;                 // index into ServiceHistory::choices
  bool raced = false;      // another choice lies within kRace: their order is not certain
  bool ambiguous = false;  // the three views differ
};

class Trial {
 public:
  explicit Trial(const ServiceHistory& history);

  // Servers that were chosen at least once in the window. One that never was is quiesced, or its
  // turn never came; the schedulers pass over it.
  [[nodiscard]] std::size_t servers() const { return server_of_.size(); }
  [[nodiscard]] std::uint16_t original(std::size_t dense) const { return server_of_[dense]; }
  [[nodiscard]] std::uint16_t dense(std::uint16_t original) const {
    return original < dense_of_.size() ? dense_of_[original] : kUnknownServer;
  }
  [[nodiscard]] std::size_t clients() const { return clients_.size(); }
  // What `before` says of a client, by its index: the server that it got last.
  [[nodiscard]] std::vector<std::uint16_t> earlier_servers() const;
  [[nodiscard]] const ServiceHistory& history() const { return *history_; }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  // One Load a server.
  [[nodiscard]] const Load* loads(std::size_t step, View view) const {
    return loads_.data() + (step * kViews + static_cast<std::size_t>(view)) * servers();
  }

 private:
  struct Event;
  void number_servers(std::size_t first);
  void number_clients(std::size_t first);
  void replay(std::size_t first);
  [[nodiscard]] std::vector<Event> events() const;

  const ServiceHistory* history_;
  std::vector<std::uint16_t> server_of_;  // by dense index
  std::vector<std::uint16_t> dense_of_;   // by original index
  std::vector<Step> steps_;
  std::vector<Load> loads_;
  std::vector<IpAddress> clients_;  // sorted
};

// What a hypothesis has to explain: all steps of known server, or with persistence only those that
// are a client's first contact.
struct Sample {
  Sample(const Trial& of, std::vector<std::uint32_t> which);

  const Trial* trial;
  std::vector<std::uint32_t> steps;  // in order of time
  std::size_t known = 0;             // of them, those whose server is known
  // log P(these choices) if each were drawn by itself, with shares that nobody knows.
  double log_random = 0;
};

// log P of one sequence of draws that came to these counts, if all shares are as likely as any
// others (Dirichlet-multinomial, all parameters 1).
[[nodiscard]] double log_exchangeable(const std::vector<std::uint32_t>& counts);

}  // namespace tapstat::analysis::lvs
