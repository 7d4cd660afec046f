// A director as net/netfilter/ipvs schedules, written from its source and apart from the code under
// test: a list of destinations with live counts, and one function a scheduler.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tapstat::analysis::lvs::sim {

struct Dest {
  std::uint32_t address;  // IPv4, host order
  std::uint16_t port;
  int weight;
  int active = 0;
  int inactive = 0;
};

struct Flags {
  bool port = false;  // sh-port, mh-port
};

class Director {
 public:
  Director(std::string scheduler, std::vector<Dest> list, Flags flags);

  // Index into the list, or nothing where IPVS would refuse.
  std::optional<std::size_t> schedule(std::uint32_t client, std::uint16_t port);
  [[nodiscard]] std::vector<Dest>& list() { return list_; }

 private:
  using Found = std::optional<std::size_t>;
  Found rr();
  Found wrr();
  Found lc();
  Found wlc(const std::vector<std::size_t>& among);
  Found sed();
  Found nq();
  Found sh(std::uint32_t client, std::uint16_t port);
  Found mh(std::uint32_t client, std::uint16_t port);
  Found fo();
  Found ovf();
  Found lblc();
  Found lblcr();
  [[nodiscard]] bool overloaded(std::size_t i) const;
  void fill_maglev();

  std::string scheduler_;
  std::vector<Dest> list_;
  Flags flags_;
  std::size_t last_;  // rr: of the list; wrr: its mark
  int current_weight_ = 0;
  std::vector<std::size_t> everybody_;
  std::vector<std::size_t> address_set_;  // lblc: the cached one; lblcr: newest first
  std::vector<int> maglev_;
};

}  // namespace tapstat::analysis::lvs::sim
