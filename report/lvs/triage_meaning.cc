#include "report/lvs/triage_meaning.h"

#include "decode/ip_protocol.h"

namespace tapstat::report {
namespace {

namespace lvs = analysis::lvs;

[[nodiscard]] bool goes_past_director(lvs::Mode mode) {
  return mode == lvs::Mode::dr || mode == lvs::Mode::tun;
}

void explain_split(Triage& t) {
  t.meaning =
      "Packets of one connection went to different real servers: the second one knows nothing of "
      "it, and resets it.";
  t.next = {
      "Did the director's entry expire in between (ipvsadm -L --timeout), or was the port used "
      "again?",
      "With two directors: does the synchronisation run (tapstat findings), and do routers spread "
      "one connection over both?",
      "Does a real server answer ARP for the VIP (tapstat arp, tapstat findings)?"};
}

void explain_refusal(Triage& t) {
  t.meaning =
      "The real server got it and refused: nothing listens there, or a firewall rejects it.";
  t.next = {"On the real server: ss -ltn, is there a listener on the port",
            goes_past_director(t.path->mode)
                ? "and on the VIP: the service must listen on it (or on all addresses), not on the "
                  "RIP alone"
                : "and on the RIP's port that the director is configured with (ipvsadm -Ln)",
            "Why did the health check leave it in? Set its weight to 0 until it is back"};
}

void explain_silence_past(Triage& t) {
  t.meaning =
      "The director handed it on and nothing shows an answer. In this mode answers go past the "
      "director: its capture cannot show them, but the client that sends its SYN again can.";
  t.next = {
      "Capture on the real server: does the SYN arrive, and does a SYN-ACK leave?",
      "On the real server: ip addr, is the VIP on lo (or on the tunnel); a host that does not "
      "own it drops the packet",
      t.path->mode == lvs::Mode::tun
          ? "Is the tunnel interface up (tunl0, gre, fou), and rp_filter off on it?"
          : "sysctl arp_ignore=1 and arp_announce=2 on it, and is the MAC address still its "
            "own (tapstat arp)?"};
}

void explain_silence(Triage& t) {
  t.meaning =
      "The director handed it on and nothing came back: the real server is down, drops it, or its "
      "answer takes another way.";
  t.next = {"Does the real server answer ARP (tapstat arp: incomplete)?",
            "Capture on the real server: does the SYN arrive, and does a SYN-ACK leave?",
            "On the real server: ip route get CIP must lead to the director"};
}

void explain_bypass(Triage& t) {
  t.meaning =
      "The real server answers past the director, though this mode needs it to: the client sees "
      "answers from an address that it did not ask, and resets them.";
  t.next = {"On the real server: ip route get CIP must lead to the director (its default gateway)",
            "Is the client in the real server's own network? Then the answer goes straight: use "
            "FULLNAT, or a route for the client's network"};
}

void explain_unknown_answer(Triage& t) {
  t.meaning = "It was handed on; what the real server did is not in the capture.";
  t.next = {"Capture on the real server as well, and give both files: tapstat lvs -r A -r B"};
}

void explain_good(Triage& t) {
  t.meaning = t.path->return_path == lvs::ReturnPath::direct
                  ? "All as it should be: answers go past the director in this mode."
              : t.path->return_path == lvs::ReturnPath::director
                  ? "All as it should be, both ways."
                  : "The real server accepted: the client went on. Its answers take a way that was "
                    "not captured.";
}

void add_expiry(Triage& t) {
  const bool is_expired =
      t.protocol == decode::ip_protocol::kTcp && !t.path->state && !t.path->replaced_at;
  if (!is_expired || t.path->reception == lvs::Reception::refused) return;
  t.next.emplace_back(
      "The director's entry has expired since; a packet that comes now opens another one, perhaps "
      "to another real server (ipvsadm --set)");
}

}  // namespace

void explain(Triage& t) {
  using enum lvs::Reception;
  const lvs::Path& path = *t.path;
  const bool is_bypass =
      path.return_path == lvs::ReturnPath::direct && !goes_past_director(path.mode);
  if (!path.others.empty()) {
    explain_split(t);
  } else if (path.reception == refused) {
    explain_refusal(t);
  } else if (is_bypass) {
    explain_bypass(t);
  } else if (path.reception == unanswered) {
    goes_past_director(path.mode) ? explain_silence_past(t) : explain_silence(t);
  } else if (path.reception == unknown && path.return_path == lvs::ReturnPath::unseen) {
    explain_unknown_answer(t);
  } else {
    explain_good(t);
  }
  if (!path.target.socket && !path.target.mac) {
    t.next.emplace_back(
        "To see which real server it is, capture on the interface itself: -i any keeps only the "
        "sender's MAC address");
  }
  add_expiry(t);
}

void explain_unforwarded(Triage& t, const Unforwarded& facts) {
  if (facts.complaint) {
    t.answered.text += "; " + *facts.complaint;
    if (!facts.is_out_of_servers) {
      t.meaning =
          "It was rejected by ICMP: who hands it on cannot reach the host that it chose, by ARP or "
          "by a route.";
      t.next = {"Is the real server up, and does it answer ARP (tapstat arp: incomplete)?",
                "On the director: ip route get RIP"};
      return;
    }
    t.meaning =
        "It was rejected by ICMP: from a director that means that no real server is available.";
    t.next = {"On the director: ipvsadm -Ln, are there real servers with a weight above 0?",
              "What do the health checks say (keepalived's log)?"};
  } else if (facts.was_reset) {
    t.meaning =
        "It was reset by the address it asked, and nothing shows that it was handed on: it ended "
        "at "
        "the director itself, or the capture shows one side only.";
    t.next = {"On the director: ipvsadm -Ln, is there a virtual service for this address and port?",
              "Capture on all its interfaces (-i any) to see both sides"};
  } else if (facts.was_answered) {
    t.meaning =
        "It was answered, and nothing shows a director in between: the host answers itself, or the "
        "capture shows one side of the director only.";
    t.next = {"Capture on all interfaces of the director (-i any), or at the real server as well"};
  } else {
    t.meaning = facts.service_is_known
                    ? "Others of this service are handed on, this one is not: the director dropped "
                      "it, or has no real server for it."
                    : "It was seen, and neither handed on nor answered.";
    t.next = {
        "On the director: ipvsadm -Ln --stats, and nstat; does a firewall (nft list ruleset) "
        "drop it before IPVS sees it?",
        "Is the VIP on the director's interface (ip addr), and is this director the master "
        "(VRRP)?",
        "Does the packet go to the director's MAC address (tapstat arp, for the VIP)?"};
  }
}

void explain_absent(Triage& t) {
  t.meaning = "What this client sends does not come by here.";
  t.next = {
      "Is the address the one that the director sees? A gateway before it may translate it "
      "(tapstat nat)",
      "On its way: does the route to the VIP lead here, and who answers ARP for the VIP "
      "(tapstat arp)?",
      "Did the capture filter leave it out, or end too early?"};
}

}  // namespace tapstat::report
