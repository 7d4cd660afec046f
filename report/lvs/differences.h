// Where a director does something else than it was told to, as far as the packets show.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/lvs/overview.h"
#include "report/lvs/configuration.h"
#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

enum class LvsDifferenceKind : std::uint8_t {
  service_not_seen,        // configured, and nothing of it was captured
  service_not_configured,  // seen, and not configured
  server_not_seen,
  server_not_configured,
  mode,
  scheduler,
  weight,
  persistence,
};
inline constexpr std::array<std::string_view, 8> kLvsDifferenceNames = {"service_not_seen",
                                                                        "service_not_configured",
                                                                        "server_not_seen",
                                                                        "server_not_configured",
                                                                        "mode",
                                                                        "scheduler",
                                                                        "weight",
                                                                        "persistence"};

struct LvsDifference {
  LvsDifferenceKind kind{};
  std::uint8_t protocol = 0;  // of IP; 0: of a service by firewall mark that was not seen
  std::optional<analysis::Socket> vip{};
  std::optional<std::uint32_t> fwmark{};
  std::optional<analysis::Socket> server{};  // where it is about one
  std::string configured{}, seen{};          // "nat", "rr" ...; empty where there is none
};

// In the order of the configuration; what is not in it last.
[[nodiscard]] std::vector<LvsDifference> compare(const IpvsConfiguration& intended,
                                                 const analysis::lvs::Overview& overview);

void write_lvs_difference(const LvsDifference& difference, RecordWriter& json);
// Under a heading; also says that there is none.
void print_lvs_differences(const Report& report, const std::vector<LvsDifference>& differences,
                           Output& out);

}  // namespace tapstat::report
