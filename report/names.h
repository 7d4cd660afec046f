// Names for people (--names): of hosts, services and the makers of network cards.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/host_names.h"
#include "report/record_writer.h"

namespace tapstat::report {

// The companies that the IEEE gave the beginnings of MAC addresses to, read from the lists of
// Debian's package ieee-data when the first one is asked for; without the package, none is known.
class Vendors {
 public:
  Vendors();
  // Of these lists instead: paths of files in the form of ieee-data's (.csv).
  explicit Vendors(std::vector<std::string> lists) : lists_(std::move(lists)) {}

  // Empty: unknown, or an address that no maker gave (bit "locally administered").
  [[nodiscard]] std::string_view find(const MacAddress& mac);

 private:
  void load(const std::string& path);

  std::vector<std::string> lists_;
  bool loaded_ = false;
  // By the leading digits of the address: 6 (MA-L), 7 (MA-M) or 9 (MA-S), in hexadecimal.
  std::map<std::string, std::string, std::less<>> by_prefix_;
};

class Names {
 public:
  // Borrowed. Reads the system's table of services.
  explicit Names(const analysis::HostNames& hosts);

  // Reads what is read when it is asked for, now: for who can open no file later.
  void load() const { (void)vendors_.find(MacAddress{}); }

  // Empty where they are unknown.
  [[nodiscard]] std::string_view host(const analysis::IpAddress& a) const { return hosts_.find(a); }
  [[nodiscard]] std::string_view service(std::uint16_t port, std::uint8_t ip_protocol) const;
  [[nodiscard]] std::string_view vendor(const MacAddress& mac) const { return vendors_.find(mac); }

  [[nodiscard]] std::string host_or_address(const analysis::IpAddress& a) const;
  // "www.example.com:https", in place of either the number where there is no name; never longer
  // than 80 columns take.
  [[nodiscard]] std::string endpoint(const analysis::IpAddress& a, std::uint16_t port,
                                     std::uint8_t ip_protocol) const;

 private:
  const analysis::HostNames& hosts_;
  std::map<std::pair<std::uint8_t, std::uint16_t>, std::string> services_;  // by protocol and port
  mutable Vendors vendors_;
};

// As the text of the views has them; `names` is nullptr for numbers only.
[[nodiscard]] std::string host_text(const Names* names, const analysis::IpAddress& a);
[[nodiscard]] std::string socket_text(const Names* names, const analysis::IpAddress& a,
                                      std::uint16_t port, std::uint8_t ip_protocol);

}  // namespace tapstat::report
