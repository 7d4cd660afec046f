// The dashboard on a terminal: a thread that draws and hears keys, and what it is shown by the
// packet path.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/audience.h"
#include "app/exchange.h"
#include "app/past.h"
#include "app/presenter.h"
#include "app/survey.h"
#include "capture/kept_frames.h"
#include "tui/terminal.h"

namespace tapstat::app {

class Top final : public Audience {
 public:
  // Takes over `terminal`. What it is told is said when it has left.
  Top(std::unique_ptr<tui::Terminal> terminal, bool ascii, Survey::MakeReport make_report);
  ~Top() override;
  Top(const Top&) = delete;
  Top& operator=(const Top&) = delete;

  // From now on so many bytes of frames are kept, to be played again.
  void keep_the_past(const Options& options, Past::MakeReport make_report, std::size_t bytes);

  void look(const analysis::Engine& engine, capture::Timestamp now, std::chrono::nanoseconds budget,
            bool is_idle) override;
  [[nodiscard]] bool is_leaving() const override { return exchange_.is_leaving(); }
  void tell(const std::string& message) override { told_.push_back(message); }
  void keep(std::span<const capture::Frame> frames) override {
    if (kept_) kept_->keep(frames);
  }
  [[nodiscard]] std::optional<std::uint32_t> opened() const override { return present_.opened(); }
  [[nodiscard]] std::vector<tui::Order> take_orders() override { return present_.take_orders(); }
  void show(const tui::Playback& playback) override { present_.show(playback); }

 private:
  void run(bool ascii);
  void go_back(const analysis::Engine& engine);

  const Survey::MakeReport make_report_;
  std::vector<std::string> told_;
  std::unique_ptr<tui::Terminal> terminal_;
  Exchange exchange_;
  Presenter present_;
  std::optional<capture::KeptFrames> kept_;
  std::vector<tui::Order> ordered_;  // and not yet begun
  std::unique_ptr<Past> past_;
  std::atomic<bool> is_ending_ = false;  // the program is
  std::thread screen_;                   // last: it uses the rest
};

}  // namespace tapstat::app
