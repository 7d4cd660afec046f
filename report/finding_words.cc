#include "report/finding_words.h"

#include <fmt/format.h>

#include "decode/ip_protocol.h"
#include "report/address_text.h"
#include "report/bridge_text.h"
#include "report/cells.h"
#include "report/lvs_finding_words.h"
#include "report/neighbor_finding_words.h"
#include "report/time_text.h"
#include "report/tree_finding_words.h"
#include "report/tree_names.h"

namespace tapstat::report {
namespace {

using analysis::Figures;
using analysis::Finding;
using analysis::FindingKind;

[[nodiscard]] std::string counted(std::uint64_t n, std::string_view what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

[[nodiscard]] std::string connections_text(const Figures& f) {
  return counted(f.count, "connection") + " from " + counted(f.clients, "client");
}

[[nodiscard]] std::string scan_text(const Finding& finding, const Names* names) {
  const Figures& f = finding.figures;
  const auto* target = std::get_if<analysis::Socket>(&finding.other);
  std::string what = counted(f.ports, "port") + " of " + counted(f.hosts, "host");
  if (target != nullptr && f.hosts == 1) {
    what = counted(f.ports, "port") + " of " + host_text(names, target->address);
  } else if (target != nullptr && f.ports == 1) {
    what = fmt::format("port {} of {}", target->port, counted(f.hosts, "host"));
  }
  return fmt::format("tried {}: {} refused, unanswered or broken off", what,
                     counted(f.count, "attempt"));
}

[[nodiscard]] std::string loop_text(const Figures& f) {
  const std::string expired =
      f.icmp_errors == 0
          ? ""
          : fmt::format("; routers said {} that a packet's TTL was used up",
                        f.icmp_errors == 1 ? "once" : fmt::format("{} times", f.icmp_errors));
  return fmt::format("{} to it came by again and again, the TTL lower by up to {}{}",
                     counted(f.count, "packet"), f.most, expired);
}

[[nodiscard]] std::string handshake_text(const Finding& finding, const Names* names) {
  const Figures& f = finding.figures;
  switch (finding.kind) {
    case FindingKind::syn_flood:
      return fmt::format(
          "{} of {} attempts, from {}, were begun and never finished, up to {} of them within 10 s",
          f.count, f.of, counted(f.clients, "source"), f.most);
    case FindingKind::half_open_buildup:
      return fmt::format(
          "{} of {} attempts, from {}, had their SYN-ACK and never acknowledged it; "
          "up to {} waited at a time",
          f.count, f.of, counted(f.clients, "source"), f.most);
    case FindingKind::port_scan:
      return scan_text(finding, names);
    case FindingKind::accept_queue_full:
      return connections_text(f) +
             " done but not taken: the accept queue is full, or nobody calls accept()";
    case FindingKind::connection_refused:
      return connections_text(f) + " refused: nothing accepts there";
    case FindingKind::no_answer:
      return connections_text(f) + " without an answer: the host is down, or a filter drops them";
    case FindingKind::split_handshake:
      return counted(f.count, "connection") +
             " opened by a SYN in answer to a SYN, so that client and server change places";
    default:
      return "";
  }
}

// Besides the one that the sentence is about.
[[nodiscard]] std::string other_clients_text(std::uint32_t clients) {
  if (clients <= 1) return "";
  return fmt::format("; likewise {}", counted(clients - 1, "other client"));
}

[[nodiscard]] std::string ending_text(const Finding& finding, const Names* names) {
  const Figures& f = finding.figures;
  switch (finding.kind) {
    case FindingKind::close_wait_leak:
      return fmt::format(
          "{} in CLOSE_WAIT, the oldest for {}: closed by the peer and not by the "
          "program that has them",
          counted(f.count, "connection"), duration_text(f.longest));
    case FindingKind::time_wait_exhaustion:
      return fmt::format(
          "{} has {} of {} ports towards it in TIME_WAIT at a time: no more are left "
          "to connect from{}",
          subject_text(finding.other, names), f.most, f.of, other_clients_text(f.clients));
    case FindingKind::reset_storm:
      return fmt::format("{} cut off by a reset, {} of them by the server, up to {} within 10 s",
                         counted(f.count, "connection"), f.by_server, f.most);
    case FindingKind::injected_reset:
      return counted(f.count, "connection") +
             " saw a reset whose sender went on: it came from somebody else";
    case FindingKind::keep_alive_failure:
      return connections_text(f) +
             " reset after keep-alives without an answer: the host, or the way, was gone";
    default:
      return "";
  }
}

[[nodiscard]] std::string path_text(const Finding& finding, const Names* names) {
  const Figures& f = finding.figures;
  switch (finding.kind) {
    case FindingKind::zero_window_stall:
      return fmt::format("{}: {} read nothing and kept its window closed for up to {}",
                         counted(f.count, "connection"), subject_text(finding.other, names),
                         duration_text(f.longest));
    case FindingKind::heavy_retransmission:
      return fmt::format("{}: {} of {} segments with data sent again, {}",
                         counted(f.count, "connection"), f.most, f.of, bytes_text(f.bytes));
    case FindingKind::mtu_black_hole:
      return fmt::format(
          "{}: segments of {} bytes from {} are sent again and again, none {} arrives",
          counted(f.count, "connection"), f.most, subject_text(finding.other, names),
          f.passed == 0 ? "as large" : fmt::format("larger than {}", f.passed));
    case FindingKind::routing_loop:
      return loop_text(f);
    case FindingKind::asymmetric_capture:
      return fmt::format("of {} one direction only: what the unseen end did is a guess",
                         counted(f.count, "connection"));
    case FindingKind::capture_loss:
      return fmt::format("{} of {} arrived that are not in the capture", bytes_text(f.bytes),
                         counted(f.count, "connection"));
    case FindingKind::checksum_offload:
      return fmt::format(
          "{} of the {} it sent that were looked at have a checksum still to be "
          "filled in: the tap is on the host itself",
          f.count, counted(f.of, "packet"));
    default:
      return "";
  }
}

}  // namespace

std::string subject_text(const analysis::Subject& subject, const Names* names) {
  if (const auto* host = std::get_if<analysis::IpAddress>(&subject)) return host_text(names, *host);
  if (const auto* service = std::get_if<analysis::Socket>(&subject)) {
    return socket_text(names, service->address, service->port, decode::ip_protocol::kTcp);
  }
  if (const auto* mac = std::get_if<decode::MacAddress>(&subject)) return mac_text(*mac);
  if (const auto* bridge = std::get_if<decode::BridgeId>(&subject)) return bridge_text(*bridge);
  if (const auto* tree = std::get_if<analysis::spanning_tree::InstanceKey>(&subject)) {
    const std::string name = tree_name(*tree);
    return name.empty() ? "spanning tree" : name;
  }
  return "capture";
}

std::string finding_text(const Finding& finding, const Names* names) {
  std::string text = handshake_text(finding, names);
  if (text.empty()) text = ending_text(finding, names);
  if (text.empty()) text = path_text(finding, names);
  if (text.empty()) text = tree_finding_text(finding);
  if (text.empty()) text = neighbor_finding_text(finding, names);
  if (text.empty()) text = lvs_finding_text(finding, names);
  return text;
}

std::string_view advice_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::syn_flood:
      return "Turn on SYN cookies (net.ipv4.tcp_syncookies) and filter the sources upstream.";
    case FindingKind::half_open_buildup:
      return "Look for what keeps the clients' ACKs away: a one-way route, a filter, or a slow "
             "flood.";
    case FindingKind::port_scan:
      return "Find out who that host is, and block it unless it is your own scanner.";
    case FindingKind::connection_refused:
      return "Start the service, or correct the address; after an ICMP error ask the router's "
             "filter.";
    case FindingKind::no_answer:
      return "Look whether the host is up, a filter drops the packets, or the way back is missing.";
    case FindingKind::accept_queue_full:
      return "See Recv-Q in `ss -ltn` on the server; raise the backlog, or free the program that "
             "should accept.";
    case FindingKind::close_wait_leak:
      return "Mend the program: it must close its socket when read() says end of file.";
    case FindingKind::time_wait_exhaustion:
      return "Keep connections open, or widen net.ipv4.ip_local_port_range, or set tcp_tw_reuse on "
             "the client.";
    case FindingKind::zero_window_stall:
      return "Find out why the receiving program does not read; the network is not at fault.";
    case FindingKind::heavy_retransmission:
      return "Look for loss on the way: full queues, a bad cable or a wireless link, a policer.";
    case FindingKind::mtu_black_hole:
      return "Let ICMP \"fragmentation needed\" pass, or clamp the MSS at the narrow link.";
    case FindingKind::reset_storm:
      return "See the log of whoever resets: a crashed program, an idle timeout, or a box on the "
             "way.";
    case FindingKind::injected_reset:
      return "Look for a firewall or proxy on the way: the TTL of those frames differs from the "
             "host's.";
    case FindingKind::keep_alive_failure:
      return "Look at what else stopped at that time: the other host, or the way to it.";
    case FindingKind::split_handshake:
      return "Be suspicious of that server: it may try to slip past a firewall that takes the "
             "client "
             "for the server.";
    case FindingKind::routing_loop:
      return "Compare the routes to that address on the routers whose MAC addresses the frames "
             "show.";
    case FindingKind::asymmetric_capture:
      return "Add a capture point on the way back (-r again).";
    case FindingKind::capture_loss:
      return "Capture with a larger buffer (-B), a shorter snap length, or a filter; see whether "
             "the "
             "mirror port is overloaded.";
    case FindingKind::checksum_offload:
      return "Ignore bad checksums from this host, or turn offload off to capture (ethtool -K tx "
             "off).";
    default: {
      std::string_view advice = neighbor_advice_of(kind);
      if (advice.empty()) advice = lvs_advice_of(kind);
      return advice.empty() ? tree_advice(kind) : advice;
    }
  }
}

}  // namespace tapstat::report
