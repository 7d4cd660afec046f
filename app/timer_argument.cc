#include "app/timer_argument.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/time_argument.h"

namespace tapstat::app {

using analysis::tcp::Timers;

namespace {

struct TimerName {
  std::string_view name;
  std::optional<analysis::tcp::Duration> Timers::*timer;
};

constexpr std::array kTimers = {
    TimerName{"syn_sent", &Timers::syn_sent},
    TimerName{"syn_recv", &Timers::syn_received},
    TimerName{"fin_wait2", &Timers::fin_wait_2},
    TimerName{"time_wait", &Timers::time_wait},
};

}  // namespace

Timers timers_of(std::string_view stack) {
  if (stack == "rfc") return analysis::tcp::kRfcTimers;
  if (stack == "windows") return analysis::tcp::kWindowsTimers;
  if (stack == "bsd") return analysis::tcp::kBsdTimers;
  return analysis::tcp::kLinuxTimers;
}

tl::expected<void, std::string> set_timer(std::string_view setting, Timers& timers) {
  const std::size_t equals = setting.find('=');
  const auto found = std::find_if(kTimers.begin(), kTimers.end(), [&](const TimerName& t) {
    return t.name == setting.substr(0, equals);
  });
  if (equals == std::string_view::npos || found == kTimers.end()) {
    return tl::unexpected{
        fmt::format("--timer {}: not NAME=SECONDS with the name syn_sent, syn_recv, fin_wait2 or "
                    "time_wait",
                    setting)};
  }
  const std::string_view value = setting.substr(equals + 1);
  const auto duration = report::parse_duration(value);
  if (!duration && value != "inf") {
    return tl::unexpected{
        fmt::format("--timer {}: not a duration; give seconds, such as 30 or 2m, or inf", setting)};
  }
  timers.*(found->timer) = duration;
  return {};
}

}  // namespace tapstat::app
