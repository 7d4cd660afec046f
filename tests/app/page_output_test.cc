#include "app/page_output.h"

#include <gtest/gtest.h>

namespace tapstat::app {
namespace {

[[nodiscard]] std::string text_of(const tui::Page& page, tui::Size size) {
  tui::Screen screen(size);
  draw(page, 0, {0, size.rows}, false, screen);
  return screen.text();
}

TEST(PageOutput, LinesBecomeLines) {
  PageOutput out(80);
  out.write("one\ntw");
  out.write("o\n\nlast");
  EXPECT_EQ(text_of(out.take(), {5, 10}), "one\ntwo\n\nlast\n\n");
  EXPECT_TRUE(out.take().is_empty());
}

TEST(PageOutput, ColoursBecomeLooks) {
  PageOutput out(80);
  fmt::memory_buffer line;
  report::append_cell(line, "bad", report::Role::failed, true);
  report::append_cell(line, " so", report::Role::notable, true);
  report::append_cell(line, " far\n", report::Role::plain, true);
  out.write({line.data(), line.size()});
  tui::Screen screen({1, 20});
  draw(out.take(), 0, {0, 1}, false, screen);
  EXPECT_EQ(screen.text(), "bad so far\n");
  EXPECT_EQ(screen.at(0, 0).look, tui::Look::failed);
  EXPECT_EQ(screen.at(0, 4).look, tui::Look::notable);
  EXPECT_EQ(screen.at(0, 7).look, tui::Look::plain);
}

TEST(PageOutput, TablesStayTables) {
  report::Table table({{"Name"}, {"State"}, {"Number", report::Align::right}});
  table.add({{std::string{"a"}}, {"gone", report::Role::quiet}, {std::string{"12"}}});
  PageOutput out(80);
  table.print(out, true, "  ");
  const tui::Page page = out.take();
  EXPECT_EQ(text_of(page, {2, 17}), "Name State Number\na    gone      12\n");
  EXPECT_EQ(text_of(page, {2, 12}), "Name  State\na     gone\n") << "the right ones go first";
}

TEST(PageOutput, SentencesGoOnBelow) {
  PageOutput out(12);
  out.write("No service was seen\n  as drawn: it stays as it is\n");
  EXPECT_EQ(text_of(out.take(), {4, 30}),
            "No service\nwas seen\n  as drawn: it stays as it is\n\n");
}

}  // namespace
}  // namespace tapstat::app
