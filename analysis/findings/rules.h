// The rules, one function for each family of findings.
#pragma once

#include "analysis/findings/inquiry.h"

namespace tapstat::analysis {

void find_handshakes_in_vain(Inquiry& inquiry);  // syn_flood, half_open_buildup
void find_scans(Inquiry& inquiry);               // port_scan
void find_leaks(Inquiry& inquiry);               // close_wait_leak
void find_spent_ports(Inquiry& inquiry);         // time_wait_exhaustion
void find_reset_storms(Inquiry& inquiry);        // reset_storm
// injected_reset, accept_queue_full, keep_alive_failure, connection_refused, no_answer,
// asymmetric_capture
void find_in_connections(Inquiry& inquiry);
void find_split_handshakes(Inquiry& inquiry);  // split_handshake
void find_capture_loss(Inquiry& inquiry);      // capture_loss
void find_bad_paths(Inquiry& inquiry);  // zero_window_stall, heavy_retransmission, mtu_black_hole
void find_loops(Inquiry& inquiry);      // routing_loop
void find_offload(Inquiry& inquiry);    // checksum_offload
void find_tree_changes(Inquiry& inquiry);   // stp_root_*, stp_topology_change*, stp_default_root
void find_tree_troubles(Inquiry& inquiry);  // the other stp_*
// arp_conflict, arp_flip_flop, arp_move, arp_unsolicited_reply, arp_source_mismatch, dad_failed
void find_disputed_addresses(Inquiry& inquiry);
void find_proxies(Inquiry& inquiry);                 // arp_proxy
void find_unanswered_neighbors(Inquiry& inquiry);    // arp_scan, arp_unanswered
void find_vrrp_trouble(Inquiry& inquiry);            // vrrp_failover, vrrp_split_brain
void find_virtual_server_trouble(Inquiry& inquiry);  // lvs_*

}  // namespace tapstat::analysis
