#include "report/neighbor_finding_words.h"

#include <fmt/format.h>

#include <tuple>
#include <vector>

#include "report/address_text.h"
#include "report/finding_words.h"

namespace tapstat::report {
namespace {

using analysis::Finding;
using analysis::FindingKind;

[[nodiscard]] std::string mac_at(const Finding& f, std::size_t i) {
  const auto& macs = f.neighbors.macs;
  return i < macs.size() ? mac_text(macs[i]) : "somebody";
}

// "a, b and c"; "a, b and 5 more" where not all are known by name.
template <typename Items, typename Text>
[[nodiscard]] std::string list_text(const Items& items, std::uint64_t all, Text&& text_of) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool is_last = i + 1 == items.size() && all <= items.size();
    text += fmt::format("{}{}", i == 0 ? "" : is_last ? " and " : ", ", text_of(items[i]));
  }
  if (all > items.size()) text += fmt::format(" and {} more", all - items.size());
  return text;
}

[[nodiscard]] std::string macs_text(const std::vector<decode::MacAddress>& macs) {
  return list_text(macs, macs.size(), [](const auto& mac) { return mac_text(mac); });
}
[[nodiscard]] std::string macs_text(const Finding& f) { return macs_text(f.neighbors.macs); }

[[nodiscard]] std::string times_text(std::uint64_t n) {
  return n == 1 ? "once" : fmt::format("{} times", n);
}

[[nodiscard]] std::string addresses_text(const Finding& f, std::uint64_t all, const Names* names) {
  return list_text(f.neighbors.addresses, all,
                   [&](const analysis::IpAddress& a) { return host_text(names, a); });
}

// Of a finding with nothing but probes, answered or by several.
[[nodiscard]] std::string probed_text(const Finding& f) {
  const std::string probers = macs_text(f.neighbors.probers);
  if (f.neighbors.macs.empty()) return fmt::format("{} meant to take it at once", probers);
  return fmt::format("{} has it, and {} meant to take it: the probe was answered", macs_text(f),
                     probers);
}

[[nodiscard]] std::string conflict_text(const Finding& f) {
  const auto& facts = f.neighbors;
  if (facts.macs.size() < 2) return probed_text(f);
  std::string text = fmt::format("used by {} at the same time, seen {}", macs_text(f),
                                 times_text(f.figures.count));
  if (!facts.probers.empty()) text += "; probed for by " + macs_text(facts.probers);
  if (facts.defended) text += "; who had it before announced it again";
  if (facts.defended && facts.yielded) text += ", and the other gave way";
  return text;
}

// From the first to the present one; where that is the first again, by way of the others.
[[nodiscard]] std::string move_text(const Finding& f) {
  const auto& [macs, holder] = std::tie(f.neighbors.macs, f.neighbors.holder);
  const bool is_back = holder && !macs.empty() && *holder == macs.front();
  const std::string way =
      is_back  ? fmt::format("{} and back to {}", macs_text({macs.begin() + 1, macs.end()}),
                             mac_text(*holder))
      : holder ? mac_text(*holder)
               : mac_at(f, 1);
  return fmt::format("moved from {} to {}{}{}", mac_at(f, 0), way,
                     f.neighbors.announced ? ", which announced it" : "",
                     f.figures.count > 1 ? fmt::format("; {} moves in all", f.figures.count) : "");
}

[[nodiscard]] std::string proxy_text(const Finding& f, const Names* names) {
  const std::string proof =
      f.figures.of == 0
          ? "nothing shows that they are its own"
          : fmt::format("of {} of them packets show that they are another host's", f.figures.of);
  return fmt::format("answers for {}: {}", addresses_text(f, f.figures.count, names), proof);
}

[[nodiscard]] std::string unanswered_text(const Finding& f, const Names* names) {
  const auto& askers = f.neighbors.addresses;
  const bool by_mac =
      askers.empty() || (askers.size() < f.figures.hosts && !f.neighbors.macs.empty());
  const std::string who = by_mac ? macs_text(f) : addresses_text(f, askers.size(), names);
  const std::string_view since =
      f.neighbors.over ? "; it was heard of again later" : ": it is down, or not there";
  return fmt::format("{} asked for it {} and had no answer{}", who, times_text(f.figures.count),
                     since);
}

[[nodiscard]] std::string scan_text(const Finding& f, const Names* names) {
  const auto* asker = std::get_if<analysis::IpAddress>(&f.other);
  return fmt::format(
      "{}asked for {} addresses that nobody has, up to {} of them within a minute: {}",
      asker == nullptr ? "" : host_text(names, *asker) + " ", f.figures.count, f.figures.most,
      addresses_text(f, f.figures.count, names));
}

[[nodiscard]] std::string mismatch_text(const Finding& f) {
  if (f.neighbors.of_group) {
    return fmt::format("said to be at {}, which is a group and no host's address, by {}",
                       mac_at(f, 0), mac_at(f, 1));
  }
  return fmt::format("said to be at {}, in frames that came from {}", mac_at(f, 0), mac_at(f, 1));
}

[[nodiscard]] std::string text_of(const Finding& f, const Names* names) {
  switch (f.kind) {
    case FindingKind::arp_conflict:
      return conflict_text(f);
    case FindingKind::arp_flip_flop:
      return fmt::format("went to and fro between {}, {} within a minute of one another",
                         macs_text(f), times_text(f.figures.count));
    case FindingKind::arp_move:
      return move_text(f);
    case FindingKind::arp_proxy:
      return proxy_text(f, names);
    case FindingKind::arp_unanswered:
      return unanswered_text(f, names);
    case FindingKind::arp_scan:
      return scan_text(f, names);
    case FindingKind::arp_unsolicited_reply:
      return fmt::format("{} answered {} that it has it, and nobody had asked", macs_text(f),
                         times_text(f.figures.count));
    case FindingKind::arp_source_mismatch:
      return mismatch_text(f);
    case FindingKind::dad_failed:
      return probed_text(f);
    default:
      return "";
  }
}

}  // namespace

std::string neighbor_finding_text(const Finding& f, const Names* names) {
  std::string text = text_of(f, names);
  if (text.empty() || f.figures.vlan == 0) return text;
  return fmt::format("{} in VLAN {}: {}", subject_text(f.subject, names), f.figures.vlan, text);
}

std::string_view neighbor_advice_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::arp_conflict:
      return "Give one of the two another address; look for a static address inside the range of "
             "the DHCP server.";
    case FindingKind::arp_flip_flop:
      return "See whether both are one cluster that has lost its heartbeat, the cards of one bond, "
             "or an impostor.";
    case FindingKind::arp_move:
      return "Nothing, where a failover, a new network card or a moved guest explains it.";
    case FindingKind::arp_proxy:
      return "Nothing, where that is a router which is to do so; else turn proxy ARP off there "
             "(net.ipv4.conf.*.proxy_arp).";
    case FindingKind::arp_unanswered:
      return "Look whether that host is up and in this VLAN; correct the address where nobody has "
             "it.";
    case FindingKind::arp_scan:
      return "Find out who that host is; a router does so when somebody behind it scans.";
    case FindingKind::arp_unsolicited_reply:
      return "Compare that MAC address with the host's own: this is how ARP caches are poisoned.";
    case FindingKind::arp_source_mismatch:
      return "Look at what sent those frames: an impostor, a bridge that rewrites addresses, or a "
             "broken driver.";
    case FindingKind::dad_failed:
      return "Give the host another address; it does not use this one, and has none instead unless "
             "another is set.";
    default:
      return "";
  }
}

}  // namespace tapstat::report
