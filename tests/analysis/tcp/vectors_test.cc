// The test vectors of docs/inference.md, and the faults that were repaired since: every script in
// tests/scripts/vectors and tests/scripts/repaired, told with hindsight, with the tap at either end
// and between, over IPv4 and IPv6, with the ends' addresses in either order, and with sequence
// numbers that pass 2^32 on the way.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "tests/analysis/tcp/script.h"

namespace tapstat::test {
namespace {

using Case = std::tuple<std::string, Observer>;

constexpr std::array kObserverNames = {"nowhere", "client", "between", "server"};

[[nodiscard]] std::vector<Case> cases(std::string_view folder) {
  std::vector<Case> all;
  for (const std::string& file : script_files(folder)) {
    for (const Observer o : read_script(file).observers) all.emplace_back(file, o);
  }
  return all;
}

class Vector : public testing::TestWithParam<Case> {};

TEST_P(Vector, IsToldAsItWas) {
  const auto& [file, observer] = GetParam();
  const Script script = read_script(file);
  for (const bool ipv6 : {false, true}) {
    for (const bool swapped : {false, true}) {
      for (const std::uint32_t isn : {1000u, 0xffffffffu - 3}) {
        const std::string wrong = play(script, {.ipv6 = ipv6,
                                                .client_has_higher_address = swapped,
                                                .client_isn = isn,
                                                .server_isn = isn + 77,
                                                .observer = observer});
        ASSERT_EQ(wrong, "") << file << (ipv6 ? ", IPv6" : ", IPv4")
                             << (swapped ? ", client's address is higher" : "")
                             << (isn != 1000 ? ", wrapping" : "");
      }
    }
  }
}

[[nodiscard]] std::string name_of(const testing::TestParamInfo<Case>& test) {
  const auto& [file, observer] = test.param;
  return "v" + std::filesystem::path(file).stem().string() + "_tap_" +
         kObserverNames[static_cast<std::size_t>(observer)];
}

INSTANTIATE_TEST_SUITE_P(Scripts, Vector, testing::ValuesIn(cases("vectors")), name_of);
INSTANTIATE_TEST_SUITE_P(Repaired, Vector, testing::ValuesIn(cases("repaired")), name_of);

}  // namespace
}  // namespace tapstat::test
