// Which records of TCP connections are one connection's: the client's leg, and those behind the
// boxes that hand it on with other addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/lvs/overview.h"
#include "analysis/nat/translation.h"
#include "analysis/tcp/connections.h"

namespace tapstat::report {

class Legs {
 public:
  // A further leg of a connection.
  struct Member {
    std::uint32_t id = 0;      // of its record
    std::uint32_t leg_of = 0;  // of the client's
    std::string_view box;      // what sends it there: "nat", "fullnat", "snat" ...
  };

  Legs(analysis::tcp::Connections connections, const analysis::lvs::Overview& overview,
       const std::vector<analysis::nat::Translation>& translations);

  [[nodiscard]] bool empty() const { return members_.empty(); }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  // The further legs of that connection, by id.
  [[nodiscard]] std::span<const Member> of(std::uint32_t id) const;
  // What it is a leg of; nullptr: a connection by itself.
  [[nodiscard]] const Member* find(std::uint32_t id) const;

 private:
  std::vector<Member> members_;       // by the connection they belong to, and by id
  std::vector<std::uint32_t> by_id_;  // indices of members_
};

}  // namespace tapstat::report
