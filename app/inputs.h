// Where the frames of a run come from: captures, or interfaces.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "app/exit_code.h"
#include "app/options.h"
#include "capture/byte_stream.h"
#include "capture/filter.h"
#include "capture/followed_file.h"
#include "capture/live_capture.h"
#include "capture/source.h"

namespace tapstat::app {

// What is open, and of which not a byte was read: that waits until the program may do little else.
struct OpenedInputs {
  // Captures, or interfaces.
  std::vector<std::unique_ptr<capture::ByteStream>> captures;
  std::vector<std::string> paths;  // of these
  std::unique_ptr<capture::FollowedFile> followed;
  std::unique_ptr<capture::LiveCapture> live;

  std::optional<capture::Filter> filter;  // of captures
  bool all_opened = true;
};

struct Inputs {
  // One of the two, once there are any.
  std::unique_ptr<capture::Source> source;
  std::unique_ptr<capture::LiveCapture> live;

  const capture::FilteredSource* filtered = nullptr;  // the source, where there is a filter
  bool all_opened = true;

  [[nodiscard]] std::vector<const capture::InputInfo*> infos() const {
    if (live) return live->inputs();
    return source ? source->inputs() : std::vector<const capture::InputInfo*>{};
  }
};

// What kernel and interfaces dropped, of all of these; nullopt where none of them says.
[[nodiscard]] std::optional<std::uint64_t> dropped_of(
    std::span<const capture::InputInfo* const> inputs);

// Complains of what cannot be opened: captures are left out then, of interfaces all are needed. An
// error is the code to leave with. `waiting` is borrowed: who waits for a file that is followed.
[[nodiscard]] tl::expected<OpenedInputs, ExitCode> open_inputs(const Options& options,
                                                               capture::Waiting& waiting);

// What the bytes of the captures begin with is read.
struct Recognized {
  tl::expected<Inputs, ExitCode> inputs;  // an error is the code to leave with
  std::vector<std::string> complaints;    // captures are left out of which nothing can be read
};
[[nodiscard]] Recognized recognize(OpenedInputs opened, capture::Waiting& waiting);

// Captures once more, as they were: not those that come through a pipe.
[[nodiscard]] tl::expected<Inputs, ExitCode> reopen_captures(
    const Options& options, const std::optional<capture::Filter>& filter);

}  // namespace tapstat::app
