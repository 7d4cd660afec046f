// A dashboard that somebody types at, with a picture that answers what it asks for.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tui/dashboard.h"

namespace tapstat::tui {

inline constexpr Size kUsual{24, 80};

// Connections 0 to 99, of which the picture has those that were asked for.
[[nodiscard]] inline Picture picture_of(const Request& request) {
  Picture picture;
  picture.request = request;
  picture.header = {.source = "eth0",
                    .clock = "12:34:56",
                    .packets_a_second = 12'345,
                    .bits_a_second = 98.7e6,
                    .packets = 1'234'567,
                    .dropped = 0,
                    .connections = 100,
                    .given_up = 0,
                    .memory = 13u << 20};
  Table& table = picture.table;
  table.columns = {{"Id", Align::right, 5, 4},    {"Client", Align::left, 19, 0},
                   {"State", Align::left, 12, 0}, {"Server", Align::left, 19, 1},
                   {"State", Align::left, 12, 0}, {"Packets", Align::right, 8, 3}};
  table.total = 100;
  table.first = request.first;
  table.sorted = request.sorted;
  table.is_descending = request.is_descending;
  for (std::uint64_t id = request.first;
       id < 100 && id < request.first + static_cast<std::uint64_t>(request.rows); ++id) {
    table.rows.push_back({id,
                          {{fmt::format("{}", id)},
                           {fmt::format("10.0.0.{}:40000", id)},
                           {"ESTABLISHED"},
                           {"192.0.2.80:443"},
                           {"CLOSE_WAIT", Look::notable},
                           {"17"}},
                          false});
  }
  picture.states = {{"ESTABLISHED", Look::plain, 60, 40, {10, 50, 100}},
                    {"CLOSE_WAIT", Look::notable, 0, 25, {0, 0, 25}}};
  return picture;
}

class Typing {
 public:
  explicit Typing(Size size = kUsual) : size_(size) {}

  void press(Special special) { dashboard_.press({special}, picture(), size_); }
  void click(int row, int column) {
    dashboard_.press({Special::click, 0, row, column}, picture(), size_);
  }
  // The picture has that, besides.
  void is_played(const Playback& playback) { playback_ = playback; }
  void has_past() { has_past_ = true; }
  void shows(Page page) { page_ = std::move(page); }
  void shows(Detail detail) { detail_ = std::move(detail); }
  void type(std::string_view text) {
    for (const char c : text) {
      dashboard_.press({Special::none, static_cast<char32_t>(c)}, picture(), size_);
    }
  }
  [[nodiscard]] Request request() const { return dashboard_.request(size_); }
  [[nodiscard]] Picture picture() const {
    Picture picture = picture_of(request());
    picture.playback = playback_;
    picture.has_past = has_past_;
    picture.page = page_;
    picture.detail = detail_;
    return picture;
  }
  [[nodiscard]] Screen screen() const { return dashboard_.draw(picture(), size_); }
  [[nodiscard]] std::string line(int row) const {
    const std::string text = screen().text();
    std::size_t at = 0;
    for (; row > 0; --row) at = text.find('\n', at) + 1;
    return text.substr(at, text.find('\n', at) - at);
  }
  // The row that stands out; empty for none.
  [[nodiscard]] std::string selected() const {
    const Screen now = screen();
    for (int row = 3; row < size_.rows - 1; ++row) {
      if (now.at(row, size_.columns - 1).look == Look::selected) return line(row);
    }
    return "";
  }
  [[nodiscard]] Dashboard& dashboard() { return dashboard_; }
  [[nodiscard]] const Dashboard& dashboard() const { return dashboard_; }

 private:
  Dashboard dashboard_{false};
  Size size_;
  std::optional<Playback> playback_;
  bool has_past_ = false;
  Page page_;
  std::optional<Detail> detail_;
};

}  // namespace tapstat::tui
