// What the views want of the engine, all of it at once.
#pragma once

#include "analysis/engine.h"

namespace tapstat::test {

// But for Zeek's connections, which take other ways through the engine.
[[nodiscard]] inline analysis::Wanted everything_wanted() {
  analysis::Wanted wanted;
  // Each member has its name here: where there is a new one, the compiler stops.
  auto& [flows, conns, tcp_sessions, packets, neighbors, stations, trees, bpdus, vrrp, sync, legs,
         toa_kinds, checksums, memory] = wanted;
  for (bool* table : {&flows, &tcp_sessions, &packets, &neighbors, &stations, &trees, &bpdus, &vrrp,
                      &sync, &legs}) {
    *table = true;
  }
  return wanted;
}

}  // namespace tapstat::test
