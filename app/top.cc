#include "app/top.h"

#include <utility>

#include "app/interrupt.h"
#include "app/messages.h"
#include "tui/dashboard.h"

namespace tapstat::app {
namespace {

using std::chrono::milliseconds;

// A key is answered at once. What is new is seen after that time; what was asked for, sooner.
constexpr milliseconds kBetweenLooks{40}, kSoon{4};

}  // namespace

Top::Top(std::unique_ptr<tui::Terminal> terminal, bool ascii, Survey::MakeReport make_report)
    : make_report_(std::move(make_report)),
      terminal_(std::move(terminal)),
      present_(exchange_, Exchange::Scene::present, make_report_),
      screen_([this, ascii] { run(ascii); }) {}

Top::~Top() {
  is_ending_ = true;
  exchange_.leave();
  screen_.join();
  past_.reset();
  terminal_.reset();
  for (const std::string& message : told_) complain(message);
}

void Top::keep_the_past(const Options& options, Past::MakeReport make_report, std::size_t bytes) {
  kept_.emplace(bytes);
  past_ = std::make_unique<Past>(options, std::move(make_report), exchange_);
}

void Top::look(const analysis::Engine& engine, capture::Timestamp now,
               std::chrono::nanoseconds budget, bool is_idle) {
  if (past_ != nullptr && exchange_.scene() == Exchange::Scene::present) {
    for (tui::Order& order : present_.take_orders()) ordered_.push_back(std::move(order));
    if (!ordered_.empty()) go_back(engine);
  }
  present_.look(engine, now, budget, is_idle);
}

void Top::go_back(const analysis::Engine& engine) {
  if (!past_->is_free()) return;
  std::vector<capture::InputInfo> inputs;
  for (const auto* input : make_report_(engine.model()).inputs) inputs.push_back(*input);
  if (past_->begin(kept_->all(), std::move(inputs), ordered_)) ordered_.clear();
}

void Top::run(bool ascii) {
  hear_of_the_terminal();
  tui::Dashboard dashboard(ascii);
  std::shared_ptr<const tui::Picture> picture = exchange_.latest();
  std::optional<tui::Screen> shown;
  bool hears_mouse = false, is_touched = true;
  while (!is_ending_ && !dashboard.is_leaving()) {
    const tui::Size size = terminal_->size();
    const tui::Request request = dashboard.request(size);
    exchange_.ask(request);
    exchange_.order(dashboard.take_orders());
    if (std::exchange(hears_mouse, dashboard.hears_mouse()) != dashboard.hears_mouse()) {
      terminal_->hear_mouse(dashboard.hears_mouse());
    }
    const auto latest = dashboard.is_paused() ? picture : exchange_.latest();
    if (std::exchange(picture, latest) != latest || is_touched) {
      dashboard.notice(*picture);
      tui::Screen screen = dashboard.draw(*picture, size);
      if (screen != shown) terminal_->show(screen);
      shown = std::move(screen);
    }
    const auto key = terminal_->key(picture->request == request ? kBetweenLooks : kSoon);
    is_touched = key.has_value();
    if (!key) continue;
    dashboard.press(*key, *picture, size);
    if (key->special == tui::Special::resize) shown.reset();
  }
  exchange_.leave();
}

}  // namespace tapstat::app
