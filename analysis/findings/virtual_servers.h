// What the rules about virtual servers look at together: which leg is on which path, which boxes
// are directors, and what ICMP errors say of whom.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "analysis/findings/inquiry.h"
#include "analysis/forwarding/handover.h"
#include "analysis/forwarding/leg_table.h"
#include "analysis/forwarding/record_ids.h"
#include "analysis/lvs/boxes.h"
#include "analysis/lvs/overview.h"

namespace tapstat::analysis {

// Why a packet was not delivered, as an ICMP error has it (RFC 792, RFC 4443 section 3).
enum class Undelivered : std::uint8_t { no_host, refused, too_big, other };
[[nodiscard]] Undelivered meaning_of(const forwarding::Complaint& complaint, bool is_v4);

// Borrows the inquiry's model. Costs a pass over the paths and the ICMP errors.
class VirtualServers {
 public:
  explicit VirtualServers(const Inquiry& inquiry);

  [[nodiscard]] const lvs::Overview& overview() const { return overview_; }
  [[nodiscard]] const forwarding::LegTable& table() const { return table_; }
  [[nodiscard]] const forwarding::Leg& leg(std::uint32_t id) const { return table_.legs()[id]; }
  // Of the leg before the director; nullptr: it is on none.
  [[nodiscard]] const lvs::Path* path_of(std::uint32_t leg) const;
  // Nullptr: no virtual server is known there.
  [[nodiscard]] const lvs::Service* service_at(std::uint8_t protocol, const Socket& vip) const;
  // Calls `f(leg, client, service)` for each leg of TCP from a client to a virtual server,
  // forwarded or not, in order.
  template <typename F>
  void for_each_request(F&& f) const {
    for (std::uint32_t id = 0; id < table_.legs().size(); ++id) {
      const int client = forwarding::client_end(leg(id)).end;
      const lvs::Service* service =
          service_at(leg(id).protocol, forwarding::socket_of(leg(id), 1 - client));
      if (service != nullptr && is_tcp(leg(id))) f(id, client, *service);
    }
  }
  // About packets of that leg, in order of time.
  [[nodiscard]] std::span<const forwarding::Complaint> complaints(std::uint32_t leg) const;

  // Whether that box sends clients' packets to real servers, or stands by to.
  [[nodiscard]] bool is_director(lvs::BoxId box) const;
  [[nodiscard]] bool is_director(const decode::MacAddress& mac) const;
  [[nodiscard]] std::optional<lvs::BoxId> sender(forwarding::LinkId link) const {
    return boxes_.sender(table_.links()[link]);
  }
  [[nodiscard]] std::optional<lvs::BoxId> receiver(forwarding::LinkId link) const {
    return boxes_.receiver(table_.links()[link]);
  }
  // Whether the box of that MAC address is a real server of the service.
  [[nodiscard]] bool is_server(const lvs::Service& service, lvs::BoxId box) const;
  [[nodiscard]] bool is_server(const lvs::Service& service, const decode::MacAddress& mac) const;
  // None are, where only what they tell one another was captured.
  [[nodiscard]] bool knows_directors() const { return !directors_.empty(); }
  // A director that hands a client's packets to the one that has the address now.
  [[nodiscard]] bool leads_to_director(const lvs::Target& target) const {
    return target.mac && is_director(*target.mac);
  }
  // Whether a virtual router with that address changed its master about then, or since the leg's
  // start and before.
  [[nodiscard]] bool was_handed_over(const IpAddress& vip, const forwarding::Leg& leg) const;
  [[nodiscard]] bool has_handovers() const { return !handovers_.empty(); }
  // Whether a packet of `sender`'s of that leg was seen on its way into that box.
  [[nodiscard]] bool has_received(const forwarding::Leg& leg, int sender, lvs::BoxId box) const;

  // The records that a request is, with its further legs.
  [[nodiscard]] std::vector<std::uint32_t> connections_of(std::uint32_t leg) const {
    const lvs::Path* path = path_of(leg);
    return path != nullptr ? path->connections : ids_->of(leg);
  }

  [[nodiscard]] static bool is_tcp(const forwarding::Leg& leg);

 private:
  void find_directors();
  void note_director(const lvs::Path& path);
  void note_hop(const forwarding::Leg& near, int client, const forwarding::Leg& far,
                int far_client);
  void note_handovers(const lvs::VrrpTable& table);

  const lvs::Overview& overview_;
  const forwarding::LegTable& table_;
  lvs::Boxes boxes_;
  std::map<std::uint32_t, std::uint32_t> path_of_;  // by leg
  std::map<std::tuple<std::uint8_t, Socket>, std::uint32_t> service_at_;
  std::vector<forwarding::Complaint> complaints_;  // by leg
  std::set<lvs::BoxId> directors_;
  std::set<decode::MacAddress> speakers_;  // of VRRP
  struct Handover {
    Timestamp from, until;
  };
  std::multimap<IpAddress, Handover> handovers_;  // by virtual address
  std::optional<forwarding::RecordIds> ids_;      // of the requests
};

// The real server as findings name it, the virtual one where the packets do not tell which it is.
[[nodiscard]] Subject subject_of(const lvs::Path& path);

// Those connections show it, and need no other word: of TCP.
void add_connections(Inquiry& inquiry, Finding& finding, const std::vector<std::uint32_t>& ids);
// One more connection that shows it.
void add_path(Inquiry& inquiry, Finding& finding, const lvs::Path& path, const Evidence& evidence);
void add_server(Finding& finding, const Socket& server);

// The rules, by what they look at.
void find_dead_servers(Inquiry& inquiry,
                       const VirtualServers& servers);  // lvs_server_*, lvs_no_server
void find_lost_ways(Inquiry& inquiry, const VirtualServers& servers);  // split, bypass, arp_problem
void find_forgotten(Inquiry& inquiry, const VirtualServers& servers);  // entry_expired, conn_reuse
void find_lost_contents(Inquiry& inquiry, const VirtualServers& servers);  // mtu, toa_missing

}  // namespace tapstat::analysis
