// The dashboard on a terminal: a thread that draws and hears keys, and what it is shown by the
// packet path.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "analysis/engine.h"
#include "app/exchange.h"
#include "app/live_reader.h"
#include "app/survey.h"
#include "tui/terminal.h"

namespace tapstat::app {

class Top final : public Onlooker {
 public:
  // Takes over `terminal`; `engine` is borrowed. What it is told is said when it has left.
  Top(std::unique_ptr<tui::Terminal> terminal, bool ascii, const analysis::Engine& engine,
      Survey::MakeReport make_report);
  ~Top() override;
  Top(const Top&) = delete;
  Top& operator=(const Top&) = delete;

  void look(std::chrono::nanoseconds budget) override;
  [[nodiscard]] bool is_leaving() const override { return is_leaving_; }
  void tell(const std::string& message) override { told_.push_back(message); }

 private:
  void run(bool ascii);

  const analysis::Engine& engine_;
  Survey survey_;
  bool is_surveying_ = false;
  Survey::Clock::time_point next_survey_{};
  std::shared_ptr<const tui::Picture> waiting_;  // to be taken by the exchange
  std::vector<std::string> told_;

  std::unique_ptr<tui::Terminal> terminal_;
  Exchange exchange_;
  std::atomic<bool> is_leaving_ = false;  // the user has had enough
  std::atomic<bool> is_ending_ = false;   // the program has
  std::thread screen_;                    // last: it uses the rest
};

}  // namespace tapstat::app
