// One source that tries many ports of a host (a vertical scan) or one port of many hosts (a
// horizontal one), and finds few.
#include <algorithm>
#include <chrono>
#include <iterator>
#include <span>
#include <tuple>
#include <vector>

#include "analysis/findings/busiest.h"
#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using tcp::Connection;
using tcp::Verdict;

// Zeek's (policy/misc/scan.zeek: port_scan_threshold, addr_scan_threshold and their intervals):
// attempts that failed, on so many different ports or hosts, within five minutes.
constexpr std::uint32_t kManyPorts = 15;
constexpr std::uint32_t kManyHosts = 25;
constexpr auto kScanWindow = 5min;

struct Probe {
  IpAddress source;
  Socket target;
  Timestamp time;
  std::uint32_t id;
  bool failed;  // nothing, a refusal, or a handshake that its own client broke off
  bool served;  // something was said there
};

[[nodiscard]] Probe probe_of(const Inquiry& inquiry, const Connection& c) {
  const Verdict v = inquiry.verdict(c.id());
  return {.source = c.key().address[c.client()],
          .target = service_of(c),
          .time = c.first(),
          .id = c.id(),
          .failed = v == Verdict::refused || v == Verdict::refused_by_icmp ||
                    v == Verdict::no_answer || v == Verdict::aborted_handshake ||
                    v == Verdict::half_handshake,
          .served = c.end(0).bytes() + c.end(1).bytes() > 0};
}

[[nodiscard]] std::vector<Probe> probes_in(const Inquiry& inquiry) {
  std::vector<Probe> probes;
  inquiry.for_each_connection([&](const Connection& c) {
    if (c.handshake().saw_syn() && !inquiry.is_explained(c.id())) {
      probes.push_back(probe_of(inquiry, c));
    }
  });
  return probes;
}

// Those that no scan has told of yet.
[[nodiscard]] std::vector<Probe> failed(const Inquiry& inquiry, std::span<const Probe> probes) {
  std::vector<Probe> failures;
  std::copy_if(probes.begin(), probes.end(), std::back_inserter(failures),
               [&](const Probe& p) { return p.failed && !inquiry.is_explained(p.id); });
  return failures;
}

// Different values, of however many events.
template <typename Key>
[[nodiscard]] std::uint32_t count_different(std::span<const Probe> probes, Key&& key) {
  return most_different(probes, std::chrono::nanoseconds::max(), key);
}

// A scan of `source`, added to what is known of it.
void tell(Inquiry& inquiry, std::span<const Probe> failures, bool vertical) {
  const IpAddress source = failures.front().source;
  for (const Probe& p : failures) {
    const Connection c = inquiry.connection(p.id);
    inquiry.add(FindingKind::port_scan, source, c, inquiry.attempt(c));
    inquiry.explain(p.id);
  }
  Finding& f = inquiry.about(FindingKind::port_scan, source);
  const bool is_first = std::holds_alternative<std::monostate>(f.other);
  if (is_first) f.other = failures.front().target;
  if (vertical) {
    ++f.figures.hosts;
    f.figures.ports = std::max(
        f.figures.ports, count_different(failures, [](const Probe& p) { return p.target.port; }));
  } else {
    ++f.figures.ports;
    f.figures.hosts =
        std::max(f.figures.hosts,
                 count_different(failures, [](const Probe& p) { return p.target.address; }));
  }
}

// `key` names what is tried in turn: ports of a host, or hosts of a port.
template <typename Key>
void look_at(Inquiry& inquiry, std::span<const Probe> probes, std::uint32_t many, bool vertical,
             Key&& key) {
  const std::vector<Probe> failures = failed(inquiry, probes);
  if (failures.size() < many) return;
  if (most_different(std::span<const Probe>(failures), kScanWindow, key) < many) return;
  std::vector<Probe> served;
  std::copy_if(probes.begin(), probes.end(), std::back_inserter(served),
               [](const Probe& p) { return p.served; });
  // Who is served at more places than he is turned away has business there.
  if (count_different(served, key) >= count_different(failures, key)) return;
  tell(inquiry, failures, vertical);
}

}  // namespace

void find_scans(Inquiry& inquiry) {
  std::vector<Probe> probes = probes_in(inquiry);
  const auto host = [](const Probe& p) { return std::tie(p.source, p.target.address); };
  const auto port = [](const Probe& p) { return std::tie(p.source, p.target.port); };
  const auto in_order = [&](auto&& key) {
    std::sort(probes.begin(), probes.end(), [&](const Probe& a, const Probe& b) {
      return std::tuple_cat(key(a), std::tie(a.time, a.id)) <
             std::tuple_cat(key(b), std::tie(b.time, b.id));
    });
  };
  in_order(host);
  for_each_group(std::span<const Probe>(probes), host, [&](std::span<const Probe> group) {
    look_at(inquiry, group, kManyPorts, true, [](const Probe& p) { return p.target.port; });
  });
  in_order(port);
  for_each_group(std::span<const Probe>(probes), port, [&](std::span<const Probe> group) {
    look_at(inquiry, group, kManyHosts, false, [](const Probe& p) { return p.target.address; });
  });
}

}  // namespace tapstat::analysis
