// Both ends in the TCP state machine, in areas of any size.
#include "tui/state_machine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "tui/state_machine_layouts.h"

namespace tapstat::tui {
namespace {

constexpr Size kLargeSize{20, 75};
constexpr Size kMediumSize{13, 50};
constexpr Size kSmallSize{7, 40};

[[nodiscard]] Positions at(std::string_view client, std::string_view server) {
  return {{std::string(client), {}}, {std::string(server), {}}};
}

[[nodiscard]] Screen drawn(const Positions& positions, Size size, bool ascii = false) {
  Screen screen(size, ascii);
  draw_state_machine(positions, {0, 0, size.rows, size.columns}, ascii, screen);
  return screen;
}

[[nodiscard]] std::string text(const Positions& positions, Size size, bool ascii = false) {
  return "\n" + drawn(positions, size, ascii).text();  // as a raw string begins
}

// Where that text stands first.
[[nodiscard]] Place find(const Screen& screen, std::string_view wanted) {
  const Size size = screen.size();
  const int width = static_cast<int>(wanted.size());
  for (int row = 0; row < size.rows; ++row) {
    for (int left = 0; left + width <= size.columns; ++left) {
      const bool is_here = std::all_of(wanted.begin(), wanted.end(), [&, i = left](char c) mutable {
        return screen.at(row, i++).glyph == static_cast<char32_t>(c);
      });
      if (is_here) return {row, left, width};
    }
  }
  return {-1, -1, width};
}

// The marks beside the name of a state.
[[nodiscard]] std::string marks_at(const Screen& screen, std::string_view state) {
  constexpr int kNear = 5;
  const Place name = find(screen, state);
  std::string marks;
  const int end = std::min(screen.size().columns, name.left + name.width + kNear);
  for (int column = std::max(name.left - kNear, 0); column < end; ++column) {
    const Cell& cell = screen.at(name.row, column);
    if (cell.look == Look::selected) marks.push_back(static_cast<char>(cell.glyph));
  }
  return marks;
}

TEST(StateMachine, LargeHasBoxesAndEvents) {
  EXPECT_EQ(text(at("TIME_WAIT", "LAST_ACK"), kLargeSize), R"(
C client           S server           ┌───────────────────────────────────┐
┌─────────────┐  listen   ┌───────────▼───┐connect/SYN┌──────────────┐    │
│   LISTEN    │◀─────────▶│    CLOSED     │◀─────────▶│   SYN_SENT   │    │
└──────┬──────┘   close   └───────────────┘   close   └──┬────┬──────┘    │
  ▲    ├─────────────────────────────────────────────────┘    │           │
  │RST ▼ SYN/SYN,ACK                                          │           │
┌─┴───────────┐    ACK    ┌───────────────┐ SYN,ACK/ACK       │           │
│  SYN_RECV   ├──────────▶│  ESTABLISHED  │◀──────────────────┘           │
└──────┬──────┘           └────┬─────┬────┘                               │
       ├───────────────────────┘     └────────────────────────┐           │
       ▼ close/FIN                                    FIN/ACK ▼           │
┌─────────────┐  FIN/ACK  ┌───────────────┐           ┌──────────────┐    │
│  FIN_WAIT1  ├──────────▶│    CLOSING    │           │  CLOSE_WAIT  │    │
└──────┬───┬──┘           └───────┬───────┘           └───────┬──────┘    │
       │   └─────────────────┐    │                           │           │
       ▼ ACK     FIN,ACK/ACK ▼    ▼ ACK             close/FIN ▼           │
┌─────────────┐  FIN/ACK  ┌───────────────┐           ┌──────────────┐ACK │
│  FIN_WAIT2  ├──────────▶│C  TIME_WAIT   │           │   LAST_ACK  S├────┤
└─────────────┘           └───────┬───────┘           └──────────────┘    │
                                  └─ 2MSL ────────────────────────────────┘
)");
}

TEST(StateMachine, MediumHasNoBoxes) {
  EXPECT_EQ(text(at("TIME_WAIT", "LAST_ACK"), kMediumSize), R"(
C client               ┌─────────────────────────┐
S server               ▼                         │
   LISTEN    ◀─▶    CLOSED     ◀─▶   SYN_SENT    │
  ▲   ├──────────────────────────────────┤       │
  │RST▼ SYN/SYN,ACK          SYN,ACK/ACK │       │
  SYN_RECV   ──▶  ESTABLISHED  ◀─────────┘       │
      ├─────────────┘     └──────────────┐       │
      ▼ close/FIN                FIN/ACK ▼       │
  FIN_WAIT1  ──▶    CLOSING         CLOSE_WAIT   │
      │ └──────────┐   │                 │       │
      ▼ ACK        ▼   ▼ ACK   close/FIN ▼       │
  FIN_WAIT2  ──▶C  TIME_WAIT         LAST_ACK  S─┤
                       └─ 2MSL ──────────────────┘
)");
}

TEST(StateMachine, SmallIsAChain) {
  EXPECT_EQ(text(at("TIME_WAIT", "LAST_ACK"), kSmallSize), R"(
CLOSED   ┬▶LISTEN   ───▶SYN_RECV   ────┐
         └▶SYN_SENT   ─▶ESTABLISHED   ◀┘
┌─────────────────────────────┘
├FIN_WAIT1   ┬▶FIN_WAIT2   ▶TIME_WAIT C
│            └▶CLOSING   ─────▲
└CLOSE_WAIT   ▶LAST_ACK  S
C client            S server
)");
}

TEST(StateMachine, OfPlainAscii) {
  EXPECT_EQ(text(at("TIME_WAIT", "LAST_ACK"), kLargeSize, true), R"(
C client           S server           +-----------------------------------+
+-------------+  listen   +-----------v---+connect/SYN+--------------+    |
|   LISTEN    |<--------->|    CLOSED     |<--------->|   SYN_SENT   |    |
+------+------+   close   +---------------+   close   +--+----+------+    |
  ^    +-------------------------------------------------+    |           |
  |RST v SYN/SYN,ACK                                          |           |
+-+-----------+    ACK    +---------------+ SYN,ACK/ACK       |           |
|  SYN_RECV   +---------->|  ESTABLISHED  |<------------------+           |
+------+------+           +----+-----+----+                               |
       +-----------------------+     +------------------------+           |
       v close/FIN                                    FIN/ACK v           |
+-------------+  FIN/ACK  +---------------+           +--------------+    |
|  FIN_WAIT1  +---------->|    CLOSING    |           |  CLOSE_WAIT  |    |
+------+---+--+           +-------+-------+           +-------+------+    |
       |   +-----------------+    |                           |           |
       v ACK     FIN,ACK/ACK v    v ACK             close/FIN v           |
+-------------+  FIN/ACK  +---------------+           +--------------+ACK |
|  FIN_WAIT2  +---------->|C  TIME_WAIT   |           |   LAST_ACK  S+----+
+-------------+           +-------+-------+           +--------------+    |
                                  +- 2MSL --------------------------------+
)");
  EXPECT_EQ(text(at("TIME_WAIT", "LAST_ACK"), kMediumSize, true), R"(
C client               +-------------------------+
S server               v                         |
   LISTEN    <->    CLOSED     <->   SYN_SENT    |
  ^   +----------------------------------+       |
  |RSTv SYN/SYN,ACK          SYN,ACK/ACK |       |
  SYN_RECV   -->  ESTABLISHED  <---------+       |
      +-------------+     +--------------+       |
      v close/FIN                FIN/ACK v       |
  FIN_WAIT1  -->    CLOSING         CLOSE_WAIT   |
      | +----------+   |                 |       |
      v ACK        v   v ACK   close/FIN v       |
  FIN_WAIT2  -->C  TIME_WAIT         LAST_ACK  S-+
                       +- 2MSL ------------------+
)");
  EXPECT_EQ(text(at("TIME_WAIT", "LAST_ACK"), kSmallSize, true), R"(
CLOSED   +>LISTEN   --->SYN_RECV   ----+
         +>SYN_SENT   ->ESTABLISHED   <+
+-----------------------------+
+FIN_WAIT1   +>FIN_WAIT2   >TIME_WAIT C
|            +>CLOSING   -----^
+CLOSE_WAIT   >LAST_ACK  S
C client            S server
)");
}

TEST(StateMachine, EachStateHasAPlaceForBothEnds) {
  for (const Size size : {kLargeSize, kMediumSize, kSmallSize}) {
    for (const std::string_view state : kStateNames) {
      SCOPED_TRACE(std::string(state) + " at " + std::to_string(size.columns));
      EXPECT_EQ(marks_at(drawn(at(state, ""), size), state), "C");
      EXPECT_EQ(marks_at(drawn(at("", state), size), state), "S");
      EXPECT_EQ(marks_at(drawn(at(state, state), size), state), "CS");
    }
  }
}

TEST(StateMachine, NoMarkCoversTheDrawing) {
  for (const Size size : {kLargeSize, kMediumSize, kSmallSize}) {
    const Screen empty = drawn({}, size);
    for (const std::string_view state : kStateNames) {
      const Screen marked = drawn(at(state, state), size);
      int changed = 0;
      for (int row = 0; row < size.rows; ++row) {
        for (int column = 0; column < size.columns; ++column) {
          if (marked.at(row, column).glyph == empty.at(row, column).glyph) continue;
          EXPECT_EQ(empty.at(row, column).glyph, U' ') << state;
          ++changed;
        }
      }
      EXPECT_EQ(changed, 2) << state;
    }
  }
}

TEST(StateMachine, StatesLookAsTheyWereVisited) {
  const Positions positions{{"FIN_WAIT2", {"SYN_SENT", "ESTABLISHED"}}, {"CLOSE_WAIT", {"LISTEN"}}};
  for (const Size size : {kLargeSize, kMediumSize, kSmallSize}) {
    const Screen screen = drawn(positions, size);
    const auto look = [&](std::string_view state) {
      const Place name = find(screen, state);
      return screen.at(name.row, name.left).look;
    };
    EXPECT_EQ(look("FIN_WAIT2"), Look::good);
    EXPECT_EQ(look("CLOSE_WAIT"), Look::good);
    EXPECT_EQ(look("SYN_SENT"), Look::plain);
    EXPECT_EQ(look("LISTEN"), Look::plain);
    EXPECT_EQ(look("CLOSED"), Look::quiet);
    EXPECT_EQ(look("LAST_ACK"), Look::quiet);
  }
}

TEST(StateMachine, ABoxLooksAsItsState) {
  const Screen screen = drawn(at("LISTEN", ""), kLargeSize);
  EXPECT_EQ(screen.at(1, 0).look, Look::good);
  EXPECT_EQ(screen.at(3, 14).look, Look::good);
  EXPECT_EQ(screen.at(2, 15).look, Look::quiet) << "an arrow";
  EXPECT_EQ(screen.at(4, 2).look, Look::quiet);
}

TEST(StateMachine, UnknownStatesAreSaid) {
  const Positions positions = at("UNKNOWN", "SYN_RCVD");
  for (const Size size : {kLargeSize, kMediumSize, kSmallSize}) {
    const std::string shown = text(positions, size);
    EXPECT_NE(shown.find("C client: UNKNOWN "), std::string::npos) << shown;
    EXPECT_NE(shown.find("S server: SYN_RCVD"), std::string::npos) << shown;
    EXPECT_NE(shown.find("LAST_ACK"), std::string::npos) << shown;
  }
}

TEST(StateMachine, TheLastLineIsForUnknownStates) {
  const Size size{6, 40};
  EXPECT_EQ(text(at("TIME_WAIT", "CLOSED"), size), R"(
CLOSED  S┬▶LISTEN   ───▶SYN_RECV   ────┐
         └▶SYN_SENT   ─▶ESTABLISHED   ◀┘
┌─────────────────────────────┘
├FIN_WAIT1   ┬▶FIN_WAIT2   ▶TIME_WAIT C
│            └▶CLOSING   ─────▲
└CLOSE_WAIT   ▶LAST_ACK
)");
  EXPECT_EQ(text(at("TIME_WAIT", "UNKNOWN"), size),
            "\nC client: TIME_WAIT\nS server: UNKNOWN\n\n\n\n\n");
}

TEST(StateMachine, WithoutRoomItIsText) {
  EXPECT_EQ(text(at("TIME_WAIT", "CLOSED"), {3, 12}), "\nC client: T…\nS server: C…\n\n");
  EXPECT_EQ(text(at("TIME_WAIT", ""), {2, 40}), "\nC client: TIME_WAIT\nS server\n");
}

TEST(StateMachine, TakesWhatItSays) {
  const Positions known = at("LISTEN", "LISTEN");
  EXPECT_EQ(state_machine_size(known, {60, 200}), kLargeSize);
  EXPECT_EQ(state_machine_size(known, {20, 74}), kMediumSize);
  EXPECT_EQ(state_machine_size(known, {19, 75}), kMediumSize);
  EXPECT_EQ(state_machine_size(known, {12, 75}), kSmallSize);
  EXPECT_EQ(state_machine_size(known, {6, 49}), (Size{6, 40}));
  EXPECT_EQ(state_machine_size(at("UNKNOWN", ""), {6, 49}), (Size{2, 49}));
  EXPECT_EQ(state_machine_size(known, {1, 39}), (Size{1, 39}));
  EXPECT_EQ(state_machine_size(known, {-1, -1}), (Size{0, 0}));
}

TEST(StateMachine, KeepsToItsArea) {
  for (const Size size : {kLargeSize, kMediumSize, kSmallSize, Size{6, 40}, Size{3, 10}, Size{1, 1},
                          Size{0, 40}, Size{10, 0}, Size{-3, -3}}) {
    Screen screen({30, 90});
    const Area area{2, 3, size.rows, size.columns};
    draw_state_machine(at("TIME_WAIT", "a state with a name that is very long"), area, false,
                       screen);
    for (int row = 0; row < 30; ++row) {
      for (int column = 0; column < 90; ++column) {
        const bool is_inside = row >= area.top && row < area.top + area.rows &&
                               column >= area.left && column < area.left + area.columns;
        EXPECT_TRUE(is_inside || screen.at(row, column) == Cell{}) << row << " " << column;
      }
    }
  }
}

TEST(StateMachine, AScreenSmallerThanTheAreaIsNoHarm) {
  for (const Size size : {Size{0, 0}, Size{1, 1}, Size{10, 40}, Size{5, 60}}) {
    Screen screen(size);
    draw_state_machine(at("TIME_WAIT", "UNKNOWN"), {0, 0, 20, 75}, false, screen);
    draw_state_machine(at("TIME_WAIT", "UNKNOWN"), {-2, -2, 20, 75}, false, screen);
    EXPECT_EQ(screen.size(), size);
  }
}

TEST(StateMachine, OfPlainAsciiHasNothingElse) {
  for (int rows = 0; rows < 24; ++rows) {
    for (int columns = 0; columns < 80; columns += 3) {
      for (const char c : text(at("CLOSING", "X"), {rows, columns}, true)) {
        ASSERT_LT(static_cast<unsigned char>(c), 0x80) << rows << " " << columns;
        ASSERT_NE(c, '?') << "what an ASCII screen makes of other characters";
      }
    }
  }
}

}  // namespace
}  // namespace tapstat::tui
