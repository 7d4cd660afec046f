// What a run works with: the inputs, the engine that they feed, and what is logged on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "analysis/engine.h"
#include "analysis/host_names.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/segment_log.h"
#include "app/inputs.h"
#include "app/options.h"
#include "report/names.h"

namespace tapstat::app {

// Who is told of connections while they are followed (tcp::Settings); empty: nobody.
struct Listeners {
  analysis::tcp::OnEnd on_end;
  analysis::tcp::OnSteps on_steps;
};

class World {
 public:
  // Opens the inputs once more, as they were.
  using Reopen = std::function<tl::expected<Inputs, ExitCode>()>;

  // `options` is borrowed. `inputs` may come later. `reopen`: empty for the options' captures.
  World(const Options& options, Inputs inputs, Listeners listeners = {}, Reopen reopen = {});

  [[nodiscard]] const Inputs& inputs() const { return inputs_; }
  // There are none before.
  void begin(Inputs inputs) { inputs_ = std::move(inputs); }
  [[nodiscard]] analysis::Engine& engine() { return *engine_; }
  [[nodiscard]] const analysis::Engine& engine() const { return *engine_; }
  [[nodiscard]] const analysis::tcp::SegmentLog& log() const { return log_; }
  [[nodiscard]] const analysis::tcp::EventLog& events() const { return events_; }
  [[nodiscard]] const report::Names* names() const { return names_ ? &*names_ : nullptr; }
  // Reads what names of the system there are, now rather than when the first one is asked for.
  void load_names();

  // From now on the segments of that connection are logged, and no other's.
  void follow(const analysis::tcp::ConnectionChoice& choice);
  // Of very many segments the first are let go: the log begins anew.
  void trim_log();
  // All as before the first packet: the captures are opened once more. Says whether that can be
  // had; if not, all stays as it was.
  [[nodiscard]] bool restart(const analysis::tcp::ConnectionChoice& choice);

 private:
  [[nodiscard]] std::unique_ptr<analysis::Engine> make_engine();

  const Options& options_;
  const std::uint64_t secret_;
  const Listeners listeners_;
  const Reopen reopen_;
  Inputs inputs_;
  analysis::tcp::SegmentLog log_;
  analysis::tcp::EventLog events_;
  analysis::HostNames hosts_;
  std::optional<report::Names> names_;
  std::unique_ptr<analysis::Engine> engine_;
};

}  // namespace tapstat::app
