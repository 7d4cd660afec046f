// Paths have numbers, the same ones each time, and those past the last number share one.
#include "analysis/tcp/path_ids.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace tapstat::analysis::tcp {
namespace {

using decode::VlanStack;

[[nodiscard]] VlanStack tagged(std::uint16_t vid) {
  VlanStack vlans;
  vlans.push(vid);
  return vlans;
}

TEST(PathIds, ThePlainOneIsKnown) {
  PathIds ids(1);
  EXPECT_EQ(ids.of({}, 0), PathIds::kPlain);
  EXPECT_EQ(ids[PathIds::kPlain].tunnel, 0u);
}

TEST(PathIds, EachHasItsOwn) {
  PathIds ids(1);
  const std::uint16_t in_vlan = ids.of(tagged(7), 0);
  const std::uint16_t in_tunnel = ids.of({}, 7);
  const std::uint16_t in_both = ids.of(tagged(7), 7);
  EXPECT_NE(in_vlan, in_tunnel);
  EXPECT_NE(in_vlan, in_both);
  EXPECT_NE(in_tunnel, in_both);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(ids.of(tagged(7), 7), in_both);
    EXPECT_EQ(ids.of(tagged(7), 0), in_vlan);
    EXPECT_EQ(ids.of({}, 7), in_tunnel);
  }
  EXPECT_EQ(ids[in_both].vlans, tagged(7));
  EXPECT_EQ(ids[in_both].tunnel, 7u);
}

TEST(PathIds, ThoseThatComeTooLateShareOne) {
  PathIds ids(1);
  constexpr std::uint32_t kAll = 70'000, kOwn = 0xffff - 2;
  for (std::uint32_t tunnel = 1; tunnel <= kAll; ++tunnel) {
    EXPECT_EQ(ids.of({}, tunnel), tunnel <= kOwn ? tunnel + 1 : PathIds::kMany);
  }
  for (const std::uint32_t tunnel : {kAll, kAll, 1u, 1u, kOwn, kAll - 16, kOwn}) {
    EXPECT_EQ(ids.of({}, tunnel), tunnel <= kOwn ? tunnel + 1 : PathIds::kMany);
  }
}

}  // namespace
}  // namespace tapstat::analysis::tcp
