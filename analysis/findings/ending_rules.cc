// Connections that end badly: never closed by their program, piled up in TIME_WAIT, or cut off.
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
using tcp::Endpoint;
using tcp::Event;
using tcp::State;
using tcp::Verdict;

// A peer whose program has closed, too, keeps its FIN_WAIT2 for so long (Linux: tcp_fin_timeout);
// after that nobody can be sent anything on the connection.
constexpr auto kPeerGone = 60s;
constexpr std::uint32_t kFewLeaked = 3;
// Of so many at once not one is still at work.
constexpr auto kNoMoreWork = 10s;
constexpr std::uint32_t kManyLeaked = 10;
// The ACK of the FIN may be delayed, and what was in the buffers goes out first.
constexpr auto kLastWords = 1s;

struct Leaked {
  Subject holder;
  Timestamp since;
  std::uint32_t id;
  int end;
};

// A server is known by its port. A client has one for each connection: there it is the host.
[[nodiscard]] Subject holder_of(const Connection& c, int end) {
  if (end == c.server()) return service_of(c);
  return c.key().address[end];
}

void note_leaked(const Inquiry& inquiry, const Connection& c, std::vector<Leaked>& out) {
  for (const int end : {0, 1}) {
    const Endpoint& e = c.end(end);
    const auto [state, since, sure] = inquiry.standing(c, end);
    if (state != State::close_wait || !since || !e.was_seen()) continue;
    const bool works = e.heard() > *since + kLastWords;
    if (works || inquiry.end() - *since <= kNoMoreWork) continue;
    out.push_back({holder_of(c, end), *since, c.id(), end});
  }
}

void judge_leaked(Inquiry& inquiry, std::span<const Leaked> all) {
  const auto is_old = [&](const Leaked& l) { return inquiry.end() - l.since > kPeerGone; };
  const auto old = std::count_if(all.begin(), all.end(), is_old);
  if (old < kFewLeaked && all.size() < kManyLeaked) return;
  Figures figures;
  for (const Leaked& l : all) {
    const Connection c = inquiry.connection(l.id);
    const Evidence evidence = inquiry.step_with(c, l.end, Event::rcv_fin);
    if (!inquiry.add(FindingKind::close_wait_leak, l.holder, c, evidence)) continue;
    figures.longest = std::max(figures.longest, inquiry.end() - l.since);
  }
  inquiry.about(FindingKind::close_wait_leak, all.front().holder).figures.longest = figures.longest;
}

struct Cut {
  Socket service;
  Timestamp time;
  std::uint32_t id;
  bool cut;  // by a reset, before either end had closed
};

// Twenty in ten seconds, and more than half of all: a program or a box that resets instead of a
// health check that does, or a browser that breaks off.
constexpr std::size_t kStorm = 20;
constexpr auto kStormWindow = 10s;

[[nodiscard]] Cut cut_of(const Inquiry& inquiry, const Connection& c) {
  const bool closing = c.end(0).fin() || c.end(1).fin();
  const bool cut = inquiry.verdict(c.id()) == Verdict::reset && !closing;
  return {service_of(c), c.last(), c.id(), cut};
}

void judge_resets(Inquiry& inquiry, std::span<const Cut> all) {
  std::vector<Cut> cut;
  std::copy_if(all.begin(), all.end(), std::back_inserter(cut), [](const Cut& c) { return c.cut; });
  const auto peak = busiest(std::span<const Cut>(cut), kStormWindow);
  if (peak.size() < kStorm) return;
  const auto meanwhile = std::count_if(all.begin(), all.end(), [&](const Cut& c) {
    return peak.front().time <= c.time && c.time <= peak.back().time;
  });
  if (2 * peak.size() <= static_cast<std::size_t>(meanwhile)) return;
  const Subject service = all.front().service;
  std::uint64_t by_server = 0;
  for (const Cut& r : cut) {
    const Connection c = inquiry.connection(r.id);
    const int by = c.closed_by() == tcp::ClosedBy::reset_by_server ? c.server() : c.client();
    const Evidence evidence = inquiry.step_with(c, by, Event::snd_rst);
    const bool is_told = inquiry.add(FindingKind::reset_storm, service, c, evidence);
    if (is_told && by == c.server()) ++by_server;
  }
  Figures& figures = inquiry.about(FindingKind::reset_storm, service).figures;
  figures.most = peak.size();
  figures.by_server = by_server;
}

}  // namespace

void find_leaks(Inquiry& inquiry) {
  std::vector<Leaked> leaked;
  inquiry.for_each_connection([&](const Connection& c) { note_leaked(inquiry, c, leaked); });
  std::sort(leaked.begin(), leaked.end(), [](const Leaked& a, const Leaked& b) {
    return std::tie(a.holder, a.since, a.id) < std::tie(b.holder, b.since, b.id);
  });
  for_each_group(
      std::span<const Leaked>(leaked), [](const Leaked& l) { return l.holder; },
      [&](std::span<const Leaked> all) { judge_leaked(inquiry, all); });
}

void find_reset_storms(Inquiry& inquiry) {
  std::vector<Cut> endings;
  inquiry.for_each_connection([&](const Connection& c) { endings.push_back(cut_of(inquiry, c)); });
  std::sort(endings.begin(), endings.end(), [](const Cut& a, const Cut& b) {
    return std::tie(a.service, a.time, a.id) < std::tie(b.service, b.time, b.id);
  });
  for_each_group(
      std::span<const Cut>(endings), [](const Cut& c) { return c.service; },
      [&](std::span<const Cut> all) { judge_resets(inquiry, all); });
}

}  // namespace tapstat::analysis
