#include "app/top.h"

#include <utility>

#include "app/interrupt.h"
#include "app/messages.h"
#include "tui/dashboard.h"

namespace tapstat::app {
namespace {

using std::chrono::milliseconds;

// Nobody reads faster.
constexpr milliseconds kBetweenSurveys{250};
// A key is answered at once; what is new is seen after that time.
constexpr milliseconds kBetweenLooks{40};

}  // namespace

Top::Top(std::unique_ptr<tui::Terminal> terminal, bool ascii, const analysis::Engine& engine,
         Survey::MakeReport make_report)
    : engine_(engine),
      survey_(std::move(make_report)),
      terminal_(std::move(terminal)),
      screen_([this, ascii] { run(ascii); }) {}

Top::~Top() {
  is_ending_ = true;
  screen_.join();
  terminal_.reset();
  for (const std::string& message : told_) complain(message);
}

void Top::look(std::chrono::nanoseconds budget) {
  if (waiting_ != nullptr && exchange_.offer(waiting_)) waiting_.reset();
  const auto now = Survey::Clock::now();
  if (!is_surveying_) {
    const auto asked = exchange_.asked();
    if (!asked) return;
    if (now < next_survey_ && *asked == survey_.request()) return;
    survey_.begin(*asked);
    is_surveying_ = true;
    next_survey_ = now + kBetweenSurveys;
  }
  const analysis::Model model = engine_.model();
  if (!survey_.go_on(model, budget)) return;
  is_surveying_ = false;
  waiting_ = std::make_shared<const tui::Picture>(
      survey_.picture(model, now, std::chrono::system_clock::now()));
}

void Top::run(bool ascii) {
  hear_of_the_terminal();
  tui::Dashboard dashboard(ascii);
  std::shared_ptr<const tui::Picture> picture = exchange_.latest();
  std::optional<tui::Screen> shown;
  while (!is_ending_ && !dashboard.is_leaving()) {
    const tui::Size size = terminal_->size();
    exchange_.ask(dashboard.request(size));
    if (!dashboard.is_paused()) picture = exchange_.latest();
    tui::Screen screen = dashboard.draw(*picture, size);
    if (screen != shown) terminal_->show(screen);
    shown = std::move(screen);
    if (const auto key = terminal_->key(kBetweenLooks)) {
      dashboard.press(*key, *picture, size);
      if (key->special == tui::Special::resize) shown.reset();
    }
  }
  is_leaving_ = true;
}

}  // namespace tapstat::app
