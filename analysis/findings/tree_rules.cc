// What happened to the spanning trees, and what is wrong with them.
#include <algorithm>
#include <deque>
#include <map>
#include <tuple>

#include "analysis/findings/rules.h"
#include "analysis/spanning_tree/spanning_trees.h"
#include "analysis/spanning_tree/topology.h"

namespace tapstat::analysis {
namespace {

using spanning_tree::Bridge;
using spanning_tree::BridgeView;
using spanning_tree::Episode;
using spanning_tree::Heard;
using spanning_tree::Instance;
using spanning_tree::PortView;
using spanning_tree::RootChange;
using spanning_tree::SegmentView;
using spanning_tree::Signaller;
using spanning_tree::SpanningTrees;
using spanning_tree::Topology;
using spanning_tree::TreeTimers;
using spanning_tree::Trouble;
using spanning_tree::TroubleKind;
using std::chrono::nanoseconds;

constexpr auto kFlapPeriod = std::chrono::minutes{10};
constexpr std::size_t kFlaps = 3;  // changes of the root within it
constexpr auto kStormPeriod = std::chrono::minutes{1};
constexpr std::size_t kCalm = 5;  // episodes within it

[[nodiscard]] Evidence evidence_of(const Heard& heard) { return {heard.time, heard.frame}; }

[[nodiscard]] Subject subject_of(const Signaller& by) {
  if (const auto* bridge = std::get_if<decode::BridgeId>(&by)) return *bridge;
  return std::get<decode::MacAddress>(by);
}

// The most that fall into one stretch of `period`; adds the evidence of the first such stretch with
// more than `few` of them to the finding that `about` gives.
template <typename About>
void find_crowds(const std::vector<Heard>& all, nanoseconds period, std::size_t few,
                 About&& about) {
  std::deque<Heard> near;
  for (const Heard& heard : all) {
    near.push_back(heard);
    while (heard.time - near.front().time > period) near.pop_front();
    if (near.size() <= few) continue;
    Finding& f = about();
    if (f.figures.most < near.size()) f.figures.most = near.size();
    if (f.frames.empty()) {
      for (const Heard& h : near) add_evidence(f, evidence_of(h));
    } else {
      add_evidence(f, evidence_of(heard));
    }
  }
}

void find_root_changes(Inquiry& inquiry, const Instance& tree) {
  std::vector<Heard> changes;
  for (const RootChange& change : tree.roots().changes()) {
    if (!inquiry.is_in_period(change.when.time)) continue;
    changes.push_back(change.when);
    Finding& f = inquiry.about(FindingKind::stp_root_changed, change.to);
    f.other = change.from;
    ++f.figures.count;
    add_evidence(f, evidence_of(change.when));
  }
  find_crowds(changes, kFlapPeriod, kFlaps - 1, [&]() -> Finding& {
    Finding& f = inquiry.about(FindingKind::stp_root_flapping, tree.key());
    f.figures.count = changes.size();
    return f;
  });
}

// 802.1D-1998 section 8.10.2: 32768 is what a bridge has that nobody has set up.
void find_default_root(Inquiry& inquiry, const Instance& tree) {
  constexpr std::uint16_t kDefault = 32768;
  const auto root = tree.roots().root();
  if (!root || root->priority() != kDefault || tree.bridges().size() < 2) return;
  for (const Bridge& bridge : tree.bridges()) {
    if (bridge.id != *root || !inquiry.is_in_period(bridge.last.time)) continue;
    Finding& f = inquiry.about(FindingKind::stp_default_root, *root);
    f.figures.of = tree.bridges().size();
    add_evidence(f, evidence_of(bridge.last));
  }
}

// 802.1D-1998 table 8-5, of what 802.1D-2004 table 17-3 has none: 4, 10, 100 and 1,000 Mbit/s.
[[nodiscard]] bool is_old_cost(std::uint32_t cost) {
  return cost == 250 || cost == 100 || cost == 19 || cost == 4;
}

// With both in one tree the way by old bridges is always the shorter one.
void find_mixed_costs(Inquiry& inquiry, const Topology& now) {
  constexpr std::uint32_t kLeastNew = 2000;
  const BridgeView* old_one = nullptr;
  const BridgeView* new_one = nullptr;
  for (const BridgeView& bridge : now.bridges()) {
    const PortView* way = bridge.root_port() ? bridge.root_port() : bridge.inferred_root_port();
    const SegmentView* segment = way == nullptr ? nullptr : now.segment_of(*way);
    if (segment == nullptr || segment->designated == nullptr || !bridge.root_cost) continue;
    const std::uint32_t offered = segment->designated->message.vector.external_cost;
    if (*bridge.root_cost <= offered) continue;  // inside a region
    const std::uint32_t cost = *bridge.root_cost - offered;
    if (is_old_cost(cost)) old_one = &bridge;
    if (cost >= kLeastNew) new_one = &bridge;
  }
  if (old_one == nullptr || new_one == nullptr) return;
  const Heard& last = old_one->bridge->last;
  if (!inquiry.is_in_period(last.time)) return;
  Finding& f = inquiry.about(FindingKind::stp_mixed_path_costs, old_one->bridge->id);
  f.other = new_one->bridge->id;
  add_evidence(f, evidence_of(last));
}

// Segments that were sent again, in order of time.
class Resent {
 public:
  explicit Resent(const Inquiry& inquiry) {
    const tcp::EventLog* log = inquiry.model().events;
    if (log == nullptr) return;
    for (std::uint32_t i = 0; i < log->events().size(); ++i) {
      const tcp::LoggedEvent& event = log->events()[i];
      const bool is_known = inquiry.model().tcp.connections().has(event.connection);
      if (event.kind != tcp::Note::retransmission || inquiry.end() < event.time || !is_known)
        continue;
      events_.push_back({event.time, event.connection});
    }
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Event& a, const Event& b) { return a.time < b.time; });
  }

  void add_to(Finding& finding, Timestamp begin, Timestamp end) const {
    auto at = std::lower_bound(events_.begin(), events_.end(), begin,
                               [](const Event& e, Timestamp t) { return e.time < t; });
    for (; at != events_.end() && at->time <= end; ++at) {
      ++finding.figures.retransmissions;
      auto& ids = finding.connections;
      const auto place = std::lower_bound(ids.begin(), ids.end(), at->connection);
      const bool is_new = place == ids.end() || *place != at->connection;
      if (is_new && ids.size() < kMostConnections) ids.insert(place, at->connection);
    }
  }

 private:
  struct Event {
    Timestamp time;
    std::uint32_t connection;
  };
  std::vector<Event> events_;
};

// What was lost before the change was told of belongs to it: a bridge of STP tells when the port
// that takes over begins to forward, after listening and learning (802.1D-1998 section 8.6.14),
// each late by up to an eighth where Linux keeps the time (kernel/time/timer.c); one of RSTP when
// it has noticed, within three hellos.
[[nodiscard]] Timestamp window_begin(const Instance& tree, const Episode& episode) {
  const TreeTimers& t = tree.timers();
  return episode.first.time - (tree.version() == 0 ? 2 * nanoseconds{t.forward_delay} * 9 / 8
                                                   : 3 * nanoseconds{t.hello_time});
}

void find_topology_changes(Inquiry& inquiry, const Instance& tree, const Resent& resent) {
  std::vector<Heard> begun;
  Timestamp told = Timestamp::min();  // what is sent again until then has been counted
  for (const Episode& episode : tree.changes().episodes()) {
    if (!inquiry.is_in_period(episode.first.time)) continue;
    begun.push_back(episode.first);
    Finding& f = inquiry.about(FindingKind::stp_topology_change, subject_of(episode.by));
    ++f.figures.count;
    f.figures.longest = std::max(f.figures.longest, episode.last.time - episode.first.time);
    add_evidence(f, evidence_of(episode.first));
    resent.add_to(f, std::max(window_begin(tree, episode), told), episode.last.time);
    told = episode.last.time + nanoseconds{1};
  }
  find_crowds(begun, kStormPeriod, kCalm, [&]() -> Finding& {
    Finding& f = inquiry.about(FindingKind::stp_topology_change_storm, tree.key());
    f.figures.count = begun.size();
    f.other = subject_of(tree.changes().episodes().front().by);
    return f;
  });
}

[[nodiscard]] FindingKind kind_of(TroubleKind kind) {
  switch (kind) {
    case TroubleKind::two_roots:
      return FindingKind::stp_two_roots;
    case TroubleKind::two_designated:
      return FindingKind::stp_two_designated;
    case TroubleKind::timers_differ:
    case TroubleKind::timers_unfit:
      return FindingKind::stp_timer_mismatch;
    case TroubleKind::near_max_age:
      return FindingKind::stp_near_max_age;
    case TroubleKind::unacknowledged:
      return FindingKind::stp_tcn_unacknowledged;
    case TroubleKind::vlan_mismatch:
      return FindingKind::stp_vlan_mismatch;
    case TroubleKind::region_mismatch:
      return FindingKind::stp_region_mismatch;
    case TroubleKind::missed_hellos:
      return FindingKind::stp_missed_hellos;
    case TroubleKind::loop:
      break;
  }
  return FindingKind::stp_loop;
}

// When a root dies what it said last grows old, for as long as a max age, with nobody to blame.
[[nodiscard]] bool will_pass(const SpanningTrees& trees, const Trouble& trouble) {
  if (trouble.kind != TroubleKind::near_max_age) return false;
  const auto tree = trees.instances().find(trouble.tree);
  return tree == trees.instances().end() ||
         trouble.last.time - trouble.first.time <= nanoseconds{tree->second.timers().max_age};
}

}  // namespace

void find_tree_changes(Inquiry& inquiry) {
  const SpanningTrees* trees = inquiry.model().layer2.trees;
  if (trees == nullptr || trees->instances().empty()) return;
  const Resent resent(inquiry);
  for (const auto& [key, instance] : trees->instances()) {
    const Topology now(instance, inquiry.end());
    find_root_changes(inquiry, now.instance());
    find_default_root(inquiry, now.instance());
    find_mixed_costs(inquiry, now);
    find_topology_changes(inquiry, now.instance(), resent);
  }
}

void find_tree_troubles(Inquiry& inquiry) {
  const SpanningTrees* trees = inquiry.model().layer2.trees;
  if (trees == nullptr) return;
  for (const Trouble& trouble : trees->watch().troubles()) {
    if (!inquiry.is_in_period(trouble.last.time) || will_pass(*trees, trouble)) continue;
    Finding& f = inquiry.about(kind_of(trouble.kind), subject_of(trouble.subject));
    if (trouble.other) f.other = *trouble.other;
    f.figures.count += trouble.count;
    f.figures.longest = std::max(f.figures.longest, trouble.last.time - trouble.first.time);
    f.figures.vlan = trouble.vlan;
    f.figures.other_vlan = trouble.other_vlan;
    const bool is_begun_before = !inquiry.is_in_period(trouble.first.time);
    if (!is_begun_before) add_evidence(f, evidence_of(trouble.first));
    if (is_begun_before || trouble.last.frame != trouble.first.frame) {
      add_evidence(f, evidence_of(trouble.last));
    }
  }
}

}  // namespace tapstat::analysis
