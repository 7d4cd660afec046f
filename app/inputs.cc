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

// Inputs that cannot be opened are complained about and left out.
[[nodiscard]] std::vector<std::unique_ptr<Source>> open_each(
    const std::vector<std::string>& paths) {
  std::vector<std::unique_ptr<Source>> sources;
  for (const std::string& path : paths) {
    if (auto source = capture::open_file(path)) {
      sources.push_back(std::move(*source));
    } else {
      complain(source.error().message);
    }
  }
  return sources;
}

// What can be told before the first frame: a filter that a capture's link type cannot have.
[[nodiscard]] capture::Result<void> check_filter(
    capture::Filter& filter, const std::vector<std::unique_ptr<Source>>& sources) {
  for (const auto& source : sources) {
    for (const capture::InputInfo* input : source->inputs()) {
      for (const capture::LinkType link : input->link_types) {
        if (auto compiled = filter.compile_for(link); !compiled) return compiled;
      }
    }
  }
  return {};
}

[[nodiscard]] tl::expected<std::optional<capture::Filter>, ExitCode> compile_filter(
    const std::string& expression) {
  if (expression.empty()) return std::nullopt;
  auto filter = capture::Filter::compile(expression);
  if (!filter) return leave(ExitCode::usage, filter.error().message);
  return std::optional{std::move(*filter)};
}

[[nodiscard]] tl::expected<Inputs, ExitCode> open_captures(const Options& options) {
  auto filter = compile_filter(options.filter);
  if (!filter) return tl::unexpected{filter.error()};
  auto sources = open_each(options.inputs);
  if (sources.empty()) return tl::unexpected{ExitCode::input_unreadable};
  Inputs inputs;
  inputs.all_opened = sources.size() == options.inputs.size();
  if (*filter) {
    if (const auto fits = check_filter(**filter, sources); !fits) {
      return leave(ExitCode::usage, fits.error().message);
    }
  }
  auto merged = capture::merge(std::move(sources));
  if (!merged) return leave(ExitCode::usage, merged.error().message);
  inputs.source = std::move(*merged);
  if (*filter) {
    auto filtered =
        std::make_unique<capture::FilteredSource>(std::move(inputs.source), std::move(**filter));
    inputs.filtered = filtered.get();
    inputs.source = std::move(filtered);
  }
  return inputs;
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

[[nodiscard]] tl::expected<Inputs, ExitCode> open_interfaces(const Options& options) {
  capture::LiveSettings settings = options.live;
  settings.filter = options.filter;
  auto live = capture::LiveCapture::open(options.interfaces, settings);
  if (live) {
    Inputs inputs;
    inputs.live = std::move(*live);
    return inputs;
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

tl::expected<Inputs, ExitCode> open_inputs(const Options& options) {
  return options.is_live() ? open_interfaces(options) : open_captures(options);
}

}  // namespace tapstat::app
