// A client whose ports towards one service are all used up: each closed connection keeps its port
// in TIME_WAIT for a minute, and a new one needs a port that none of them has.
#include <algorithm>
#include <chrono>
#include <span>
#include <tuple>
#include <vector>

#include "analysis/findings/busiest.h"
#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

using namespace std::chrono_literals;
using tcp::Connection;
using tcp::State;

// Linux: TCP_TIMEWAIT_LEN. Windows and the BSDs have the same or longer.
constexpr auto kTimeWait = 60s;

// Where a stack takes its clients' ports from unless told otherwise.
struct PortRange {
  std::uint16_t first, last;
  [[nodiscard]] constexpr std::uint32_t size() const { return last - first + 1u; }
};
constexpr PortRange kIana{49152, 65535};   // RFC 6335 section 6: Windows, macOS, the BSDs
constexpr PortRange kLinux{32768, 60999};  // net.ipv4.ip_local_port_range
constexpr PortRange kAll{1024, 65535};

// At four fifths of a range, connecting begins to fail: a kernel that searches from a port chosen
// at random gives up early, and connections in use need ports, too.
[[nodiscard]] constexpr std::uint32_t nearly_all(std::uint32_t size) { return size / 5 * 4; }

// A narrower range, set by hand, shows by its being full: of the ports between the lowest and the
// highest hardly any is left. Clients that count upwards (Windows) fill theirs without gaps from
// the first connection on; a full range shows only where ports are taken in another order.
constexpr std::uint32_t kFewestPorts = 20;
constexpr std::uint32_t kTenths = 9;

struct Waiting {
  IpAddress client;
  Socket service;
  Timestamp time;
  std::uint16_t port;
  std::uint32_t id;
};

[[nodiscard]] bool client_waits(const Inquiry& inquiry, const Connection& c) {
  const int client = c.client();
  const State state = inquiry.standing(c, client).state;
  if (state == State::time_wait) return true;
  // It has been through it: closed by its own FIN first, and the minute is over.
  const auto by = c.closed_by();
  const bool closed_first = by == tcp::ClosedBy::client || by == tcp::ClosedBy::both;
  return closed_first && c.end(client).cause() == tcp::Event::expired &&
         inquiry.verdict(c.id()) == tcp::Verdict::closed;
}

[[nodiscard]] std::vector<Waiting> waiting_in(const Inquiry& inquiry) {
  std::vector<Waiting> waiting;
  inquiry.for_each_connection([&](const Connection& c) {
    if (!client_waits(inquiry, c)) return;
    const int client = c.client();
    waiting.push_back(
        {c.key().address[client], service_of(c), c.last(), c.key().port[client], c.id()});
  });
  std::sort(waiting.begin(), waiting.end(), [](const Waiting& a, const Waiting& b) {
    return std::tie(a.client, a.service, a.time, a.id) <
           std::tie(b.client, b.service, b.time, b.id);
  });
  return waiting;
}

[[nodiscard]] PortRange range_used(std::span<const Waiting> peak) {
  const auto [low, high] = std::minmax_element(
      peak.begin(), peak.end(), [](const Waiting& a, const Waiting& b) { return a.port < b.port; });
  return {low->port, high->port};
}

[[nodiscard]] std::uint32_t default_size(PortRange used) {
  for (const PortRange& range : {kIana, kLinux}) {
    if (range.first <= used.first && used.last <= range.last) return range.size();
  }
  return kAll.size();
}

// Most take the port right behind the last one's.
[[nodiscard]] bool counts_upwards(std::span<const Waiting> peak) {
  std::vector<const Waiting*> opened;
  for (const Waiting& w : peak) opened.push_back(&w);
  std::sort(opened.begin(), opened.end(),
            [](const Waiting* a, const Waiting* b) { return a->id < b->id; });
  std::size_t next = 0;
  for (std::size_t i = 1; i < opened.size(); ++i) {
    if (opened[i]->port == opened[i - 1]->port + 1) ++next;
  }
  return 2 * next >= opened.size();
}

// The ports there are, when hardly one is left; 0 when there are enough.
[[nodiscard]] std::uint32_t exhausted(std::span<const Waiting> peak) {
  const PortRange used = range_used(peak);
  const std::uint32_t taken =
      most_different(peak, kTimeWait, [](const Waiting& w) { return w.port; });
  const std::uint32_t usual = default_size(used);
  if (taken >= nearly_all(usual)) return usual;
  const bool full = taken >= kFewestPorts && 10 * taken >= kTenths * used.size();
  return full && !counts_upwards(peak) ? used.size() : 0;
}

}  // namespace

void find_spent_ports(Inquiry& inquiry) {
  const std::vector<Waiting> waiting = waiting_in(inquiry);
  const auto pair = [](const Waiting& w) { return std::tie(w.client, w.service); };
  for_each_group(std::span<const Waiting>(waiting), pair, [&](std::span<const Waiting> all) {
    const auto peak = busiest(all, kTimeWait);
    const std::uint32_t there_are = exhausted(peak);
    if (there_are == 0) return;
    const Subject service = all.front().service;
    for (const Waiting& w : peak) {
      const Connection c = inquiry.connection(w.id);
      inquiry.add(FindingKind::time_wait_exhaustion, service, c,
                  inquiry.step_with(c, c.client(), tcp::Event::rcv_fin));
    }
    // Of several clients the sentence is about the one that has the most.
    Finding& f = inquiry.about(FindingKind::time_wait_exhaustion, service);
    if (peak.size() <= f.figures.most) return;
    f.other = all.front().client;
    f.figures.most = peak.size();
    f.figures.of = there_are;
  });
}

}  // namespace tapstat::analysis
