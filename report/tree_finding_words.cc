#include "report/tree_finding_words.h"

#include <fmt/format.h>

#include "report/finding_words.h"
#include "report/time_text.h"

namespace tapstat::report {
namespace {

using analysis::Figures;
using analysis::Finding;
using analysis::FindingKind;

[[nodiscard]] std::string times_text(std::uint64_t n) {
  return n == 1 ? "once" : fmt::format("{} times", n);
}

[[nodiscard]] std::string root_changed_text(const Finding& finding) {
  const auto* to = std::get_if<decode::BridgeId>(&finding.subject);
  const auto* from = std::get_if<decode::BridgeId>(&finding.other);
  const bool is_better = to != nullptr && from != nullptr && *to < *from;
  const std::string again = finding.figures.count == 1
                                ? ""
                                : fmt::format(", {} in all", times_text(finding.figures.count));
  const bool is_itself = to != nullptr && from != nullptr && to->mac() == from->mac();
  const std::string_view why = is_itself   ? "it gave itself another priority"
                               : is_better ? "its id is lower"
                                           : "nothing was heard of that one any more";
  return fmt::format("became the root in place of {}{}: {}", subject_text(finding.other), again,
                     why);
}

[[nodiscard]] std::string topology_change_text(const Figures& f) {
  std::string text =
      f.count == 1
          ? fmt::format("signalled a topology change, which lasted {}", duration_text(f.longest))
          : fmt::format("signalled {} topology changes, which lasted up to {}", f.count,
                        duration_text(f.longest));
  if (f.retransmissions == 0) return text;
  return text + fmt::format("; {} TCP segment{} sent again while the tree was rebuilt",
                            f.retransmissions, f.retransmissions == 1 ? " was" : "s were");
}

// Where two bridges differ, or one of them has timers that fit no network.
[[nodiscard]] std::string timers_text(const Finding& finding) {
  if (std::holds_alternative<std::monostate>(finding.other)) {
    return "its timers do not fit together: twice the forward delay less a second must be at least "
           "the max age, and that twice the hello time and a second";
  }
  return fmt::format("passes on other timers than the root's, as {} has them",
                     subject_text(finding.other));
}

[[nodiscard]] std::string vlan_text(const Finding& finding) {
  const Figures& f = finding.figures;
  if (std::holds_alternative<std::monostate>(finding.other)) {
    return fmt::format("sent {} of VLAN {} with the tag of VLAN {}",
                       f.count == 1 ? "a BPDU" : fmt::format("{} BPDUs", f.count), f.other_vlan,
                       f.vlan);
  }
  return fmt::format("takes untagged frames for VLAN {}, and {} on the same link for VLAN {}",
                     f.other_vlan, subject_text(finding.other), f.vlan);
}

}  // namespace

std::string tree_finding_text(const Finding& finding) {
  const Figures& f = finding.figures;
  switch (finding.kind) {
    case FindingKind::stp_root_changed:
      return root_changed_text(finding);
    case FindingKind::stp_root_flapping:
      return fmt::format("the root changed {}, up to {} within 10 min", times_text(f.count),
                         times_text(f.most));
    case FindingKind::stp_two_roots:
      return fmt::format("is the root for some bridges, and {} for others, for {} by now",
                         subject_text(finding.other), duration_text(f.longest));
    case FindingKind::stp_two_designated:
      return fmt::format(
          "serves a segment that {} claims to serve, too, for {}: one of them does "
          "not hear the other, or the capture has two links in one",
          subject_text(finding.other), duration_text(f.longest));
    case FindingKind::stp_topology_change:
      return topology_change_text(f);
    case FindingKind::stp_topology_change_storm:
      return fmt::format("{} topology changes, up to {} within a minute, the first signalled by {}",
                         f.count, f.most, subject_text(finding.other));
    case FindingKind::stp_timer_mismatch:
      return timers_text(finding);
    case FindingKind::stp_tcn_unacknowledged:
      return fmt::format("told of a topology change for {} and was not answered",
                         duration_text(f.longest));
    case FindingKind::stp_vlan_mismatch:
      return vlan_text(finding);
    case FindingKind::stp_region_mismatch:
      return fmt::format(
          "has the MST region's name of {} and another table or revision: they are "
          "two regions",
          subject_text(finding.other));
    case FindingKind::stp_loop:
      return "its own BPDUs come back on the segment where it sends them";
    case FindingKind::stp_near_max_age:
      return "what it passes on of the root is so old that no bridge behind it takes it";
    case FindingKind::stp_missed_hellos:
      return fmt::format(
          "two or more hellos in a row of a port that went on afterwards did not come, "
          "{}",
          times_text(f.count));
    case FindingKind::stp_mixed_path_costs:
      return fmt::format(
          "counts path costs by the old table (802.1D-1998), and {} by the new one: "
          "ways by old bridges look shorter than they are",
          subject_text(finding.other));
    case FindingKind::stp_default_root:
      return fmt::format(
          "is the root of {} bridges by its address alone: its priority is the "
          "default",
          f.of);
    default:
      return "";
  }
}

std::string_view tree_advice(FindingKind kind) {
  switch (kind) {
    case FindingKind::stp_root_changed:
      return "Find out whether that was meant; give the root you want the lowest priority, and "
             "guard "
             "the ports towards others (root guard).";
    case FindingKind::stp_root_flapping:
      return "Look for a bridge that restarts, a link that goes up and down, or hellos that are "
             "lost.";
    case FindingKind::stp_two_roots:
      return "Look for a filter of BPDUs or a one-way link between the two parts.";
    case FindingKind::stp_two_designated:
      return "Look for a one-way link, a filter of BPDUs, or bridges of which one ignores the "
             "other's version.";
    case FindingKind::stp_topology_change:
      return "See in that bridge's log which port went up or down; ports of hosts should be edge "
             "ports (PortFast).";
    case FindingKind::stp_topology_change_storm:
      return "Find the port that goes up and down, beginning at the bridge that signals first.";
    case FindingKind::stp_timer_mismatch:
      return "Set hello time, max age and forward delay on the root only, and so that they fit.";
    case FindingKind::stp_tcn_unacknowledged:
      return "Look whether the designated bridge of that segment hears anything at all: a one-way "
             "link or a filter.";
    case FindingKind::stp_vlan_mismatch:
      return "Compare the native VLAN and the access VLAN of both ends of the link.";
    case FindingKind::stp_region_mismatch:
      return "Compare name, revision and the VLANs of each instance on both bridges; the table "
             "must "
             "be the same to the last VLAN.";
    case FindingKind::stp_loop:
      return "Look for a cable plugged in twice, or a switch without spanning tree that closes the "
             "circle; or the tap sees each frame twice.";
    case FindingKind::stp_near_max_age:
      return "There are too many bridges in a row: shorten the way, or raise max age or max hops "
             "on "
             "the root.";
    case FindingKind::stp_missed_hellos:
      return "Look for an overloaded bridge, a lossy link, or a capture that lost packets; one "
             "more "
             "hello, and the tree is built anew.";
    case FindingKind::stp_mixed_path_costs:
      return "Set all bridges to the same table (pathcost method long).";
    case FindingKind::stp_default_root:
      return "Choose a root and a second one by their priorities.";
    default:
      return "";
  }
}

}  // namespace tapstat::report
