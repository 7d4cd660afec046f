// Somebody who looks at the tables between packets, and may have wishes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "tui/playback.h"

namespace tapstat::app {

class Audience {
 public:
  Audience() = default;
  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;
  virtual ~Audience() = default;

  // At what there is when packet time is `now`; for about that long at most: packets are waiting,
  // or, where it `is_idle`, may come.
  virtual void look(const analysis::Engine& engine, capture::Timestamp now,
                    std::chrono::nanoseconds budget, bool is_idle) = 0;
  // Whether the user has seen enough.
  [[nodiscard]] virtual bool is_leaving() const = 0;
  // Something happened that the user should know.
  virtual void tell(const std::string& message) = 0;
  // Live packets were taken.
  virtual void keep(std::span<const capture::Frame> frames) = 0;
  // Which connection is to be followed segment by segment; nullopt: none.
  [[nodiscard]] virtual std::optional<std::uint32_t> opened() const = 0;

  // Of a capture that is played: what the user ordered since that was asked last, and where it
  // stands.
  [[nodiscard]] virtual std::vector<tui::Order> take_orders() = 0;
  virtual void show(const tui::Playback& playback) = 0;
};

}  // namespace tapstat::app
