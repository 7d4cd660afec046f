#include "tui/commands.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace tapstat::tui {
namespace {

using Parsed = tl::expected<Command, std::string>;

struct Verb {
  CommandHelp help;
  Parsed (*parse)(std::string_view argument);
};

[[nodiscard]] tl::unexpected<std::string> wrong(std::string_view what) {
  return tl::unexpected{std::string{what}};
}

template <typename T>
[[nodiscard]] std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_all = error == std::errc{} && end == text.data() + text.size();
  return is_all ? std::optional{value} : std::nullopt;
}

struct NamedView {
  std::string_view name;
  View view;
};
constexpr std::array kViews = {
    NamedView{"connections", View::connections},
    NamedView{"tcp", View::connections},
    NamedView{"states", View::states},
    NamedView{"arp", View::neighbors},
    NamedView{"mac", View::neighbors},
    NamedView{"stp", View::trees},
    NamedView{"lvs", View::lvs},
    NamedView{"findings", View::findings},
    NamedView{"talkers", View::talkers},
    NamedView{"help", View::help},
};

[[nodiscard]] Parsed parse_view(std::string_view name) {
  const auto found = std::find_if(kViews.begin(), kViews.end(),
                                  [name](const NamedView& named) { return named.name == name; });
  if (found == kViews.end()) {
    return wrong("view: connections, states, arp, stp, lvs, findings, talkers or help");
  }
  return ViewCommand{found->view};
}

[[nodiscard]] Parsed parse_speed(std::string_view text) {
  if (!text.empty() && text.back() == 'x') text.remove_suffix(1);
  const auto speed = number<double>(text);
  constexpr double kLeast = 0.001, kMost = 1e6;
  const bool fits = speed && kLeast <= *speed && *speed <= kMost;  // which no NaN does
  if (!fits) return wrong("speed: a number, such as 0.5 or 10");
  return Order{Order::Kind::speed, *speed};
}

[[nodiscard]] Parsed parse_goto(std::string_view text) {
  if (text.empty()) return wrong("goto: a time: 14:05:00, +12.5 (seconds), 2026-11-21T14:05:00Z");
  return Order{Order::Kind::seek, 1, std::string{text}};
}

[[nodiscard]] Parsed parse_open(std::string_view text) {
  const auto id = number<std::uint32_t>(text);
  if (!id) return wrong("open: the id of a connection");
  return OpenCommand{*id};
}

[[nodiscard]] Parsed parse_mouse(std::string_view text) {
  if (text != "on" && text != "off") return wrong("mouse: on or off");
  return MouseCommand{text == "on"};
}

template <Order::Kind kind>
[[nodiscard]] Parsed parse_order(std::string_view) {
  return Order{kind};
}

constexpr std::array kVerbs = {
    Verb{{"quit", "leave"}, [](std::string_view) -> Parsed { return QuitCommand{}; }},
    Verb{{"view NAME", "connections, states, arp, stp, lvs, findings, talkers"}, parse_view},
    Verb{{"filter EXPR", "as / takes it; empty: none"},
         [](std::string_view text) -> Parsed { return FilterCommand{std::string{text}}; }},
    Verb{{"sort COLUMN", "a part of its title"},
         [](std::string_view text) -> Parsed { return SortCommand{std::string{text}}; }},
    Verb{{"open ID", "the connection of that id"}, parse_open},
    Verb{{"goto TIME", "14:05:00, +12.5 (seconds from the first packet), 2026-11-21T14:05:00Z"},
         parse_goto},
    Verb{{"speed X", "a capture: X times as fast as it was"}, parse_speed},
    Verb{{"start", "a capture: its first packet"}, parse_order<Order::Kind::start>},
    Verb{{"end", "a capture: its end"}, parse_order<Order::Kind::end>},
    Verb{{"live", "back from what was kept of a live session"}, parse_order<Order::Kind::live>},
    Verb{{"mouse on|off", "off: the terminal's own selecting"}, parse_mouse},
};
constexpr auto kHelp = [] {
  std::array<CommandHelp, kVerbs.size()> help{};
  for (std::size_t i = 0; i < help.size(); ++i) help[i] = kVerbs[i].help;
  return help;
}();

[[nodiscard]] std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Parsed parse_command(std::string_view text) {
  text = trimmed(text);
  const std::string_view name = text.substr(0, text.find(' '));
  const std::string_view argument = trimmed(text.substr(name.size()));
  // As in vi, the beginning of a name will do.
  const auto found = std::find_if(kVerbs.begin(), kVerbs.end(), [name](const Verb& verb) {
    const std::string_view full = verb.help.usage.substr(0, verb.help.usage.find(' '));
    return full.substr(0, name.size()) == name;
  });
  if (name.empty() || found == kVerbs.end()) {
    return wrong("no such command; ? lists them");
  }
  return found->parse(argument);
}

std::span<const CommandHelp> command_help() { return kHelp; }

}  // namespace tapstat::tui
