#include "tests/hostile/full_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "analysis/tcp/connections.h"
#include "app/survey.h"
#include "app/views.h"
#include "capture/open_file.h"
#include "report/forwarded.h"
#include "tests/hostile/fit.h"
#include "tests/support/everything_wanted.h"
#include "tests/support/string_output.h"
#include "tui/dashboard.h"

namespace tapstat::test {
namespace {

using report::Format;
using report::View;

constexpr std::array kFormats = {Format::text, Format::json, Format::csv, Format::zeek,
                                 Format::dot};

class Appending final : public report::Output {
 public:
  explicit Appending(std::string& text) : text_(text) {}
  void write(std::string_view text) override { text_ += text; }

 private:
  std::string& text_;
};

[[nodiscard]] analysis::tcp::Settings settings_of(const Manner& manner) {
  return {.memory = manner.memory, .jobs = manner.jobs};
}

[[nodiscard]] analysis::tcp::Settings with_all(analysis::tcp::Settings settings,
                                               analysis::tcp::SegmentLog& log,
                                               analysis::tcp::EventLog& events) {
  settings.journal = settings.analysis = true;
  settings.log = &log;
  settings.events = &events;
  return settings;
}

[[nodiscard]] analysis::Wanted conns_alone() {
  return {.conns = true, .checksums = decode::Checksums::verified};
}

[[nodiscard]] capture::Timestamp last_packet(const analysis::Model& model) {
  return model.totals.last.value_or(capture::Timestamp{});
}

// As many columns of a timeline as a screen has.
[[nodiscard]] std::optional<std::chrono::nanoseconds> step_of(const analysis::Totals& totals) {
  if (!totals.first) return std::nullopt;
  constexpr std::uint64_t kSteps = 40;
  const auto span = static_cast<std::uint64_t>(totals.last->time_since_epoch().count()) -
                    static_cast<std::uint64_t>(totals.first->time_since_epoch().count());
  const std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(span / kSteps + 1, most)));
}

}  // namespace

void Transcript::add(const char* what, Format format, const Manner& manner,
                     const std::function<void(report::Output&)>& print) {
  StringOutput out;
  print(out);
  if (const auto wrong =
          unfit_output(out.text(), format, {.color = manner.color, .ascii = manner.ascii})) {
    fail(fmt::format("{}: {}", what, *wrong));
  }
  text_ += out.text();
}

void Transcript::add_text(const char* what, const std::string& text, const Manner& manner) {
  add(what, Format::text, manner, [&](report::Output& out) { out.write(text); });
}

FullRun::Streamed::Streamed(const Manner& manner)
    : out(std::make_unique<Appending>(text)),
      connections(Format::text, *out),
      transitions(Format::json, *out),
      engine(manner.secret, {.journal = true,
                             .memory = manner.memory,
                             .jobs = manner.jobs,
                             .on_end =
                                 [this](std::span<const std::uint32_t> ids, capture::Timestamp) {
                                   const analysis::Model model = engine.model();
                                   const report::Report what{.model = model, .inputs = {}};
                                   for (const auto id : ids)
                                     connections.print(what, model.tcp.connections()[id]);
                                 },
                             .on_steps =
                                 [this](std::span<const analysis::tcp::JournalChange> changes,
                                        capture::Timestamp now) {
                                   const analysis::Model model = engine.model();
                                   transitions.tell({.model = model, .inputs = {}}, changes, now);
                                 }}) {}

FullRun::FullRun(const Manner& manner)
    : manner_(manner),
      plain_(manner.secret, settings_of(manner)),
      whole_(manner.secret, with_all(settings_of(manner), log_, events_), everything_wanted(),
             &hosts_),
      zeek_(manner.secret, settings_of(manner), conns_alone()),
      streamed_(manner) {}

void FullRun::take(std::span<const capture::Frame> frames) {
  for (analysis::Engine* engine : {&plain_, &whole_, &zeek_, &streamed_.engine}) {
    engine->take(frames);
  }
}

void FullRun::finish() {
  for (analysis::Engine* engine : {&plain_, &whole_, &zeek_, &streamed_.engine}) engine->finish();
}

report::Report FullRun::report_of(const analysis::Model& model, const Infos& inputs) const {
  return {.model = model,
          .inputs = inputs,
          .zone = report::Zone::utc,
          .color = manner_.color,
          .ascii = manner_.ascii,
          .names = &names_};
}

void FullRun::print_plain(const Infos& inputs, Transcript& into) const {
  const analysis::Model model = plain_.model();
  const report::Report what = report_of(model, inputs);
  for (const View view : {View::report, View::tcp, View::states}) {
    for (const Format format : {Format::text, Format::json}) {
      into.add("a view without what it wants", format, manner_,
               [&](report::Output& out) { report::print(what, view, format, out); });
    }
  }
}

void FullRun::print_whole(const Infos& inputs, Transcript& into) const {
  const analysis::Model model = whole_.model();
  report::Report what = report_of(model, inputs);
  const report::Forwarded forwarded(model, last_packet(model));
  what.forwarded = &forwarded;
  what.log = &log_;
  for (const app::ViewEntry& entry : app::views()) {
    if (!entry.view) continue;
    const View view = *entry.view;
    if (view == View::ladder && !log_.connection()) continue;
    if (view == View::ladder && !model.tcp.connections().has(*log_.connection())) continue;
    for (const Format format : kFormats) {
      if (!report::has_form(view, format) || format == Format::zeek) continue;
      into.add("a view", format, manner_,
               [&](report::Output& out) { report::print(what, view, format, out); });
    }
  }
  what.every = step_of(model.totals);
  if (!what.every) return;
  into.add("states over time", Format::text, manner_,
           [&](report::Output& out) { report::print(what, View::states, Format::text, out); });
  what.from = *model.totals.first + (*model.totals.last - *model.totals.first) / 2;
  for (const View view : {View::tcp, View::transitions, View::report}) {
    into.add("a view from then on", Format::json, manner_,
             [&](report::Output& out) { report::print(what, view, Format::json, out); });
  }
}

void FullRun::print(const Infos& inputs, Transcript& into) const {
  print_plain(inputs, into);
  print_whole(inputs, into);
  const analysis::Model zeek = zeek_.model();
  into.add("conn.log", Format::zeek, manner_, [&](report::Output& out) {
    report::print(report_of(zeek, inputs), View::tcp, Format::zeek, out);
  });
  into.add_text("what was told on the way", streamed_.text, manner_);
}

void FullRun::draw(const Infos& inputs, Transcript& into) const {
  const analysis::Model model = whole_.model();
  app::Survey survey([&](const analysis::Model& of) {
    report::Report what = report_of(of, inputs);
    what.log = &log_;
    return what;
  });
  tui::Dashboard dashboard(manner_.ascii);
  const auto show = [&](tui::Size size) {
    survey.ask(dashboard.request(size));
    (void)survey.go_on(model, last_packet(model), std::chrono::seconds{1}, false);
    const tui::Picture picture = survey.picture(model, {}, last_packet(model));
    dashboard.notice(picture);
    into.add_text("the dashboard", dashboard.draw(picture, size).text(), manner_);
    return picture;
  };
  const auto press = [&](const tui::Key& key, const tui::Picture& picture, tui::Size size) {
    dashboard.press(key, picture, size);
  };
  constexpr tui::Size kWide{50, 160}, kNarrow{10, 40};
  tui::Picture picture = show(kWide);
  for (const char key : {'2', '3', '4', '5', '6', '7', '1'}) {
    press({.character = static_cast<char32_t>(key)}, picture, kWide);
    picture = show(kWide);
  }
  (void)show(kNarrow);
  picture = show(kWide);
  press({.special = tui::Special::enter}, picture, kWide);
  for (const char key : {'1', '2', '3', '4'}) {
    press({.character = static_cast<char32_t>(key)}, picture, kWide);
    picture = show(kWide);
  }
}

std::string transcript_of(capture::Bytes file, const Manner& manner) {
  const auto source = capture::open_memory(file, "input");
  if (!source) return {};
  FullRun run(manner);
  for (auto frames = (*source)->next_batch(); !frames.empty(); frames = (*source)->next_batch()) {
    run.take(frames);
  }
  run.finish();
  Transcript transcript;
  run.print((*source)->inputs(), transcript);
  Transcript drawn;  // which tells of this program's memory, too
  run.draw((*source)->inputs(), drawn);
  return transcript.text();
}

}  // namespace tapstat::test
