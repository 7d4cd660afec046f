#include "tui/help.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "tui/commands.h"

namespace tapstat::tui {
namespace {

struct KeyHelp {
  std::string_view keys, what;
};
constexpr std::array kHelp = {
    KeyHelp{"Tab 1-7 h l", "the views; of an open connection, its parts"},
    KeyHelp{"up down j k", "the row above, below; PgUp PgDn Ctrl-B Ctrl-F a screen of them"},
    KeyHelp{"Home End g G", "the first, the last row"},
    KeyHelp{"Enter Esc", "open the connection; back"},
    KeyHelp{"/ F4", "filter: state == CLOSE_WAIT and server.port == 443; Esc: none"},
    KeyHelp{"s S F6", "sort by the next column, the one before; r: the other way round"},
    KeyHelp{"t", "closed connections stay, or go ten seconds after their end"},
    KeyHelp{"Space p", "pause: what is shown stays; capturing goes on"},
    KeyHelp{"m", "mouse on, off (then the terminal selects text)"},
    KeyHelp{"? F1", "this help"},
    KeyHelp{"q F10 Ctrl-C", "quit"},
};
constexpr std::array kPlaybackHelp = {
    KeyHelp{"Space", "play, pause"},
    KeyHelp{". ,", "the next packet, the one before"},
    KeyHelp{"] [", "the next change of a state, the one before"},
    KeyHelp{"} {", "the next event (a retransmission, ...), the one before"},
    KeyHelp{"+ - ^ $", "twice, half the speed; to the start, to the end"},
    KeyHelp{"L", "back to what is live, from its past (, [ { ^ and :goto go there)"},
};

// Keys stand in columns of this width.
constexpr std::size_t kKeys = 14;

void add(Page& page, std::string_view keys, std::string_view what) {
  std::string padded{keys};
  padded.resize(std::max(padded.size() + 1, kKeys), ' ');
  page.parts.emplace_back(Line{{std::move(padded), Look::key}, {std::string{what}}});
}

void add_heading(Page& page, std::string_view text) {
  page.parts.emplace_back(Line{{std::string{text}, Look::heading}});
}

}  // namespace

Page help_page() {
  Page page;
  for (const auto& [keys, what] : kHelp) add(page, keys, what);
  add_heading(page, "A capture that is played (top -r FILE)");
  for (const auto& [keys, what] : kPlaybackHelp) add(page, keys, what);
  add_heading(page, "Commands, after a colon");
  for (const auto& [usage, what] : command_help()) add(page, usage, what);
  return page;
}

}  // namespace tapstat::tui
