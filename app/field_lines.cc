#include "app/field_lines.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "report/address_text.h"
#include "report/names.h"

namespace tapstat::app {
namespace {

class Fields final : public report::RecordWriter {
 public:
  explicit Fields(report::Zone zone) : zone_(zone) {}

  [[nodiscard]] bool wants(std::string_view) const override { return true; }
  [[nodiscard]] tui::Page take() { return std::move(page_); }

 private:
  // An object or an array that is open; of an array how many elements came.
  struct Level {
    std::string name;
    bool is_array = false;
    std::size_t elements = 0;
  };

  // The name of a member of what is open, or the number of an element.
  [[nodiscard]] std::string path_of(std::string_view key) {
    std::string path = levels_.empty() ? "" : levels_.back().name;
    if (!levels_.empty() && levels_.back().is_array) {
      return path + fmt::format("[{}]", levels_.back().elements++);
    }
    if (!path.empty() && !key.empty()) path += '.';
    return path.append(key);
  }
  void add(std::string_view key, std::string value) {
    constexpr std::size_t kWidth = 30;
    std::string name = path_of(key);
    name.resize(std::max(name.size() + 1, kWidth), ' ');
    page_.parts.emplace_back(tui::Line{{std::move(name), tui::Look::quiet}, {std::move(value)}});
  }

  void open_object(std::string_view key) override { levels_.push_back({path_of(key)}); }
  void close_object() override { levels_.pop_back(); }
  void open_array(std::string_view key) override { levels_.push_back({path_of(key), true}); }
  void close_array() override { levels_.pop_back(); }
  void put(std::string_view key, std::uint64_t value) override { add(key, std::to_string(value)); }
  void put(std::string_view key, std::int64_t value) override { add(key, std::to_string(value)); }
  void put(std::string_view key, double value) override { add(key, fmt::format("{}", value)); }
  void put(std::string_view key, bool value) override { add(key, value ? "yes" : "no"); }
  void put(std::string_view key, std::string_view text) override { add(key, std::string{text}); }
  void put(std::string_view key, capture::Timestamp t) override {
    add(key, report::date_and_time(t, zone_));
  }
  void put(std::string_view key, std::chrono::nanoseconds d) override {
    add(key, report::duration_text(d));
  }
  void put(std::string_view key, const analysis::IpAddress& address) override {
    add(key, report::host_text(nullptr, address));
  }
  void put(std::string_view key, const report::MacAddress& mac) override {
    add(key, report::mac_text(mac));
  }

  report::Zone zone_;
  tui::Page page_;
  std::vector<Level> levels_;
};

}  // namespace

tui::Page field_lines(const report::WriteRecord& write, report::Zone zone) {
  Fields fields(zone);
  write(fields);
  return fields.take();
}

}  // namespace tapstat::app
