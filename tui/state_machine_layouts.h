// The drawings of the TCP state machine that positions are marked in: RFC 9293, figure 5.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace tapstat::tui {

inline constexpr int kStateCount = 11;

// As ss writes them.
inline constexpr std::array<std::string_view, kStateCount> kStateNames = {
    "CLOSED",    "LISTEN",     "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1",
    "FIN_WAIT2", "CLOSE_WAIT", "CLOSING",  "LAST_ACK", "TIME_WAIT",
};

// Columns of a line of a drawing.
struct Place {
  int row;
  int left;
  int width;
};

struct Layout {
  std::span<const std::string_view> lines;  // for ASCII, each character has its like
  int columns;
  std::array<Place, kStateCount> places;  // with the names, in the order of kStateNames
  int border;                             // lines above and below a place that belong to it
  int client_mark, server_mark;           // columns of a place, below 0 from its end
  // What is said of the ends; on a line after the others only where there is room.
  Place client_text, server_text;
};

// Boxes and what each arrow stands for: what comes, or what the program does, and the answer.
inline constexpr std::array<std::string_view, 20> kLargeLines = {
    "                                      ┌───────────────────────────────────┐",
    "┌─────────────┐  listen   ┌───────────▼───┐connect/SYN┌──────────────┐    │",
    "│   LISTEN    │◀─────────▶│    CLOSED     │◀─────────▶│   SYN_SENT   │    │",
    "└──────┬──────┘   close   └───────────────┘   close   └──┬────┬──────┘    │",
    "  ▲    ├─────────────────────────────────────────────────┘    │           │",
    "  │RST ▼ SYN/SYN,ACK                                          │           │",
    "┌─┴───────────┐    ACK    ┌───────────────┐ SYN,ACK/ACK       │           │",
    "│  SYN_RECV   ├──────────▶│  ESTABLISHED  │◀──────────────────┘           │",
    "└──────┬──────┘           └────┬─────┬────┘                               │",
    "       ├───────────────────────┘     └────────────────────────┐           │",
    "       ▼ close/FIN                                    FIN/ACK ▼           │",
    "┌─────────────┐  FIN/ACK  ┌───────────────┐           ┌──────────────┐    │",
    "│  FIN_WAIT1  ├──────────▶│    CLOSING    │           │  CLOSE_WAIT  │    │",
    "└──────┬───┬──┘           └───────┬───────┘           └───────┬──────┘    │",
    "       │   └─────────────────┐    │                           │           │",
    "       ▼ ACK     FIN,ACK/ACK ▼    ▼ ACK             close/FIN ▼           │",
    "┌─────────────┐  FIN/ACK  ┌───────────────┐           ┌──────────────┐ACK │",
    "│  FIN_WAIT2  ├──────────▶│   TIME_WAIT   │           │   LAST_ACK   ├────┤",
    "└─────────────┘           └───────┬───────┘           └──────────────┘    │",
    "                                  └─ 2MSL ────────────────────────────────┘",
};
inline constexpr Layout kLarge = {
    .lines = kLargeLines,
    .columns = 75,
    .places = {{{2, 26, 17},
                {2, 0, 15},
                {2, 54, 16},
                {7, 0, 15},
                {7, 26, 17},
                {12, 0, 15},
                {17, 0, 15},
                {12, 54, 16},
                {12, 26, 17},
                {17, 54, 16},
                {17, 26, 17}}},
    .border = 1,
    .client_mark = 1,
    .server_mark = -2,
    .client_text = {0, 0, 18},
    .server_text = {0, 19, 18},
};

// The same without boxes, and without what the short arrows stand for.
inline constexpr std::array<std::string_view, 13> kMediumLines = {
    "                       ┌─────────────────────────┐",
    "                       ▼                         │",
    "   LISTEN    ◀─▶    CLOSED     ◀─▶   SYN_SENT    │",
    "  ▲   ├──────────────────────────────────┤       │",
    "  │RST▼ SYN/SYN,ACK          SYN,ACK/ACK │       │",
    "  SYN_RECV   ──▶  ESTABLISHED  ◀─────────┘       │",
    "      ├─────────────┘     └──────────────┐       │",
    "      ▼ close/FIN                FIN/ACK ▼       │",
    "  FIN_WAIT1  ──▶    CLOSING         CLOSE_WAIT   │",
    "      │ └──────────┐   │                 │       │",
    "      ▼ ACK        ▼   ▼ ACK   close/FIN ▼       │",
    "  FIN_WAIT2  ──▶   TIME_WAIT         LAST_ACK   ─┤",
    "                       └─ 2MSL ──────────────────┘",
};
inline constexpr Layout kMedium = {
    .lines = kMediumLines,
    .columns = 50,
    .places = {{{2, 16, 15},
                {2, 0, 13},
                {2, 34, 14},
                {5, 0, 13},
                {5, 16, 15},
                {8, 0, 13},
                {11, 0, 13},
                {8, 34, 14},
                {8, 16, 15},
                {11, 34, 14},
                {11, 16, 15}}},
    .border = 0,
    .client_mark = 0,
    .server_mark = -1,
    .client_text = {0, 0, 22},
    .server_text = {1, 0, 22},
};

// Without events, and without the ways back to CLOSED.
inline constexpr std::array<std::string_view, 6> kSmallLines = {
    "CLOSED   ┬▶LISTEN   ───▶SYN_RECV   ────┐",
    "         └▶SYN_SENT   ─▶ESTABLISHED   ◀┘",  // opening
    "┌─────────────────────────────┘",
    "├FIN_WAIT1   ┬▶FIN_WAIT2   ▶TIME_WAIT",  // the end that closes first
    "│            └▶CLOSING   ─────▲",
    "└CLOSE_WAIT   ▶LAST_ACK",  // the other end
};
inline constexpr Layout kSmall = {
    .lines = kSmallLines,
    .columns = 40,
    .places = {{{0, 0, 9},
                {0, 11, 9},
                {1, 11, 11},
                {0, 24, 11},
                {1, 24, 14},
                {3, 1, 12},
                {3, 15, 12},
                {5, 1, 13},
                {4, 15, 10},
                {5, 15, 11},
                {3, 28, 12}}},
    .border = 0,
    .client_mark = -2,
    .server_mark = -1,
    .client_text = {6, 0, 19},
    .server_text = {6, 20, 20},
};

}  // namespace tapstat::tui
