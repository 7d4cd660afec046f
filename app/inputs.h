// Where the frames of a run come from: captures, or interfaces.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <tl/expected.hpp>
#include <vector>

#include "app/exit_code.h"
#include "app/options.h"
#include "capture/filter.h"
#include "capture/live_capture.h"
#include "capture/source.h"

namespace tapstat::app {

struct Inputs {
  // One of the two.
  std::unique_ptr<capture::Source> source;
  std::unique_ptr<capture::LiveCapture> live;

  const capture::FilteredSource* filtered = nullptr;  // the source, where there is a filter
  bool all_opened = true;

  [[nodiscard]] std::vector<const capture::InputInfo*> infos() const {
    return live ? live->inputs() : source->inputs();
  }
};

// What kernel and interfaces dropped, of all of these; nullopt where none of them says.
[[nodiscard]] std::optional<std::uint64_t> dropped_of(
    std::span<const capture::InputInfo* const> inputs);

// Complains of what cannot be opened: captures are left out then, of interfaces all are needed. An
// error is the code to leave with.
[[nodiscard]] tl::expected<Inputs, ExitCode> open_inputs(const Options& options);

}  // namespace tapstat::app
