#include "report/lvs_finding_words.h"

#include <fmt/format.h>

#include "report/address_text.h"
#include "report/time_text.h"

namespace tapstat::report {
namespace {

using analysis::Finding;
using analysis::FindingKind;
using analysis::lvs::VrrpFailover;
using analysis::lvs::VrrpReason;

[[nodiscard]] std::string_view reason_text(VrrpReason reason) {
  switch (reason) {
    case VrrpReason::priority_zero:
      return ", which said that it stops";
    case VrrpReason::silence:
      return ", which had fallen silent";
    case VrrpReason::higher_priority:
      return ", whose priority is lower";
    case VrrpReason::unknown:
      break;
  }
  return "";
}

[[nodiscard]] std::string router_text(const Finding& f) {
  if (f.figures.vlan == 0) return fmt::format("virtual router {}", f.vrrp.vrid);
  return fmt::format("virtual router {} in VLAN {}", f.vrrp.vrid, f.figures.vlan);
}

[[nodiscard]] std::string failover_text(const Finding& f, const Names* names) {
  std::string text = router_text(f);
  const char* before = ": ";
  for (const VrrpFailover& failover : f.vrrp.failovers) {
    text += fmt::format("{}{} took over from {}{}", before, host_text(names, failover.to),
                        host_text(names, failover.from), reason_text(failover.reason));
    before = "; ";
  }
  const std::uint64_t more = f.figures.count - f.vrrp.failovers.size();
  if (more > 0) text += fmt::format("; and {} more", more);
  return text;
}

[[nodiscard]] std::string split_brain_text(const Finding& f, const Names* names) {
  std::string both;
  for (const auto& speaker : f.vrrp.speakers) {
    both += fmt::format("{}{} (priority {})", both.empty() ? "" : " and ",
                        host_text(names, speaker.address), speaker.priority);
  }
  return fmt::format("{}: {} were both master for {}{}", router_text(f), both,
                     duration_text(f.figures.longest),
                     f.figures.count > 1 ? fmt::format("; {} times in all", f.figures.count) : "");
}

}  // namespace

std::string lvs_finding_text(const Finding& f, const Names* names) {
  switch (f.kind) {
    case FindingKind::vrrp_failover:
      return failover_text(f, names);
    case FindingKind::vrrp_split_brain:
      return split_brain_text(f, names);
    default:
      return "";
  }
}

std::string_view lvs_advice_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::vrrp_failover:
      return "See the log of the old master for what stopped it; whether connections lived on is "
             "for their synchronisation.";
    case FindingKind::vrrp_split_brain:
      return "Let VRRP (IP protocol 112, 224.0.0.18 or ff02::12) pass between the two, and compare "
             "their settings: version, authentication, interval.";
    default:
      return "";
  }
}

}  // namespace tapstat::report
