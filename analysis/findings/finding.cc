#include "analysis/findings/finding.h"

namespace tapstat::analysis {

Severity severity_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::syn_flood:
    case FindingKind::accept_queue_full:
    case FindingKind::close_wait_leak:
    case FindingKind::time_wait_exhaustion:
    case FindingKind::mtu_black_hole:
    case FindingKind::injected_reset:
    case FindingKind::routing_loop:
    case FindingKind::stp_root_flapping:
    case FindingKind::stp_two_roots:
    case FindingKind::stp_two_designated:
    case FindingKind::stp_topology_change_storm:
    case FindingKind::stp_vlan_mismatch:
    case FindingKind::stp_loop:
    case FindingKind::arp_conflict:
    case FindingKind::dad_failed:
    case FindingKind::vrrp_split_brain:
    case FindingKind::lvs_server_unanswered:
    case FindingKind::lvs_server_refused:
    case FindingKind::lvs_no_server:
    case FindingKind::lvs_reply_bypasses_director:
    case FindingKind::lvs_arp_problem:
    case FindingKind::lvs_mtu:
      return Severity::error;
    case FindingKind::half_open_buildup:
    case FindingKind::port_scan:
    case FindingKind::connection_refused:
    case FindingKind::no_answer:
    case FindingKind::zero_window_stall:
    case FindingKind::heavy_retransmission:
    case FindingKind::reset_storm:
    case FindingKind::keep_alive_failure:
    case FindingKind::split_handshake:
    case FindingKind::stp_root_changed:
    case FindingKind::stp_topology_change:
    case FindingKind::stp_timer_mismatch:
    case FindingKind::stp_tcn_unacknowledged:
    case FindingKind::stp_region_mismatch:
    case FindingKind::stp_near_max_age:
    case FindingKind::stp_missed_hellos:
    case FindingKind::stp_mixed_path_costs:
    case FindingKind::arp_flip_flop:
    case FindingKind::arp_unanswered:
    case FindingKind::arp_scan:
    case FindingKind::arp_unsolicited_reply:
    case FindingKind::arp_source_mismatch:
    case FindingKind::vrrp_failover:
    case FindingKind::lvs_split_handshake:
    case FindingKind::lvs_entry_expired:
    case FindingKind::lvs_toa_missing:
    case FindingKind::lvs_conn_reuse:
      return Severity::warning;
    case FindingKind::asymmetric_capture:
    case FindingKind::capture_loss:
    case FindingKind::checksum_offload:
    case FindingKind::stp_default_root:
    case FindingKind::arp_move:
    case FindingKind::arp_proxy:
      return Severity::note;
  }
  return Severity::note;
}

}  // namespace tapstat::analysis
