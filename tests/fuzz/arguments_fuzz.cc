// Any bytes as what options take: times, durations, sockets, clients, connections, timers.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/client_argument.h"
#include "app/connection_argument.h"
#include "app/timer_argument.h"
#include "report/socket_argument.h"
#include "report/time_argument.h"

namespace {

namespace app = tapstat::app;
namespace report = tapstat::report;

void read_times(std::string_view text) {
  if (const auto time = report::TimeArgument::parse(text)) {
    for (const auto first : {tapstat::capture::kEarliest, tapstat::capture::kLatest}) {
      (void)time->resolve(first);
    }
  }
  const auto duration = report::parse_duration(text);
  if (duration && duration->count() < 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  read_times(text);
  (void)report::parse_socket(text);
  (void)app::parse_client(text);
  (void)app::parse_connection(text);
  auto timers = app::timers_of(text);
  (void)app::set_timer(text, timers);
  return 0;
}
