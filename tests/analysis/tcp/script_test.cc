// Every script in tests/scripts/tcp, over IPv4 and IPv6, with the ends' addresses in either order,
// and with sequence numbers that pass 2^32 on the way.
#include "tests/analysis/tcp/script.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <tuple>

namespace tapstat::test {
namespace {

using Case = std::tuple<std::string, bool, bool, std::uint32_t>;

class TcpScript : public testing::TestWithParam<Case> {};

TEST_P(TcpScript, ShowsTheStatesWritten) {
  const auto& [file, ipv6, swapped, isn] = GetParam();
  const Staging staging{.ipv6 = ipv6,
                        .client_has_higher_address = swapped,
                        .client_isn = isn,
                        .server_isn = isn + 77};
  EXPECT_EQ(play(read_script(file), staging), "") << file;
}

INSTANTIATE_TEST_SUITE_P(Scripts, TcpScript,
                         testing::Combine(testing::ValuesIn(script_files("tcp")), testing::Bool(),
                                          testing::Bool(), testing::Values(1000u, 0xffffffffu - 3)),
                         [](const testing::TestParamInfo<Case>& test) {
                           std::string name =
                               std::filesystem::path(std::get<0>(test.param)).stem().string();
                           name += std::get<1>(test.param) ? "_v6" : "_v4";
                           if (std::get<2>(test.param)) name += "_swapped";
                           if (std::get<3>(test.param) != 1000u) name += "_wrapping";
                           return name;
                         });

}  // namespace
}  // namespace tapstat::test
