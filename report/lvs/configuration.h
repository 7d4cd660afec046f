// What a director was told to do, in the format of `ipvsadm-save -n`: a command line of ipvsadm for
// each virtual service and real server. Source: ipvsadm's ipvsadm.c, print_service_and_dests().
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "analysis/lvs/overview.h"
#include "analysis/socket.h"

namespace tapstat::report {

struct IntendedServer {
  analysis::Socket socket;
  // ipvsadm knows no FULLNAT: with it, masquerading is followed by a rule that rewrites sources.
  analysis::lvs::Mode mode = analysis::lvs::Mode::dr;
  std::uint32_t weight = 1;
};

struct IntendedService {
  std::uint8_t protocol = 0;            // of IP; 0 with a firewall mark
  std::optional<analysis::Socket> vip;  // either this
  std::optional<std::uint32_t> fwmark;  // or that
  std::string scheduler = "wlc";        // DEF_SCHED of ipvsadm.c
  std::optional<std::chrono::seconds> persistence;
  std::vector<IntendedServer> servers;

  friend bool is_same(const IntendedService& a, const IntendedService& b) {
    return a.protocol == b.protocol && a.vip == b.vip && a.fwmark == b.fwmark;
  }
};

struct IpvsConfiguration {
  std::vector<IntendedService> services;  // in the order of the file

  // Otherwise, what is wrong with it: "line 3: ...".
  [[nodiscard]] static tl::expected<IpvsConfiguration, std::string> parse(std::string_view text);
};

}  // namespace tapstat::report
