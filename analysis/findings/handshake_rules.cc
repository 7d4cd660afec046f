// Handshakes that nobody means to finish: many at once are a flood, many that wait a build-up.
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

// Linux sends a SYN-ACK again after 1, 2, 4, 8 and 16 s and gives up after 32 more
// (tcp_synack_retries 5): so long does a half-open connection take its place in the queue.
constexpr auto kHalfOpenLifetime = 63s;

// Ten a second, each of which stays that long, are 630: more than the queue of a small listener
// holds (tcp_max_syn_backlog is 128 where memory is short), and more than any crowd of clients
// leaves unfinished.
constexpr auto kFloodWindow = 10s;
constexpr std::size_t kFlood = 100;

// A host whose server is down asks again after 1 s (RFC 6298 section 2.1); so the last second of a
// capture tells nothing of it. Of so many there is no doubt.
constexpr auto kFirstRetry = 1s;
constexpr std::size_t kFloodForSure = 1000;

// Of all attempts one in so many at least: a busy service meets some scanners and vanished clients.
constexpr std::size_t kShare = 5;

// Waiting at the same time, slowly as they came. A lost ACK leaves one or two.
constexpr std::size_t kBuildup = 20;
// So long after the SYN the ACK would have come: it may be lost once, and the SYN-ACK be sent again
// after 1 s.
constexpr auto kPatience = 3s;

struct Attempt {
  Socket service;
  Timestamp time;
  std::uint32_t id;
  bool in_vain;  // begun and never finished, without a second try
  bool waits;    // of these, one that holds a place in the server's queue
  bool is_late;  // and the capture ended before a second try was due
};

[[nodiscard]] Attempt attempt_of(const Inquiry& inquiry, const Connection& c) {
  const Verdict verdict = inquiry.verdict(c.id());
  const bool silent = verdict == Verdict::no_answer;
  const bool waits = verdict == Verdict::half_handshake;
  const bool aborted = verdict == Verdict::aborted_handshake;
  const int client = c.client();
  const std::uint64_t sent = c.traffic(client).packets - c.duplicates(client);
  const std::uint64_t syn_and_reset = aborted ? 2 : 1;
  return {.service = service_of(c),
          .time = c.first(),
          .id = c.id(),
          .in_vain = (silent || waits || aborted) && sent <= syn_and_reset,
          .waits = waits && inquiry.end() - c.first() > kPatience,
          .is_late = silent && inquiry.end() - c.first() < kFirstRetry};
}

// All attempts whose SYN was seen, by service and time.
[[nodiscard]] std::vector<Attempt> attempts_in(const Inquiry& inquiry) {
  std::vector<Attempt> attempts;
  inquiry.for_each_connection([&](const Connection& c) {
    if (c.handshake().saw_syn()) attempts.push_back(attempt_of(inquiry, c));
  });
  std::sort(attempts.begin(), attempts.end(), [](const Attempt& a, const Attempt& b) {
    return std::tie(a.service, a.time, a.id) < std::tie(b.service, b.time, b.id);
  });
  return attempts;
}

void tell(Inquiry& inquiry, FindingKind kind, std::span<const Attempt> shown, std::size_t of,
          std::size_t most) {
  const Socket service = shown.front().service;
  for (const Attempt& a : shown) {
    const Connection c = inquiry.connection(a.id);
    inquiry.add(kind, service, c, inquiry.attempt(c));
    inquiry.explain(a.id);
  }
  Figures& figures = inquiry.about(kind, service).figures;
  figures.of = of;
  figures.most = most;
}

[[nodiscard]] std::size_t count_between(std::span<const Attempt> all, Timestamp from,
                                        Timestamp to) {
  const auto count = std::count_if(
      all.begin(), all.end(), [&](const Attempt& a) { return from <= a.time && a.time <= to; });
  return static_cast<std::size_t>(count);
}

[[nodiscard]] bool is_flood(Inquiry& inquiry, std::span<const Attempt> all) {
  std::vector<Attempt> in_vain;
  std::copy_if(all.begin(), all.end(), std::back_inserter(in_vain),
               [](const Attempt& a) { return a.in_vain; });
  const auto peak = busiest(std::span<const Attempt>(in_vain), kFloodWindow);
  const auto late =
      std::count_if(peak.begin(), peak.end(), [](const auto& a) { return a.is_late; });
  const bool enough = peak.size() - static_cast<std::size_t>(late) >= kFlood;
  if (!enough && peak.size() < kFloodForSure) return false;
  const Timestamp last = peak.back().time;
  const std::size_t meanwhile = count_between(all, last - kFloodWindow, last);
  if (peak.size() * kShare < meanwhile) return false;
  tell(inquiry, FindingKind::syn_flood, in_vain, all.size(), peak.size());
  return true;
}

void look_for_buildup(Inquiry& inquiry, std::span<const Attempt> all) {
  std::vector<Attempt> waiting;
  std::copy_if(all.begin(), all.end(), std::back_inserter(waiting),
               [](const Attempt& a) { return a.waits; });
  const auto peak = busiest(std::span<const Attempt>(waiting), kHalfOpenLifetime);
  if (peak.size() < kBuildup) return;
  if (peak.size() * kShare < count_between(all, peak.front().time, peak.back().time)) return;
  tell(inquiry, FindingKind::half_open_buildup, waiting, all.size(), peak.size());
}

}  // namespace

void find_handshakes_in_vain(Inquiry& inquiry) {
  const std::vector<Attempt> attempts = attempts_in(inquiry);
  for_each_group(
      std::span<const Attempt>(attempts), [](const Attempt& a) { return a.service; },
      [&](std::span<const Attempt> all) {
        if (!is_flood(inquiry, all)) look_for_buildup(inquiry, all);
      });
}

}  // namespace tapstat::analysis
