// Which records of the other tables are a leg's: its TCP connections, or its flows.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/forwarding/leg.h"
#include "analysis/model.h"

namespace tapstat::analysis::forwarding {

class RecordIds {
 public:
  // Of those legs only.
  RecordIds(const Model& model, std::vector<std::uint32_t> legs);

  // Ascending. Of TCP ids of connections, of anything else of flows.
  [[nodiscard]] std::vector<std::uint32_t> of(std::uint32_t leg) const;

 private:
  struct Entry {
    std::uint32_t leg, id;
  };
  template <typename Record>
  void add(const Model& model, std::uint32_t id, const Record& record);

  std::vector<std::uint32_t> legs_;  // by key
  std::vector<Entry> entries_;       // by leg, then by id
};

}  // namespace tapstat::analysis::forwarding
