// One reader a layer, as Walk describes them; Decoder calls them by Walk::next().
#pragma once

#include "decode/walk.h"

namespace tapstat::decode {

// link_readers.cc
void read_ethernet(Walk& walk);
void read_vlan(Walk& walk);
void read_fabric_path(Walk& walk);
void read_sll(Walk& walk);
void read_sll2(Walk& walk);
void read_loopback(Walk& walk);
void read_ppp(Walk& walk);
void read_pppoe(Walk& walk);
void read_c_hdlc(Walk& walk);
void read_fddi(Walk& walk);
void read_arcnet(Walk& walk);
void read_llc(Walk& walk);
void read_snap(Walk& walk);
void read_mpls(Walk& walk);

// wireless_readers.cc
void read_radiotap(Walk& walk);
void read_ppi(Walk& walk);
void read_nflog(Walk& walk);
void read_ieee80211(Walk& walk);

// internet_readers.cc
void read_ipv4(Walk& walk);
void read_ipv6(Walk& walk);
void read_ipv6_extension(Walk& walk);
void read_uoa(Walk& walk);
void read_arp(Walk& walk);

// transport_readers.cc
void read_tcp(Walk& walk);
void read_udp(Walk& walk);
void read_icmp(Walk& walk);

// tunnel_readers.cc
void read_gre(Walk& walk);
void read_erspan(Walk& walk);
void read_vxlan(Walk& walk);
void read_geneve(Walk& walk);
void read_gue(Walk& walk);
void read_gtpu(Walk& walk);
void read_l2tp(Walk& walk);
void read_teredo(Walk& walk);
void read_ayiya(Walk& walk);

}  // namespace tapstat::decode
