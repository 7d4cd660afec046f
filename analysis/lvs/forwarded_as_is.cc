#include "analysis/lvs/forwarded_as_is.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analysis/forwarding/handover.h"
#include "decode/decoder.h"

namespace tapstat::analysis::lvs {
namespace {

using forwarding::Crossing;
using forwarding::Leg;
using forwarding::Link;

// IPVS puts the client's packet right into one: ip_vs_tunnel_xmit of ip_vs_xmit.c.
[[nodiscard]] std::optional<Evidence> carrier_of(decode::TunnelKind kind) {
  using decode::TunnelKind;
  switch (kind) {
    case TunnelKind::ipip:
    case TunnelKind::sixin4:
    case TunnelKind::fourin6:
    case TunnelKind::ip6ip6:
      return Evidence::ipip;
    case TunnelKind::gre:
      return Evidence::gre;
    case TunnelKind::gue:
      return Evidence::gue;
    default:
      return std::nullopt;
  }
}

[[nodiscard]] IpAddress outer_address(const std::array<std::uint8_t, 16>& bytes) {
  return IpAddress::from_wire(bytes.data(), 6);
}

// One leg's crossings, with the boxes at either end of each.
class Way {
 public:
  Way(const Model& model, const Boxes& boxes, const Owners& owners, std::uint32_t id, int client)
      : model_(model), boxes_(boxes), owners_(owners), leg_(model.legs->legs()[id]) {
    out_.leg = id;
    out_.client = client;
  }

  [[nodiscard]] std::optional<Forwarded> read() {
    const auto seen = leg_.courses[out_.client].seen();
    const bool found = read_tunnels(seen) || read_hops(seen);
    if (!found) return std::nullopt;
    read_answers(leg_.courses[1 - out_.client].seen());
    return out_;
  }

 private:
  [[nodiscard]] const Link& link(const Crossing& c) const { return model_.legs->links()[c.link]; }

  // In the clear and in a tunnel: the way into the director and out of it, or into the real server.
  bool read_tunnels(std::span<const Crossing> seen) {
    for (const Crossing& c : seen) {
      const auto& hops = model_.decoder.tunnel(link(c).tunnel);
      if (hops.empty()) continue;
      const auto carrier = carrier_of(hops.back().kind);
      if (!carrier) continue;
      const IpAddress destination = outer_address(hops.back().outer_dst);
      if (std::find(out_.target_ips.begin(), out_.target_ips.end(), destination) ==
          out_.target_ips.end()) {
        out_.target_ips.push_back(destination);
      }
      out_.outer_source = outer_address(hops.back().outer_src);
      out_.carrier = carrier;
      target_box_ = boxes_.receiver(link(c));
      for (const Crossing& plain : seen) {
        const bool is_put_in = link(plain).tunnel == 0 && plain.ttl >= c.ttl &&
                               boxes_.receiver(link(plain)) == boxes_.sender(link(c));
        if (!is_put_in) continue;
        out_.box = boxes_.sender(link(c));
        out_.has_fewer_hops = out_.has_fewer_hops || plain.ttl > c.ttl;
      }
    }
    if (out_.target_ips.empty()) return false;
    out_.mode = Mode::tun;
    out_.claims_address = box_claims();
    return true;
  }

  // Into a box, and out of it again.
  bool read_hops(std::span<const Crossing> seen) {
    for (const Crossing& in : seen) {
      const auto box = boxes_.receiver(link(in));
      if (!box) continue;
      for (const Crossing& out : seen) {
        if (in.link == out.link || out.ttl > in.ttl || boxes_.sender(link(out)) != box) continue;
        if (link(in).tunnel != 0 || link(out).tunnel != 0) continue;
        enter_hop(in, out, *box);
      }
    }
    return out_.box.has_value();
  }

  // The last box of several is the one that sends to the host at the end.
  void enter_hop(const Crossing& in, const Crossing& out, BoxId box) {
    if (out_.box && *out_.box != box) {
      if (in.ttl > lowest_in_) return;
      out_.target_macs.clear();
      out_.is_turned_around = false;
    }
    lowest_in_ = in.ttl;
    out_.box = box;
    out_.has_fewer_hops = out.ttl < in.ttl;
    const Link& from = link(in);
    const Link& to = link(out);
    if (to.has_to() && boxes_.receiver(to) != box &&
        std::find(out_.target_macs.begin(), out_.target_macs.end(), to.to) ==
            out_.target_macs.end()) {
      out_.target_macs.push_back(to.to);
    }
    if (from.input == to.input && from.interface == to.interface) {
      const bool is_same =
          from.has_to() && to.has_from()
              ? from.to == to.from
              : from.interface_index != 0 && from.interface_index == to.interface_index;
      out_.is_turned_around = out_.is_turned_around || is_same;
    }
    out_.claims_address = box_claims();
    const auto& claimants = owners_.claimants(address());
    out_.target_claims_address =
        std::any_of(out_.target_macs.begin(), out_.target_macs.end(),
                    [&](const MacAddress& mac) { return claimants.contains(mac); });
  }

  [[nodiscard]] const IpAddress& address() const { return leg_.key.address[1 - out_.client]; }
  [[nodiscard]] bool box_claims() const {
    if (!out_.box) return false;
    const auto& macs = boxes_.macs(*out_.box);
    return std::any_of(macs.begin(), macs.end(),
                       [&](const MacAddress& mac) { return owners_.claims(mac, address()); });
  }

  void read_answers(std::span<const Crossing> seen) {
    out_.answers_seen = !seen.empty();
    bool come = false, go = false;  // into the box, out of it: a reset of its own does not come
    for (const Crossing& c : seen) {
      come = come || (out_.box && boxes_.receiver(link(c)) == out_.box);
      go = go || (out_.box && boxes_.sender(link(c)) == out_.box);
      // Through a tunnel back: no director has them so.
      if (out_.mode == Mode::tun && link(c).tunnel != 0) out_.answers_pass = true;
      out_.answers_leave_target = out_.answers_leave_target ||
                                  (target_box_ && boxes_.sender(link(c)) == target_box_) ||
                                  std::find(out_.target_macs.begin(), out_.target_macs.end(),
                                            link(c).from) != out_.target_macs.end();
    }
    out_.answers_pass = out_.answers_pass || (come && go);
  }

  const Model& model_;
  const Boxes& boxes_;
  const Owners& owners_;
  const Leg& leg_;
  Forwarded out_;
  std::optional<BoxId> target_box_;  // where what is in a tunnel goes
  std::uint8_t lowest_in_ = 0xff;
};

}  // namespace

std::vector<Forwarded> find_forwarded(const Model& model, const forwarding::Clients& clients,
                                      const Boxes& boxes, const Owners& owners) {
  std::vector<Forwarded> all;
  const auto& legs = model.legs->legs();
  for (std::uint32_t id = 0; id < legs.size(); ++id) {
    const Leg& leg = legs[id];
    const int client = clients.of(leg).end;
    const auto seen = leg.courses[client].seen();
    const bool may_be = std::any_of(seen.begin(), seen.end(), [&](const Crossing& c) {
      return c.link != seen[0].link || model.legs->links()[c.link].tunnel != 0;
    });
    if (!is_served(leg.protocol) || !may_be) continue;
    if (const auto forwarded = Way(model, boxes, owners, id, client).read())
      all.push_back(*forwarded);
  }
  return all;
}

namespace {

// All connections to one socket that one box forwards.
struct Group {
  std::vector<const Forwarded*> members;
  std::set<MacAddress> macs;  // of the first targets
  std::set<IpAddress> ips;    // likewise
  std::set<IpAddress> clients;
  bool is_one_of_many = false;  // the box hands on what is for many other addresses, too
  bool claims = false, turns = true, passes = false, leaves_target = false, is_answered = false;
};

[[nodiscard]] Group group_of(const Model& model, std::vector<const Forwarded*> members) {
  Group group;
  group.members = std::move(members);
  for (const Forwarded* f : group.members) {
    if (f->mode == Mode::dr && !f->target_macs.empty()) group.macs.insert(f->target_macs.front());
    if (!f->target_ips.empty()) group.ips.insert(f->target_ips.front());
    group.clients.insert(model.legs->legs()[f->leg].key.address[f->client]);
    group.claims = group.claims || f->claims_address;
    group.turns = group.turns && f->is_turned_around;
    group.passes = group.passes || f->answers_pass;
    group.leaves_target = group.leaves_target || f->answers_leave_target;
    group.is_answered = group.is_answered || model.legs->legs()[f->leg].acknowledged;
  }
  return group;
}

// Virtual addresses are few, and each gets many connections.
[[nodiscard]] bool is_router_like(const std::map<IpAddress, std::size_t>& destinations) {
  constexpr std::size_t kFew = 2, kMany = 20;
  std::size_t connections = 0;
  for (const auto& [address, count] : destinations) connections += count;
  return destinations.size() > kFew && connections < kMany * destinations.size();
}

// A box that says of itself that it has the address, and hands on what is sent to it, is a
// director: a router owns no address that it routes. Without such word it takes the signs of one
// together: answers go another way although there are some, and several hosts get connections to
// one address.
[[nodiscard]] bool is_directed(const Group& group) {
  const bool is_tun = group.members.front()->mode == Mode::tun;
  if (group.passes) return false;
  if (group.claims) return true;
  if (group.is_one_of_many) return false;
  const bool has_several = group.macs.size() > 1 || group.ips.size() > 1;
  if (has_several) return true;
  // At the real server itself: many clients in one tunnel, and their answers in none.
  constexpr std::size_t kMany = 5;
  if (is_tun) {
    return group.leaves_target && group.members.size() >= kMany && group.clients.size() > 1;
  }
  return group.macs.empty() && group.turns && group.is_answered;
}

}  // namespace

std::vector<Forwarded> of_directors(const Model& model, const std::vector<Forwarded>& all) {
  using Key = std::tuple<Mode, std::uint8_t, Socket>;
  std::map<Key, std::vector<const Forwarded*>> groups;
  for (const Forwarded& f : all) {
    const Leg& leg = model.legs->legs()[f.leg];
    groups[{f.mode, leg.protocol, forwarding::socket_of(leg, 1 - f.client)}].push_back(&f);
  }
  std::map<BoxId, std::map<IpAddress, std::size_t>> destinations;  // connections to each
  for (const Forwarded& f : all) {
    const Leg& leg = model.legs->legs()[f.leg];
    if (f.box) ++destinations[*f.box][leg.key.address[1 - f.client]];
  }
  std::vector<Forwarded> directed;
  for (auto& [key, members] : groups) {
    Group group = group_of(model, std::move(members));
    const auto& box = group.members.front()->box;
    group.is_one_of_many = box && is_router_like(destinations[*box]);
    if (!is_directed(group)) continue;
    for (const Forwarded* f : group.members) {
      // Where the target has the address and the box has not, the box is a router before it.
      if (f->target_claims_address && !f->claims_address && !group.claims) continue;
      directed.push_back(*f);
    }
  }
  std::sort(directed.begin(), directed.end(),
            [](const Forwarded& a, const Forwarded& b) { return a.leg < b.leg; });
  return directed;
}

}  // namespace tapstat::analysis::lvs
