#include "app/views.h"

#include <algorithm>
#include <array>

namespace tapstat::app {
namespace {

using report::View;

constexpr std::array kViews = {
    ViewEntry{"report", View::report, "the whole capture: states, top talkers, the worst, findings",
              "tapstat web.pcap\n"
              "    what the capture is, and what is wrong in it\n"
              "sudo tapstat report -i eth0 -w eth0.pcapng port 443\n"
              "    the same of what passes until Ctrl-C, and the packets into a file\n"},
    ViewEntry{"tcp", View::tcp, "one row per TCP connection, with the state of both ends",
              "tapstat tcp -r web.pcap port 443 and not host 10.0.0.1\n"
              "    the connections that a capture filter lets through\n"
              "tapstat tcp -r web.pcap --where 'state == CLOSE_WAIT and age > 1s'\n"
              "    those that an application forgot to close\n"
              "tapstat tcp -r web.pcap --at +1.5 --json\n"
              "    as they stood 1.5 s after the first packet, a record a line\n"
              "sudo tapstat tcp -i eth0 --stream\n"
              "    live, each as soon as it has ended\n"},
    ViewEntry{"states", View::states, "how many endpoints are in each TCP state, most first",
              "tapstat states -r web.pcap\n"
              "    as netstat -n | awk '/^tcp/ {++S[$NF]}' counts them\n"
              "tapstat states -r web.pcap --every 500ms\n"
              "    how the counts changed in the course of the capture\n"},
    ViewEntry{"transitions", View::transitions,
              "each change of each end's state, and what caused it",
              "tapstat transitions -r web.pcap --where 'to == FIN_WAIT2'\n"
              "    when each end came into that state\n"
              "sudo tapstat transitions -i eth0 port 80\n"
              "    as they happen\n"},
    ViewEntry{"events", View::events, "retransmissions, duplicate ACKs, zero windows, by frame",
              "tapstat events -r web.pcap\n"
              "    by the names and rules of Wireshark\n"
              "tapstat events -r web.pcap --where 'kind == zero_window'\n"
              "    who let the other end wait, and when\n"},
    ViewEntry{"ladder", View::ladder,
              "one connection as a sequence diagram between its ends' states",
              "tapstat ladder -r web.pcap --connection 5\n"
              "    by the id that tapstat tcp gives it\n"
              "tapstat ladder -r web.pcap --connection 198.51.100.18:40180-192.0.2.80:8443\n"
              "    by its addresses\n"},
    ViewEntry{"findings", View::findings,
              "what is wrong, most severe first, with evidence and advice",
              "tapstat findings -r web.pcap\n"
              "    floods, leaks, black holes, loops and the like\n"
              "tapstat findings -r web.pcap --expect 'count(severity == error) == 0'\n"
              "    for a script: exit status 1 where there are any\n"},
    ViewEntry{"flows", View::flows, "UDP, ICMP, SCTP and other conversations, and their times",
              "tapstat flows -r web.pcap\n"
              "    requests, responses, and how long these took\n"
              "tapstat flows -r web.pcap --names udp port 53\n"
              "    who asked which name server\n"},
    ViewEntry{"arp", View::arp, "which MAC address each address has: ARP, RARP, IPv6 ND",
              "tapstat arp -r lan.pcap\n"
              "    the table, with what changed in it\n"
              "tapstat arp -r lan.pcap --where 'state == conflict'\n"
              "    addresses that two claim\n"},
    ViewEntry{"mac", View::mac, "each MAC address: kind, vendor, VLANs, whether it is a gateway",
              "tapstat mac -r lan.pcap --names\n"
              "    with the vendors, where the lists of the IEEE are installed\n"
              "sudo tapstat mac -i eth0 -c 10000\n"
              "    of the next 10000 packets\n"},
    ViewEntry{"stp", View::stp, "spanning trees: root, bridges, segments, port roles, changes",
              "tapstat stp -r link1.pcap -r link2.pcap\n"
              "    the tree that captures of two links tell of\n"
              "tapstat stp -r lan.pcap --format dot -o tree.dot\n"
              "    for Graphviz to draw\n"},
    ViewEntry{"bpdus", View::bpdus, "each spanning-tree BPDU, field by field",
              "tapstat bpdus -r lan.pcap\n"
              "    all of them, in the order of time\n"
              "tapstat bpdus -r lan.pcap --json\n"
              "    a record a line\n"},
    ViewEntry{"lvs", View::lvs, "virtual services, real servers, the paths CIP -> VIP -> RIP",
              "tapstat lvs -r director.pcap\n"
              "    services as ipvsadm -Ln lists them, and the road of every client\n"
              "tapstat lvs -r director.pcap --triage 203.0.113.9\n"
              "    what became of that client, question by question\n"
              "tapstat lvs -r director.pcap --ipvs-config ipvs.rules\n"
              "    what differs from what ipvsadm-save -n wrote\n"},
    ViewEntry{"nat", View::nat, "what boxes that rewrite addresses make of connections",
              "tapstat nat -r router.pcap\n"
              "    each connection as it came and as it went on\n"
              "tapstat nat -r router.pcap --where 'kind == dnat'\n"
              "    those whose destination was rewritten\n"},
    ViewEntry{"top", std::nullopt, "the dashboard: live, or playing a capture (keys: ?)",
              "sudo tapstat -i eth0\n"
              "    on a terminal top is what -i shows where no view is named\n"
              "tapstat top -r web.pcap\n"
              "    forward, backward and packet by packet\n"},
};

}  // namespace

std::span<const ViewEntry> views() { return kViews; }

const ViewEntry* find_view(std::string_view name) {
  const auto* found = std::find_if(kViews.begin(), kViews.end(),
                                   [&](const ViewEntry& view) { return view.name == name; });
  return found == kViews.end() ? nullptr : found;
}

}  // namespace tapstat::app
