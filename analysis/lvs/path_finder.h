// The way of each connection through a director, from what legs, links and directors themselves
// tell.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "analysis/forwarding/handover.h"
#include "analysis/lvs/boxes.h"
#include "analysis/lvs/forwarded_as_is.h"
#include "analysis/lvs/overview.h"
#include "analysis/lvs/sync_table.h"
#include "analysis/lvs/vrrp_router.h"

namespace tapstat::analysis::lvs {

// What IPVS sees of a connection in that mode.
[[nodiscard]] constexpr IpvsView view_of(Mode mode) {
  return mode == Mode::nat || mode == Mode::fullnat ? IpvsView::both_ways : IpvsView::clients_way;
}

class PathFinder {
 public:
  // `handovers` are those of services (Rewritten). Borrowed, as the model.
  PathFinder(const Model& model, std::span<const forwarding::Handover> handovers, Timestamp now);

  // In order of time. Path::service is left open.
  [[nodiscard]] std::vector<Path> find();
  [[nodiscard]] const Owners& owners() const { return owners_; }

 private:
  using Leg = forwarding::Leg;
  using Handover = forwarding::Handover;

  void add_rewritten();
  void add_handed_over(std::span<const Handover> handovers, Mode mode);
  void add_forwarded();
  void add_targets(const Forwarded& forwarded, Path& path) const;
  void find_routers();
  [[nodiscard]] bool is_director(const MacAddress& mac, const IpAddress& vip) const;
  void add_told();
  void confirm_by_sync(Path& path) const;
  void add_told(const SyncEntry& entry, const std::vector<std::uint32_t>& near,
                const std::vector<std::uint32_t>& far);
  void note_told_entry(Path& path, const SyncEntry& entry) const;

  [[nodiscard]] Path path_of(std::uint32_t leg, int client, Mode mode) const;
  [[nodiscard]] Target target_of(const Handover& handover) const;
  void note_entry(Path& path, const Leg& leg, int client) const;
  void enter_records();
  void end_reused_entries();

  const Model& model_;
  std::span<const Handover> handovers_;
  Timestamp now_;
  const Arena<Leg>& legs_;
  forwarding::Clients clients_;
  Boxes boxes_;
  Owners owners_;
  std::set<IpAddress> vips_;
  std::multimap<IpAddress, const VrrpRouter*> routers_;          // by the addresses that they share
  std::map<std::uint32_t, std::vector<std::uint32_t>> legs_of_;  // by the client's
  std::vector<Path> paths_;
};

}  // namespace tapstat::analysis::lvs
