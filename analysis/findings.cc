#include "analysis/findings.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "analysis/tcp/verdict.h"

namespace tapstat::analysis {
namespace {

using tcp::Connection;
using tcp::Event;
using tcp::Verdict;

// A packet that shows it.
struct Evidence {
  Timestamp time;
  std::uint64_t frame = 0;
};

// Gathers connections that show the same of the same service.
class Gathering {
 public:
  explicit Gathering(const Model& model) : model_(model) {}

  void add(FindingKind kind, const Connection& c, const Evidence& evidence) {
    Finding& f = of(kind, c);
    f.connections.push_back(c.id());
    f.first = f.connections.size() == 1 ? evidence.time : std::min(f.first, evidence.time);
    if (evidence.frame != 0 && f.frames.size() < kMostFrames) f.frames.push_back(evidence.frame);
  }

  [[nodiscard]] std::vector<Finding> finish() {
    for (Finding& f : findings_) f.clients = count_clients(f);
    std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
      return std::tuple(severity_of(a.kind), a.first) < std::tuple(severity_of(b.kind), b.first);
    });
    return std::move(findings_);
  }

 private:
  [[nodiscard]] static std::optional<Socket> subject(FindingKind kind, const Connection& c) {
    if (kind == FindingKind::asymmetric_capture) return std::nullopt;
    return Socket{c.key().address[c.server()], c.key().port[c.server()]};
  }

  [[nodiscard]] Finding& of(FindingKind kind, const Connection& c) {
    const auto about = subject(kind, c);
    const auto [at, is_new] = index_.emplace(std::pair(kind, about), findings_.size());
    if (is_new) {
      Finding& f = findings_.emplace_back();
      f.kind = kind;
      f.service = about;
    }
    return findings_[at->second];
  }

  [[nodiscard]] std::uint32_t count_clients(const Finding& f) const {
    std::set<IpAddress> clients;
    for (const std::uint32_t id : f.connections) {
      const Connection& c = model_.tcp.connections()[id];
      clients.insert(c.key().address[c.client()]);
    }
    return static_cast<std::uint32_t>(clients.size());
  }

  const Model& model_;
  std::map<std::pair<FindingKind, std::optional<Socket>>, std::size_t> index_;
  std::vector<Finding> findings_;
};

// The step of that end with that cause, the last where there are several; else the connection's
// first packet.
[[nodiscard]] Evidence step_with(const Model& model, const Connection& c, int end, Event cause) {
  Evidence evidence{c.first(), 0};
  for (const tcp::Step& s : model.tcp.journal().steps(c.id(), end)) {
    if (s.cause == cause) evidence = {s.time, s.frame};
  }
  return evidence;
}

void look_at(const Model& model, const Connection& c, Gathering& found) {
  const int client = c.client();
  const int server = c.server();
  const Verdict verdict = verdict_of(c);
  if (verdict == Verdict::refused) {
    found.add(FindingKind::connection_refused, c, step_with(model, c, client, Event::rcv_rst));
  }
  if (verdict == Verdict::refused_by_icmp) {
    found.add(FindingKind::connection_refused, c, step_with(model, c, client, Event::rcv_error));
  }
  if (verdict == Verdict::no_answer) {
    found.add(FindingKind::no_answer, c, step_with(model, c, client, Event::snd_syn));
  }
  if (verdict == Verdict::one_way) {
    found.add(FindingKind::asymmetric_capture, c, {c.first(), 0});
  }
  if (const auto reset = c.false_reset()) {
    found.add(FindingKind::injected_reset, c, {reset->time, reset->frame});
  }
  for (const int end : {client, server}) {
    if (!c.end(end).keep_alive_failed()) continue;
    found.add(FindingKind::keep_alive_failure, c, step_with(model, c, end, Event::snd_rst));
  }
  // The client's ACK alone may have been lost; or the server waits for data (TCP_DEFER_ACCEPT).
  constexpr int kEnough = 3;
  if (c.end(server).ignored_acks() >= kEnough && c.end(client).bytes() > 0) {
    found.add(FindingKind::accept_queue_full, c, step_with(model, c, server, Event::rcv_syn));
  }
}

}  // namespace

Severity severity_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::injected_reset:
    case FindingKind::accept_queue_full:
      return Severity::error;
    case FindingKind::keep_alive_failure:
    case FindingKind::connection_refused:
    case FindingKind::no_answer:
      return Severity::warning;
    case FindingKind::asymmetric_capture:
      return Severity::note;
  }
  return Severity::note;
}

std::vector<Finding> find_all(const Model& model) {
  Gathering found(model);
  const auto& connections = model.tcp.connections();
  for (std::uint32_t i = 0; i < connections.size(); ++i) look_at(model, connections[i], found);
  return found.finish();
}

}  // namespace tapstat::analysis
