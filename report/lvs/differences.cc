#include "report/lvs/differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "report/address_text.h"
#include "report/ip_protocol_name.h"
#include "report/lvs/words.h"

namespace tapstat::report {
namespace {

namespace lvs = analysis::lvs;
using Kind = LvsDifferenceKind;

// Compares one service as it was configured with those seen that it stands for.
class Comparison {
 public:
  Comparison(const IntendedService& intended, const lvs::Overview& overview,
             std::vector<LvsDifference>& into)
      : intended_(intended), overview_(overview), into_(into) {}

  void compare(const lvs::Service& seen) {
    compare_servers(seen);
    compare_scheduler(seen);
    compare_weights(seen);
    if (seen.scheduler.is_persistent && !intended_.persistence) {
      add(Kind::persistence, seen, std::nullopt, "none", "persistent");
    }
  }

 private:
  void add(Kind kind, const lvs::Service& seen, std::optional<analysis::Socket> server,
           std::string configured, std::string was) {
    into_.push_back({.kind = kind,
                     .protocol = seen.protocol,
                     .vip = seen.vip,
                     .fwmark = intended_.fwmark,
                     .server = server,
                     .configured = std::move(configured),
                     .seen = std::move(was)});
  }

  // A service of all ports, or by mark, keeps the port that the client asked for.
  [[nodiscard]] static bool is_same(const analysis::Socket& configured,
                                    const analysis::Socket& seen) {
    return configured.address == seen.address &&
           (configured.port == seen.port || configured.port == 0);
  }

  [[nodiscard]] const IntendedServer* find(const analysis::Socket& socket) const {
    const auto found =
        std::find_if(intended_.servers.begin(), intended_.servers.end(),
                     [&](const IntendedServer& s) { return is_same(s.socket, socket); });
    return found == intended_.servers.end() ? nullptr : &*found;
  }

  // With FULLNAT the kernel masquerades, and a rule of its packet filter rewrites the source.
  [[nodiscard]] static bool fits(lvs::Mode configured, lvs::Mode seen) {
    return configured == seen || (configured == lvs::Mode::nat && seen == lvs::Mode::fullnat);
  }

  void compare_servers(const lvs::Service& seen) {
    bool all_told = true;
    for (const lvs::RealServer& server : seen.servers) {
      all_told &= server.socket.has_value();
      if (!server.socket) continue;
      const IntendedServer* found = find(*server.socket);
      if (found == nullptr) {
        add(Kind::server_not_configured, seen, server.socket, "",
            fmt::format("{} connections", server.connections));
      } else if (!fits(found->mode, seen.mode)) {
        add(Kind::mode, seen, server.socket, std::string{mode_name(found->mode)},
            std::string{mode_name(seen.mode)});
      }
    }
    // Any of them may be one whose address the packets do not tell.
    if (!all_told || has_untold_paths(seen)) return;
    for (const IntendedServer& server : intended_.servers) {
      if (server.weight > 0 && !is_seen(server, seen)) {
        add(Kind::server_not_seen, seen, server.socket, fmt::format("weight {}", server.weight),
            "");
      }
    }
  }

  [[nodiscard]] bool has_untold_paths(const lvs::Service& seen) const {
    return std::any_of(seen.paths.begin(), seen.paths.end(), [&](std::uint32_t i) {
      return !overview_.paths[i].target.socket.has_value();
    });
  }

  [[nodiscard]] static bool is_seen(const IntendedServer& server, const lvs::Service& seen) {
    return std::any_of(seen.servers.begin(), seen.servers.end(), [&](const lvs::RealServer& s) {
      return s.socket && is_same(server.socket, *s.socket);
    });
  }

  // Of equal weights nobody can see whether they are heeded.
  [[nodiscard]] std::string_view plain_scheduler() const {
    const auto& servers = intended_.servers;
    const bool all_equal =
        std::all_of(servers.begin(), servers.end(),
                    [&](const IntendedServer& s) { return s.weight == servers.front().weight; });
    if (!all_equal) return intended_.scheduler;
    if (intended_.scheduler == "wrr") return "rr";
    if (intended_.scheduler == "wlc") return "lc";
    return intended_.scheduler;
  }

  // A guess that leaves others open speaks against none.
  [[nodiscard]] static bool is_sure(const lvs::SchedulerGuess& guess) {
    constexpr double kSure = 0.95;
    return guess.determined && !guess.candidates.empty() &&
           guess.candidates.front().confidence >= kSure;
  }

  void compare_scheduler(const lvs::Service& seen) {
    if (!is_sure(seen.scheduler)) return;
    const std::string_view name = name_of(seen.scheduler.candidates.front().name);
    if (name == intended_.scheduler || name == plain_scheduler()) return;
    add(Kind::scheduler, seen, std::nullopt, intended_.scheduler, std::string{name});
  }

  // New connections for a server of weight 0, and shares that are others than configured.
  void compare_weights(const lvs::Service& seen) {
    for (std::size_t i = 0; i < seen.servers.size(); ++i) {
      const auto& server = seen.servers[i];
      const IntendedServer* found = server.socket ? find(*server.socket) : nullptr;
      if (found == nullptr || found->weight > 0) continue;
      const auto chosen = new_connections(seen, *server.socket);
      if (chosen == 0) continue;
      add(Kind::weight, seen, server.socket, "0", fmt::format("{} new connections", chosen));
    }
    const auto was = shares(
        seen, [](const lvs::RealServer& s, const IntendedServer&) { return s.weight.value_or(0); });
    const auto configured = shares(
        seen, [](const lvs::RealServer&, const IntendedServer& found) { return found.weight; });
    if (was.empty() || was == configured) return;
    add(Kind::weight, seen, std::nullopt, fmt::format("{}", fmt::join(configured, ":")),
        fmt::format("{}", fmt::join(was, ":")));
  }

  // Of a persistent service a server of weight 0 keeps the clients that it has.
  [[nodiscard]] std::size_t new_connections(const lvs::Service& seen,
                                            const analysis::Socket& server) const {
    if (intended_.persistence) return 0;
    return static_cast<std::size_t>(
        std::count_if(seen.paths.begin(), seen.paths.end(), [&](std::uint32_t i) {
          const lvs::Path& path = overview_.paths[i];
          return path.target.socket == server && !path.began_before;
        }));
  }

  // A number for each server, by the smallest integers; empty where not all are told.
  template <typename F>
  [[nodiscard]] std::vector<std::uint32_t> shares(const lvs::Service& seen, F&& of) const {
    std::vector<std::uint32_t> all;
    std::uint32_t common = 0;
    for (const lvs::RealServer& server : seen.servers) {
      const IntendedServer* found = server.socket ? find(*server.socket) : nullptr;
      if (found == nullptr || !server.weight || found->weight == 0) return {};
      all.push_back(of(server, *found));
      common = std::gcd(common, all.back());
    }
    if (common > 1) {
      for (std::uint32_t& share : all) share /= common;
    }
    return all;
  }

  const IntendedService& intended_;
  const lvs::Overview& overview_;
  std::vector<LvsDifference>& into_;
};

[[nodiscard]] bool is_by_address(const IntendedService& intended, const lvs::Service& seen) {
  return intended.vip && intended.protocol == seen.protocol &&
         intended.vip->address == seen.vip.address &&
         (intended.vip->port == seen.vip.port || intended.vip->port == 0);
}

// By its mark, or, as only the director's own messages tell it, by its real servers.
[[nodiscard]] bool is_by_mark(const IntendedService& intended, const lvs::Service& seen) {
  if (!intended.fwmark) return false;
  if (seen.fwmark) return seen.fwmark == intended.fwmark;
  return !seen.servers.empty() &&
         std::all_of(seen.servers.begin(), seen.servers.end(), [&](const lvs::RealServer& s) {
           return s.socket && std::any_of(intended.servers.begin(), intended.servers.end(),
                                          [&](const IntendedServer& server) {
                                            return server.socket.address == s.socket->address;
                                          });
         });
}

// The service of the configuration that each seen one is; nullptr: none. An exact port goes before
// all ports, and an address before a mark.
[[nodiscard]] const IntendedService* configured_for(const IpvsConfiguration& intended,
                                                    const lvs::Service& seen) {
  const IntendedService* best = nullptr;
  const auto rank = [&](const IntendedService& s) {
    if (is_by_address(s, seen)) return s.vip->port != 0 ? 3 : 2;
    return is_by_mark(s, seen) ? 1 : 0;
  };
  for (const IntendedService& service : intended.services) {
    if (rank(service) > (best == nullptr ? 0 : rank(*best))) best = &service;
  }
  return best;
}

[[nodiscard]] std::string service_text(const Report& report, const LvsDifference& d) {
  if (!d.vip) return fmt::format("FWM {}", d.fwmark.value_or(0));
  return fmt::format("{} {}", protocol_text(d.protocol), socket_text(report, *d.vip, d.protocol));
}

[[nodiscard]] std::string difference_text(const Report& report, const LvsDifference& d) {
  const std::string server = d.server ? socket_text(report, *d.server, d.protocol) : "";
  switch (d.kind) {
    case Kind::service_not_seen:
      return "configured, and no connection of it was seen";
    case Kind::service_not_configured:
      return fmt::format("not configured, and {} seen", d.seen);
    case Kind::server_not_seen:
      return fmt::format("{} is configured with {}, and got no connection", server, d.configured);
    case Kind::server_not_configured:
      return fmt::format("{} is not configured, and got {}", server, d.seen);
    case Kind::mode:
      return fmt::format("{} is configured for {}, and {} was seen", server, d.configured, d.seen);
    case Kind::scheduler:
      return fmt::format("the scheduler is configured as {}, and looks like {}", d.configured,
                         d.seen);
    case Kind::weight:
      if (d.server) return fmt::format("{} has weight 0, and got {}", server, d.seen);
      return fmt::format("the weights are configured as {}, and look like {}", d.configured,
                         d.seen);
    case Kind::persistence:
      break;
  }
  return "configured without persistence, and clients come back to the same real server";
}

}  // namespace

std::vector<LvsDifference> compare(const IpvsConfiguration& intended,
                                   const lvs::Overview& overview) {
  std::vector<LvsDifference> differences;
  std::vector<const IntendedService*> found;
  for (const lvs::Service& seen : overview.services) {
    found.push_back(configured_for(intended, seen));
  }
  for (const IntendedService& service : intended.services) {
    if (std::find(found.begin(), found.end(), &service) == found.end()) {
      differences.push_back({.kind = Kind::service_not_seen,
                             .protocol = service.protocol,
                             .vip = service.vip,
                             .fwmark = service.fwmark});
      continue;
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i] != &service) continue;
      Comparison(service, overview, differences).compare(overview.services[i]);
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] != nullptr) continue;
    const lvs::Service& seen = overview.services[i];
    differences.push_back({.kind = Kind::service_not_configured,
                           .protocol = seen.protocol,
                           .vip = seen.vip,
                           .fwmark = seen.fwmark,
                           .seen = fmt::format("{} connections", seen.paths.size())});
  }
  return differences;
}

void write_lvs_difference(const LvsDifference& d, RecordWriter& json) {
  json.begin_object()
      .field("type", "lvs_difference")
      .field("kind", kLvsDifferenceNames[static_cast<std::size_t>(d.kind)]);
  if (d.protocol != 0) json.field("protocol", ip_protocol_name(d.protocol));
  if (d.vip) json.field("vip", d.vip->address).field("port", d.vip->port);
  json.field("fwmark", d.fwmark);
  if (d.server) json.field("rip", d.server->address).field("rport", d.server->port);
  if (!d.configured.empty()) json.field("configured", d.configured);
  if (!d.seen.empty()) json.field("seen", d.seen);
  json.end_object();
}

void print_lvs_differences(const Report& report, const std::vector<LvsDifference>& differences,
                           Output& out) {
  out.write("\nConfigured and seen\n");
  if (differences.empty()) {
    out.write("  Nothing that was seen speaks against the configuration.\n");
    return;
  }
  for (const LvsDifference& d : differences) {
    out.write(fmt::format("  {}: {}\n", service_text(report, d), difference_text(report, d)));
  }
}

}  // namespace tapstat::report
