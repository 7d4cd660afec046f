// What may be typed after a colon.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>

#include "tui/picture.h"
#include "tui/playback.h"

namespace tapstat::tui {

struct QuitCommand {};
struct ViewCommand {
  View view;
};
struct FilterCommand {
  std::string text;
};
struct SortCommand {
  std::string column;  // a part of its title, in any case
};
struct OpenCommand {
  std::uint32_t id;
};
struct MouseCommand {
  bool is_on;
};
using Command = std::variant<QuitCommand, ViewCommand, FilterCommand, SortCommand, OpenCommand,
                             MouseCommand, Order>;

// `text` is without the colon. The error is a sentence for people.
[[nodiscard]] tl::expected<Command, std::string> parse_command(std::string_view text);

struct CommandHelp {
  std::string_view usage, what;
};
[[nodiscard]] std::span<const CommandHelp> command_help();

}  // namespace tapstat::tui
