#include "app/inputs.h"

#include <string>
#include <utility>

#include "app/messages.h"
#include "app/privileges.h"
#include "capture/merge.h"
#include "capture/open_file.h"

namespace tapstat::app {
namespace {

using capture::Source;

[[nodiscard]] tl::expected<std::optional<capture::Filter>, ExitCode> compile_filter(
    const std::string& expression) {
  if (expression.empty()) return std::nullopt;
  auto filter = capture::Filter::compile(expression);
  if (!filter) return leave(ExitCode::usage, filter.error().message);
  return std::optional{std::move(*filter)};
}

// Inputs that cannot be opened are complained about and left out.
void open_each(const std::vector<std::string>& paths, OpenedInputs& opened,
               std::vector<std::string>& complaints) {
  for (const std::string& path : paths) {
    if (auto stream = capture::open_byte_stream(path)) {
      opened.captures.push_back(std::move(*stream));
      opened.paths.push_back(path);
    } else {
      complaints.push_back(stream.error().message);
      opened.all_opened = false;
    }
  }
}

[[nodiscard]] tl::expected<OpenedInputs, ExitCode> open_captures(const Options& options,
                                                                 capture::Waiting& waiting) {
  auto filter = compile_filter(options.filter);
  if (!filter) return tl::unexpected{filter.error()};
  OpenedInputs opened;
  opened.filter = std::move(*filter);
  if (options.follow) {
    auto file = capture::FollowedFile::open(options.inputs.front(), waiting);
    if (!file) return leave(ExitCode::input_unreadable, file.error().message);
    opened.followed = std::move(*file);
    return opened;
  }
  std::vector<std::string> complaints;
  open_each(options.inputs, opened, complaints);
  for (const std::string& complaint : complaints) complain(complaint);
  if (opened.captures.empty()) return tl::unexpected{ExitCode::input_unreadable};
  return opened;
}

[[nodiscard]] std::vector<std::unique_ptr<Source>> recognize_each(OpenedInputs& opened,
                                                                  capture::Waiting& waiting,
                                                                  Recognized& recognized) {
  std::vector<std::unique_ptr<Source>> sources;
  const auto add = [&](capture::Result<std::unique_ptr<Source>> source) {
    if (source) {
      sources.push_back(std::move(*source));
    } else {
      recognized.complaints.push_back(source.error().message);
      opened.all_opened = false;
    }
  };
  if (opened.followed) add(capture::follow(std::move(opened.followed), waiting));
  for (std::size_t i = 0; i < opened.captures.size(); ++i) {
    add(capture::open_capture(std::move(opened.captures[i]), opened.paths[i]));
  }
  return sources;
}

// What can be told before the first frame: a filter that a capture's link type cannot have.
[[nodiscard]] capture::Result<void> check_filter(
    const capture::Filter& filter, const std::vector<std::unique_ptr<Source>>& sources) {
  for (const auto& source : sources) {
    for (const capture::InputInfo* input : source->inputs()) {
      for (const capture::LinkType link : input->link_types) {
        if (auto applies = filter.applies_to(link); !applies) return applies;
      }
    }
  }
  return {};
}

[[nodiscard]] ExitCode exit_code_of(capture::LiveError::Cause cause) {
  using Cause = capture::LiveError::Cause;
  switch (cause) {
    case Cause::permission:
      return ExitCode::no_permission;
    case Cause::filter:
      return ExitCode::usage;
    case Cause::device:
      break;
  }
  return ExitCode::input_unreadable;
}

[[nodiscard]] tl::expected<OpenedInputs, ExitCode> open_interfaces(const Options& options) {
  capture::LiveSettings settings = options.live;
  settings.filter = options.filter;
  auto live = capture::LiveCapture::open(options.interfaces, settings);
  if (live) {
    OpenedInputs opened;
    opened.live = std::move(*live);
    return opened;
  }
  const auto& error = live.error();
  std::string message = error.message;
  if (error.cause == capture::LiveError::Cause::permission) message += ": " + how_to_permit();
  return leave(exit_code_of(error.cause), message);
}

}  // namespace

std::optional<std::uint64_t> dropped_of(std::span<const capture::InputInfo* const> inputs) {
  std::optional<std::uint64_t> dropped;
  for (const capture::InputInfo* input : inputs) {
    for (const auto& some : {input->kernel_dropped, input->interface_dropped}) {
      if (some) dropped = dropped.value_or(0) + *some;
    }
  }
  return dropped;
}

tl::expected<OpenedInputs, ExitCode> open_inputs(const Options& options,
                                                 capture::Waiting& waiting) {
  return options.is_live() ? open_interfaces(options) : open_captures(options, waiting);
}

Recognized recognize(OpenedInputs opened, capture::Waiting& waiting) {
  Recognized recognized{Inputs{}, {}};
  Inputs& inputs = *recognized.inputs;
  const auto fails = [&](ExitCode code, std::optional<capture::Error> why = {}) {
    if (why) recognized.complaints.push_back(why->message);
    recognized.inputs = tl::unexpected{code};
    return std::move(recognized);
  };
  inputs.live = std::move(opened.live);
  if (inputs.live) return recognized;
  auto sources = recognize_each(opened, waiting, recognized);
  if (sources.empty()) return fails(ExitCode::input_unreadable);
  inputs.all_opened = opened.all_opened;
  if (opened.filter) {
    if (const auto fits = check_filter(*opened.filter, sources); !fits) {
      return fails(ExitCode::usage, fits.error());
    }
  }
  auto merged = capture::merge(std::move(sources));
  if (!merged) return fails(ExitCode::usage, merged.error());
  inputs.source = std::move(*merged);
  if (opened.filter) {
    auto filtered = std::make_unique<capture::FilteredSource>(std::move(inputs.source),
                                                              std::move(*opened.filter));
    inputs.filtered = filtered.get();
    inputs.source = std::move(filtered);
  }
  return recognized;
}

tl::expected<Inputs, ExitCode> reopen_captures(const Options& options,
                                               const std::optional<capture::Filter>& filter) {
  // Only what can be read twice is opened twice: nobody waits for it.
  class Nobody final : public capture::Waiting {
    [[nodiscard]] bool wait() override { return false; }
    void tell(std::string_view) override {}
  } nobody;
  OpenedInputs opened;
  std::vector<std::string> unheard;
  open_each(options.inputs, opened, unheard);
  opened.filter = filter;
  return recognize(std::move(opened), nobody).inputs;
}

}  // namespace tapstat::app
