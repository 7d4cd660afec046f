// Keys, clicks and sizes of the screen as bytes choose them, over a picture with names that bytes
// choose, too: whatever is drawn has the size that it was to have, and drives no terminal.
#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/fuzz/choices.h"
#include "tests/hostile/fit.h"
#include "tests/hostile/full_run.h"
#include "tests/tui/typing.h"
#include "tui/commands.h"

namespace {

using namespace tapstat::tui;
using tapstat::test::Choices;
using tapstat::test::fail;

[[nodiscard]] Size size_of(Choices& choices) {
  return {static_cast<int>(choices.below(70)), static_cast<int>(choices.below(220))};
}

[[nodiscard]] Key key_of(Choices& choices) {
  constexpr unsigned kSpecials = static_cast<unsigned>(Special::wheel_down) + 1;
  const std::uint8_t kind = choices.byte();
  if (kind < 0x80) return {.character = kind};  // what is typed mostly
  const auto special = static_cast<Special>(kind % kSpecials);
  if (special == Special::none) return {.character = choices.number() % 0x110000};
  return {.special = special, .row = choices.byte() - 8, .column = choices.byte() - 8};
}

[[nodiscard]] std::string text_of(Choices& choices) {
  std::string text;
  for (unsigned n = choices.below(24); n > 0; --n) text += static_cast<char>(choices.byte());
  return text;
}

[[nodiscard]] Detail detail_of(Choices& choices, RowId id) {
  Detail detail;
  detail.id = id;
  detail.title = text_of(choices);
  detail.is_there = choices.below(2) == 0;
  for (Page* page : {&detail.summary, &detail.ladder, &detail.record}) {
    page->parts.emplace_back(Line{{text_of(choices), Look::plain}});
  }
  return detail;
}

// What answers the request, in words of the wire's.
[[nodiscard]] Picture picture_for(const Request& request, Choices& names) {
  Picture picture = picture_of(request);
  picture.header.source = text_of(names);
  picture.problem = text_of(names);
  for (Row& row : picture.table.rows) {
    if (names.is_empty()) break;
    row.cells[1].text = text_of(names);
  }
  picture.page.parts.emplace_back(Line{{text_of(names), Look::failed}});
  if (request.opened) picture.detail = detail_of(names, *request.opened);
  if (names.below(2) == 1) {
    Playback& playback = picture.playback.emplace();
    playback.elapsed = text_of(names);
    playback.problem = text_of(names);
    playback.is_past = names.below(2) == 1;
  }
  return picture;
}

void check(const Screen& screen, Size size) {
  if (screen.size() != size) fail("a screen of another size");
  if (const auto wrong = tapstat::test::unfit_text(screen.text())) fail(*wrong);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kMostKeys = 48;
  Choices choices({data, size});
  Size screen = size_of(choices);
  Dashboard dashboard(choices.below(2) == 1);
  for (int i = 0; i < kMostKeys && !choices.is_empty(); ++i) {
    Choices names = choices;
    const Picture picture = picture_for(dashboard.request(screen), names);
    dashboard.notice(picture);
    const Key key = key_of(choices);
    if (key.special == Special::resize) screen = size_of(choices);
    dashboard.press(key, picture, screen);
    (void)dashboard.take_orders();
    check(dashboard.draw(picture, screen), screen);
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
  const auto command = parse_command({reinterpret_cast<const char*>(data), size});
  if (!command && tapstat::test::unfit_text(command.error())) fail("an answer that is unfit");
  return 0;
}
