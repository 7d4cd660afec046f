#include "report/lvs_finding_words.h"

#include <fmt/format.h>

#include "report/address_text.h"
#include "report/finding_words.h"
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

[[nodiscard]] std::string connections_text(std::uint64_t n) {
  return fmt::format("{} connection{}", n, n == 1 ? "" : "s");
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
  if (f.vrrp.lost > 0) {
    text += fmt::format("; it did not know {}, and reset {}", connections_text(f.vrrp.lost),
                        f.vrrp.lost == 1 ? "it" : "them");
  }
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

[[nodiscard]] std::string service_text(const Finding& f, const Names* names) {
  return subject_text(f.other, names);
}

[[nodiscard]] bool is_service_itself(const Finding& f) { return f.subject == f.other; }

[[nodiscard]] std::string servers_text(const Finding& f, const Names* names,
                                       std::string_view between) {
  std::string text;
  for (const analysis::Socket& server : f.lvs.servers) {
    if (!text.empty()) text += between;
    text += subject_text(server, names);
  }
  return text;
}

[[nodiscard]] std::string refused_text(const Finding& f, const Names* names) {
  const std::string which = is_service_itself(f)
                                ? "a real server of it, which the capture does not name, "
                                : fmt::format("real server of {}: it ", service_text(f, names));
  if (f.lvs.is_inferred) {
    return fmt::format(
        "{}seems to refuse {} of {} that it got: the clients sent one SYN and gave up, as after a "
        "reset, which goes past the director",
        which, f.figures.count, connections_text(f.figures.of));
  }
  return fmt::format("{}refused {} of {} that it got: nothing listens there", which,
                     f.figures.count, connections_text(f.figures.of));
}

[[nodiscard]] std::string unanswered_text(const Finding& f, const Names* names) {
  const std::string which = is_service_itself(f)
                                ? "a real server of it, which the capture does not name, "
                                : fmt::format("real server of {}: it ", service_text(f, names));
  if (f.lvs.is_down) {
    return fmt::format("{}is not there: the director found no host at its address, for {}", which,
                       connections_text(f.figures.count));
  }
  return fmt::format("{}answered none of the SYNs of {} of {} that it got", which, f.figures.count,
                     connections_text(f.figures.of));
}

[[nodiscard]] std::string no_server_text(const Finding& f) {
  return fmt::format(
      "the director sent {} of {} to no real server and said \"port unreachable\": none is left "
      "with a weight above 0",
      f.figures.count, connections_text(f.figures.of));
}

[[nodiscard]] std::string split_text(const Finding& f, const Names* names) {
  const std::string servers = servers_text(f, names, ", ");
  return fmt::format(
      "packets of {} of {} went to two real servers{}{}: the second one does not "
      "know the connection",
      f.figures.count, connections_text(f.figures.of), servers.empty() ? "" : ", of ", servers);
}

[[nodiscard]] std::string bypass_text(const Finding& f, const Names* names) {
  return fmt::format(
      "real server of {}: its answers to {} of {} went past the director, and reached the client "
      "with an address that it did not write to",
      service_text(f, names), f.figures.count, connections_text(f.figures.of));
}

[[nodiscard]] std::string arp_problem_text(const Finding& f, const Names* names) {
  std::string macs;
  for (const auto& mac : f.lvs.macs) macs += (macs.empty() ? "" : ", ") + mac_text(mac);
  const std::string servers = servers_text(f, names, ", ");
  std::string text =
      fmt::format("real servers say of themselves that they have the virtual address: {}{}", macs,
                  servers.empty() ? "" : fmt::format(" ({})", servers));
  if (f.figures.count > 0) {
    text += fmt::format("; {} went straight there, past the director",
                        connections_text(f.figures.count));
  }
  return text;
}

[[nodiscard]] std::string expired_text(const Finding& f) {
  std::string text = fmt::format(
      "the director itself reset {} of {} that both ends had open: it had no entry for them any "
      "more",
      f.figures.count, connections_text(f.figures.of));
  if (!f.lvs.shortest) return text;
  const std::string least = duration_text(*f.lvs.shortest), most = duration_text(f.figures.longest);
  return text + (least == most ? fmt::format(" after {} of silence", most)
                               : fmt::format(" after {} to {} of silence", least, most));
}

[[nodiscard]] std::string mtu_text(const Finding& f, const Names* names) {
  const std::string size =
      f.figures.most > 1 ? fmt::format("segments of {} bytes", f.figures.most) : "large segments";
  const std::string said =
      f.figures.icmp_errors > 0
          ? fmt::format(", though the director said {} times that they are too large",
                        f.figures.icmp_errors)
          : "";
  return fmt::format(
      "{} of {}: {} do not fit into the tunnel to {}, and the client sends them "
      "again and again{}",
      f.figures.count, connections_text(f.figures.of), size,
      f.lvs.servers.empty() ? "the real server" : servers_text(f, names, ", "), said);
}

[[nodiscard]] std::string toa_text(const Finding& f, const Names* names) {
  const std::string servers = servers_text(f, names, ", ");
  std::string text = fmt::format(
      "{} of {} reached the real server{} with data and without the client's address (TOA), which "
      "others carry",
      f.figures.count, connections_text(f.figures.of),
      servers.empty() ? "" : fmt::format(" ({})", servers));
  if (f.lvs.late > 0)
    text += fmt::format("; in {} of them it came after the first data", f.lvs.late);
  return text;
}

[[nodiscard]] std::string reuse_text(const Finding& f) {
  const std::string delay = f.figures.longest.count() == 0
                                ? ""
                                : fmt::format(", up to {} later", duration_text(f.figures.longest));
  return fmt::format(
      "the director dropped the first SYN of {} of {}, from ports that it had an entry for, and "
      "forwarded the next one{}",
      f.figures.count, connections_text(f.figures.of), delay);
}

[[nodiscard]] std::string virtual_server_text(const Finding& f, const Names* names) {
  switch (f.kind) {
    case FindingKind::lvs_server_refused:
      return refused_text(f, names);
    case FindingKind::lvs_server_unanswered:
      return unanswered_text(f, names);
    case FindingKind::lvs_no_server:
      return no_server_text(f);
    case FindingKind::lvs_split_handshake:
      return split_text(f, names);
    case FindingKind::lvs_reply_bypasses_director:
      return bypass_text(f, names);
    case FindingKind::lvs_arp_problem:
      return arp_problem_text(f, names);
    case FindingKind::lvs_entry_expired:
      return expired_text(f);
    case FindingKind::lvs_mtu:
      return mtu_text(f, names);
    case FindingKind::lvs_toa_missing:
      return toa_text(f, names);
    case FindingKind::lvs_conn_reuse:
      return reuse_text(f);
    default:
      return "";
  }
}

[[nodiscard]] std::string_view virtual_server_advice(FindingKind kind) {
  switch (kind) {
    case FindingKind::lvs_server_refused:
      return "Start the service on that real server, bound to the virtual address too in DR and "
             "TUN; let a health check take it out meanwhile.";
    case FindingKind::lvs_server_unanswered:
      return "Look whether the real server is up and no filter drops the SYNs; with NAT also "
             "whether its default route is the director, in DR and TUN whether it has the virtual "
             "address and rp_filter lets it answer.";
    case FindingKind::lvs_no_server:
      return "See `ipvsadm -Ln` for weights of 0 and the health checks' log; a sorry server says "
             "it in a better way.";
    case FindingKind::lvs_split_handshake:
      return "Look for two directors that do not synchronise, an entry that expired, or "
             "expire_nodest_conn with sloppy_tcp when a server was removed.";
    case FindingKind::lvs_reply_bypasses_director:
      return "Make the director the real server's default route, also towards clients in its own "
             "network; or use FULLNAT.";
    case FindingKind::lvs_arp_problem:
      return "Set net.ipv4.conf.all.arp_ignore=1 and arp_announce=2 on the real servers, before "
             "the virtual address is added there.";
    case FindingKind::lvs_entry_expired:
      return "Compare the silence with `ipvsadm -l --timeout`; raise it (--set), or let programs "
             "send keep-alives more often.";
    case FindingKind::lvs_mtu:
      return "Let ICMP \"fragmentation needed\" pass to the clients, or lower the MSS: on the real "
             "servers' routes (advmss) or by clamping.";
    case FindingKind::lvs_toa_missing:
      return "Look at the director's TOA settings, and at what leaves it no room in the header: "
             "other options, or segments as large as the MTU.";
    case FindingKind::lvs_conn_reuse:
      return "Set net.ipv4.vs.conn_reuse_mode=0 with expire_nodest_conn=1, or use a kernel from "
             "5.9 on.";
    default:
      return "";
  }
}

}  // namespace

std::string lvs_finding_text(const Finding& f, const Names* names) {
  switch (f.kind) {
    case FindingKind::vrrp_failover:
      return failover_text(f, names);
    case FindingKind::vrrp_split_brain:
      return split_brain_text(f, names);
    default:
      return virtual_server_text(f, names);
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
      return virtual_server_advice(kind);
  }
}

}  // namespace tapstat::report
