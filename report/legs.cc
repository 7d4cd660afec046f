#include "report/legs.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "decode/ip_protocol.h"

namespace tapstat::report {
namespace {

using analysis::Socket;
using analysis::tcp::Connections;
using Member = Legs::Member;

[[nodiscard]] bool is_between(const analysis::FlowKey& key, const Socket& a, const Socket& b) {
  const Socket ends[2] = {{key.address[0], key.port[0]}, {key.address[1], key.port[1]}};
  return (ends[0] == a && ends[1] == b) || (ends[0] == b && ends[1] == a);
}

// Joins the records of one way after the other. A way may begin where another ends: a masquerading
// gateway in front of a director.
class Joiner {
 public:
  explicit Joiner(Connections connections) : connections_(connections) {}

  void add(const std::vector<std::uint32_t>& ids, const Socket& client, const Socket& asked,
           std::string_view box) {
    if (ids.size() < 2) return;
    const auto front = std::find_if(ids.begin(), ids.end(), [&](std::uint32_t id) {
      return is_known(id) && is_between(connections_[id].key(), client, asked);
    });
    if (front == ids.end()) return;
    for (const std::uint32_t id : ids) {
      if (id != *front && is_known(id)) join(id, *front, box);
    }
  }

  [[nodiscard]] std::vector<Member> members() {
    for (Member& member : members_) member.leg_of = root_of(member.id);
    return std::move(members_);
  }

 private:
  [[nodiscard]] bool is_known(std::uint32_t id) const { return id < connections_.size(); }

  [[nodiscard]] std::uint32_t root_of(std::uint32_t id) {
    for (; parents_[id] != id; id = parents_[id]) parents_[id] = parents_[parents_[id]];
    return id;
  }

  // Each record has one place: what would be a leg of two, or of itself, stays where it is.
  void join(std::uint32_t leg, std::uint32_t front, std::string_view box) {
    if (parents_.empty()) {
      parents_.resize(connections_.size());
      std::iota(parents_.begin(), parents_.end(), 0u);
    }
    if (parents_[leg] != leg || root_of(front) == leg) return;
    parents_[leg] = front;
    members_.push_back({.id = leg, .box = box});
  }

  Connections connections_;
  std::vector<std::uint32_t> parents_;
  std::vector<Member> members_;
};

}  // namespace

Legs::Legs(Connections connections, const analysis::lvs::Overview& overview,
           const std::vector<analysis::nat::Translation>& translations) {
  Joiner joiner(connections);
  for (const analysis::lvs::Path& path : overview.paths) {
    if (path.protocol != decode::ip_protocol::kTcp) continue;
    joiner.add(path.connections, path.client, path.vip,
               analysis::lvs::kModeNames[static_cast<std::size_t>(path.mode)]);
  }
  for (const analysis::nat::Translation& t : translations) {
    if (t.protocol != decode::ip_protocol::kTcp) continue;
    joiner.add(t.connections, t.original.source, t.original.destination,
               analysis::nat::kKindNames[static_cast<std::size_t>(t.kind)]);
  }
  members_ = joiner.members();
  std::sort(members_.begin(), members_.end(), [](const Member& a, const Member& b) {
    return std::tie(a.leg_of, a.id) < std::tie(b.leg_of, b.id);
  });
  by_id_.resize(members_.size());
  std::iota(by_id_.begin(), by_id_.end(), 0u);
  std::sort(by_id_.begin(), by_id_.end(),
            [this](std::uint32_t a, std::uint32_t b) { return members_[a].id < members_[b].id; });
}

std::span<const Member> Legs::of(std::uint32_t id) const {
  const auto first =
      std::lower_bound(members_.begin(), members_.end(), id,
                       [](const Member& m, std::uint32_t wanted) { return m.leg_of < wanted; });
  const auto last = std::find_if(first, members_.end(),
                                 [id](const Member& member) { return member.leg_of != id; });
  return {first, last};
}

const Member* Legs::find(std::uint32_t id) const {
  const auto found = std::lower_bound(
      by_id_.begin(), by_id_.end(), id,
      [this](std::uint32_t i, std::uint32_t wanted) { return members_[i].id < wanted; });
  return found == by_id_.end() || members_[*found].id != id ? nullptr : &members_[*found];
}

}  // namespace tapstat::report
