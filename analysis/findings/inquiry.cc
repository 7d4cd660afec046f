#include "analysis/findings/inquiry.h"

#include <algorithm>
#include <tuple>

#include "decode/ip_protocol.h"

namespace tapstat::analysis {
namespace {

// Where no packet lies in it, a period is over as it begins.
[[nodiscard]] Timestamp end_of(const Period& period, const Totals& totals) {
  if (period.at) return *period.at;
  if (totals.last) return *totals.last;
  return period.from.value_or(Timestamp{});
}

}  // namespace

Inquiry::Inquiry(const Model& model, const Period& period, const Middleboxes* known)
    : model_(model),
      period_(period),
      end_(end_of(period, model.totals)),
      explained_(model.tcp.connections().size()),
      is_further_leg_(explained_.size()),
      own_(known == nullptr ? std::optional(find_middleboxes(model, end_)) : std::nullopt),
      middleboxes_(known == nullptr ? *own_ : *known) {
  verdicts_.resize(explained_.size());
  for (const tcp::Connection& c : model.tcp.connections()) verdicts_[c.id()] = verdict_of(c);
  find_further_legs();
}

// Those whose server is not the one that the client wrote to.
void Inquiry::find_further_legs() {
  const auto enter = [&](const std::vector<std::uint32_t>& ids, const Socket& client,
                         const Socket& asked) {
    for (const std::uint32_t id : ids) {
      const FlowKey key = connection(id).key();
      const Socket ends[2] = {{key.address[0], key.port[0]}, {key.address[1], key.port[1]}};
      const bool is_clients =
          (ends[0] == client && ends[1] == asked) || (ends[1] == client && ends[0] == asked);
      if (!is_clients) is_further_leg_[id] = true;
    }
  };
  for (const lvs::Path& path : middleboxes_.services.paths) {
    if (path.protocol != decode::ip_protocol::kTcp) continue;
    enter(path.connections, path.client, path.vip);
  }
  for (const nat::Translation& t : middleboxes_.translations) {
    if (t.protocol != decode::ip_protocol::kTcp) continue;
    enter(t.connections, t.original.source, t.original.destination);
  }
}

tcp::Standing Inquiry::standing(const tcp::Connection& c, int end) const {
  if (period_.at) return tcp::standing_at(model_.tcp.journal(), c.id(), end, *period_.at);
  const tcp::Endpoint& e = c.end(end);
  return {e.state(), e.since(), e.sure()};
}

Evidence Inquiry::whole(const tcp::Connection& c) const {
  return {std::max(c.first(), begin()), 0};
}

Evidence Inquiry::attempt(const tcp::Connection& c) const {
  const Evidence syn = step_with(c, c.client(), tcp::Event::snd_syn);
  return is_in_period(syn.time) ? syn : whole(c);
}

// The journal is written to the end of the input.
Evidence Inquiry::step_with(const tcp::Connection& c, int end, tcp::Event cause) const {
  Evidence evidence = whole(c);
  for (const tcp::Step& s : model_.tcp.journal().steps(c.id(), end)) {
    if (period_.at && *period_.at < s.time) break;
    if (s.cause == cause) evidence = {s.time, s.frame};
  }
  return evidence;
}

std::size_t Inquiry::index_of(FindingKind kind, const Subject& subject, decode::VlanStack vlans) {
  const auto [at, is_new] =
      index_.emplace(std::tuple(kind, subject, vlans.packed()), findings_.size());
  if (is_new) {
    Finding& f = findings_.emplace_back();
    f.kind = kind;
    f.subject = subject;
    f.first = Timestamp::max();
    clients_.emplace_back();
  }
  return at->second;
}

Finding& Inquiry::about(FindingKind kind, const Subject& subject) {
  return findings_[index_of(kind, subject)];
}

// A tag in a tag names the inner one: the host's.
Finding& Inquiry::about(FindingKind kind, const Subject& subject, decode::VlanStack vlans) {
  Finding& f = findings_[index_of(kind, subject, vlans)];
  if (!vlans.empty()) f.figures.vlan = vlans[vlans.size() - 1];
  return f;
}

bool Inquiry::add(FindingKind kind, const Subject& subject, const tcp::Connection& c,
                  const Evidence& evidence) {
  if (!is_in_period(evidence.time)) return false;
  const std::size_t index = index_of(kind, subject);
  Finding& f = findings_[index];
  ++f.figures.count;
  if (f.connections.size() < kMostConnections) f.connections.push_back(c.id());
  add_evidence(f, evidence);
  clients_[index].push_back(c.key().address[c.client()]);
  return true;
}

std::vector<Finding> Inquiry::finish() {
  for (std::size_t i = 0; i < findings_.size(); ++i) {
    auto& clients = clients_[i];
    std::sort(clients.begin(), clients.end());
    const auto last = std::unique(clients.begin(), clients.end());
    findings_[i].figures.clients = static_cast<std::uint32_t>(last - clients.begin());
    std::sort(findings_[i].connections.begin(), findings_[i].connections.end());
    std::sort(findings_[i].frames.begin(), findings_[i].frames.end());
  }
  std::erase_if(findings_, [](const Finding& f) { return f.first == Timestamp::max(); });
  std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
    return std::tuple(severity_of(a.kind), a.first) < std::tuple(severity_of(b.kind), b.first);
  });
  return std::move(findings_);
}

void add_evidence(Finding& finding, const Evidence& evidence) {
  finding.first = std::min(finding.first, evidence.time);
  if (evidence.frame != 0 && finding.frames.size() < kMostFrames) {
    finding.frames.push_back(evidence.frame);
  }
}

Socket service_of(const tcp::Connection& c) {
  return {c.key().address[c.server()], c.key().port[c.server()]};
}

}  // namespace tapstat::analysis
