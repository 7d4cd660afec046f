// Shows one world on the dashboard: what it is asked for, from where packets are followed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/audience.h"
#include "app/exchange.h"
#include "app/survey.h"

namespace tapstat::app {

class Presenter final : public Audience {
 public:
  // `exchange` is borrowed; pictures are offered while `scene` is the one that is shown.
  Presenter(Exchange& exchange, Exchange::Scene scene, Survey::MakeReport make_report)
      : exchange_(exchange), scene_(scene), survey_(std::move(make_report)) {}

  void look(const analysis::Engine& engine, capture::Timestamp now, std::chrono::nanoseconds budget,
            bool is_idle) override;
  // Once the user has, and once another scene is shown than the past, which this one is of.
  [[nodiscard]] bool is_leaving() const override;
  void tell(const std::string&) override {}
  void keep(std::span<const capture::Frame>) override {}
  [[nodiscard]] std::optional<std::uint32_t> opened() const override { return opened_; }
  [[nodiscard]] std::vector<tui::Order> take_orders() override;
  void show(const tui::Playback& playback) override;

 private:
  [[nodiscard]] bool is_due(const tui::Request& asked, Survey::Clock::time_point now) const;
  void paint(const analysis::Model& model, Survey::Clock::time_point now,
             capture::Timestamp packet_time);

  Exchange& exchange_;
  const Exchange::Scene scene_;
  Survey survey_;
  std::optional<tui::Playback> playback_;
  std::uint64_t painted_packet_ = 0;  // of the playback
  std::optional<std::uint32_t> opened_;
  Survey::Clock::time_point next_picture_{};
  std::shared_ptr<const tui::Picture> waiting_;  // to be taken by the exchange
};

}  // namespace tapstat::app
