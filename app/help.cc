#include "app/help.h"

#include <fmt/format.h>

#include <array>
#include <sstream>
#include <vector>

#include "app/views.h"

namespace tapstat::app {
namespace {

constexpr std::string_view kNotes = R"(
FILTER is a capture filter as tcpdump takes it, pcap-filter(7).
T is seconds since the epoch, a local time (2026-11-21 14:05:00), ISO 8601
(2026-11-21T14:05:00Z), or +12.5 from the first packet.
DURATION is in seconds, or has a unit: us, ms, s, m or h.
EXPR compares fields of --json's records: server.port in {80, 443} and
rtt.max > 200ms. --fields lists those of the view.
)";

// Options by the group that declare() puts them into. What is peculiar to a view comes first.
struct Group {
  std::string_view name, title;
  std::string_view views;  // which take them; empty: all; "reports": all but top
};
constexpr std::array kGroups = {
    Group{"states", "Of this view", "states"},
    Group{"ladder", "Of this view", "ladder"},
    Group{"lvs", "Of this view", "lvs"},
    Group{"stream", "Of this view", "tcp transitions"},
    Group{"input", "What is read", ""},
    Group{"live", "Live, with -i", ""},
    Group{"time", "At which time", "reports"},
    Group{"records", "Which records", "reports"},
    Group{"printing", "How it is printed", "reports"},
    Group{"showing", "How it is shown", ""},
    Group{"engine", "How states are told, and at what cost", ""},
    Group{"program", "Of the program", ""},
};

[[nodiscard]] bool goes_with(const Group& group, std::string_view view) {
  if (group.views.empty()) return true;
  if (group.views == "reports") return view != "top";
  return group.views.find(view) != std::string_view::npos;
}

constexpr std::size_t kWidth = 80;

// Behind the names of an option.
constexpr std::size_t kIndent = 24;

// What it says, in the columns behind the names, on lines of its own where these are long.
[[nodiscard]] std::string option_lines(const std::string& names, const std::string& description) {
  std::string text = "  " + names;
  std::size_t column = text.size();
  bool begins = true;
  std::istringstream words(description);
  for (std::string word; words >> word; begins = false) {
    const bool is_full = begins ? column + 2 > kIndent : column + 1 + word.size() > kWidth;
    if (is_full) text += '\n';
    if (is_full || begins) {
      text.append(is_full ? kIndent : kIndent - column, ' ');
      column = kIndent;
    } else {
      text += ' ';
      ++column;
    }
    text += word;
    column += word.size();
  }
  return text + '\n';
}

[[nodiscard]] std::string names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  const std::string type = option.get_items_expected() == 0 ? "" : " " + option.get_type_name();
  return fmt::format("{}{}", fmt::join(names, ", "), type);
}

[[nodiscard]] std::string options_of(const CLI::App& app, std::string_view view) {
  std::string text;
  for (const Group& group : kGroups) {
    if (!goes_with(group, view)) continue;
    text += fmt::format("\n{}\n", group.title);
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group() != group.name) continue;
      text += option_lines(names_of(*option), option->get_description());
    }
  }
  return text;
}

[[nodiscard]] std::string indented(std::string_view lines) {
  std::string text;
  std::istringstream stream{std::string{lines}};
  for (std::string line; std::getline(stream, line);) text += "  " + line + '\n';
  return text;
}

}  // namespace

std::string general_help() {
  std::string text =
      "tapstat: netstat for a network tap\n"
      "usage: tapstat [VIEW] -r FILE... [OPTION...] [FILTER]     of captures\n"
      "       tapstat [VIEW] -i IFACE... [OPTION...] [FILTER]    live (-D: interfaces)\n"
      "       tapstat FILE...          the same as: tapstat report -r FILE...\n\n";
  for (const ViewEntry& view : views())
    text += fmt::format("  {:<11}  {}\n", view.name, view.summary);
  return text +
         "\nFILTER is as tcpdump takes it. A ? behind a state: nothing confirmed it yet.\n"
         "Options and examples: tapstat VIEW --help. All of it: man tapstat\n";
}

std::string view_help(const CLI::App& app, std::string_view view) {
  const ViewEntry* entry = find_view(view);
  if (entry == nullptr) return general_help();
  return fmt::format(
      "tapstat {0}: {1}\n\n"
      "usage: tapstat {0} -r FILE... [OPTION...] [FILTER]\n"
      "       tapstat {0} -i IFACE... [OPTION...] [FILTER]\n"
      "{2}{3}\nExamples\n{4}",
      view, entry->summary, options_of(app, view), kNotes, indented(entry->examples));
}

}  // namespace tapstat::app
